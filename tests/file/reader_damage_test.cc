// Files that lie: every kind of damage is an error that says what and where, or harmless.
#include <gtest/gtest.h>
#include <zlib.h>

#include "file/forge.h"

namespace duomo::file {
namespace {

using testing::Bytes;
using testing::FixChecksums;
using testing::Forgery;
using testing::OpenError;
using testing::TouchEverything;

constexpr uint64_t kFirst = Forgery::kFirst;

Bytes SomeFile() {
  auto header = testing::MinimalHeader();
  auto tensors = testing::SomeTensors();
  tensors.push_back(OwnedTensor::From<uint32_t>("zeros", {500}, std::vector<uint32_t>(500)));
  tensors.back().compress = true;
  return WriteToMemory(header, tensors);
}

void ExpectCorrupt(Forgery& forgery, const std::string& words) {
  Error error = OpenError(forgery.Finish());
  EXPECT_EQ(error.status(), Status::kCorrupt) << words;
  EXPECT_NE(error.message().find(words), std::string::npos)
      << "expected: " << words << "\nfound: " << error.message();
}

TEST(ReaderDamageTest, HonestForgeryOpens) {
  Forgery f;
  f.Add("a", DType::kF32, {16}, kFirst, 64);
  f.Add("b", DType::kU8, {3, 2}, kFirst + 64, 6);
  f.Add("c", DType::kU8, {0, 2}, 0, 0);
  auto reader = Reader::OpenBuffer(f.Finish(), {.verify_checksums = true});
  EXPECT_EQ(reader->Find("b")->bytes.size(), 6u);
}

TEST(ReaderDamageTest, TruncatedAtEveryLength) {
  Bytes bytes = SomeFile();
  for (size_t length = 0; length < bytes.size(); ++length) {
    Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));  // exact allocation
    ASSERT_EQ(OpenError(cut).status(), Status::kCorrupt) << length;
  }
}

TEST(ReaderDamageTest, EveryFlippedByteIsFoundWhenEverythingIsVerified) {
  const Bytes bytes = SomeFile();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int mask : {0x01, 0x80, 0xFF}) {
      Bytes bad = bytes;
      bad[i] ^= static_cast<std::byte>(mask);
      ASSERT_NE(OpenError(bad, {.verify_checksums = true}).status(), Status::kOk) << i;
    }
  }
}

// With correct checksums the verifier and the semantic checks are on their own.
TEST(ReaderDamageTest, EveryFlippedByteBehindRightChecksumsIsAnErrorOrSafe) {
  const Bytes bytes = SomeFile();
  uint64_t header_size;
  std::memcpy(&header_size, bytes.data() + 32, 8);
  size_t opened = 0, refused = 0;
  for (size_t i = 0; i < 64 + header_size; ++i) {
    for (int mask : {0x01, 0x02, 0x04, 0x10, 0x40, 0x80, 0xFF}) {
      Bytes bad = bytes;
      bad[i] ^= static_cast<std::byte>(mask);
      FixChecksums(bad);
      try {
        auto reader = Reader::OpenBuffer(bad, {});
        ++opened;
        (void)TouchEverything(*reader);
      } catch (const Error& error) {
        ++refused;
        ASSERT_TRUE(error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                    error.status() == Status::kUnsupportedVersion)
            << error.message();
      }
    }
  }
  EXPECT_GT(opened, 0u);
  EXPECT_GT(refused, 0u);
}

TEST(ReaderDamageTest, PreambleFields) {
  auto with = [](size_t at, auto value) {
    Bytes bytes = SomeFile();
    std::memcpy(bytes.data() + at, &value, sizeof(value));
    FixChecksums(bytes);
    return OpenError(bytes);
  };
  EXPECT_EQ(with(12, uint32_t{0}).status(), Status::kCorrupt);    // minimum reader version
  EXPECT_EQ(with(8, uint32_t{0}).status(), Status::kCorrupt);     // older than its minimum
  EXPECT_EQ(with(24, uint64_t{128}).status(), Status::kCorrupt);  // header offset
  EXPECT_EQ(with(32, uint64_t{1} << 62).status(), Status::kCorrupt);
  EXPECT_EQ(with(32, ~uint64_t{0}).status(), Status::kCorrupt);
  EXPECT_EQ(with(32, uint64_t{0}).status(), Status::kCorrupt);
  EXPECT_EQ(with(32, uint64_t{3}).status(), Status::kCorrupt);
  EXPECT_EQ(with(44, uint32_t{1}).status(), Status::kUnsupported);  // flags
  EXPECT_EQ(with(48, uint32_t{1}).status(), Status::kCorrupt);      // reserved
}

TEST(ReaderDamageTest, HeaderLargerThanTheLimit) {
  Bytes bytes(kPreambleSize + kMaxHeaderSize + 8);
  Preamble preamble;
  preamble.file_size = bytes.size();
  preamble.header_size = kMaxHeaderSize + 8;
  auto encoded = EncodePreamble(preamble);
  std::memcpy(bytes.data(), encoded.data(), encoded.size());
  FixChecksums(bytes);
  Error error = OpenError(bytes);
  EXPECT_EQ(error.status(), Status::kCorrupt);
  EXPECT_NE(error.message().find("at most"), std::string::npos);
}

TEST(ReaderDamageTest, WrongIdentifier) {
  Bytes bytes = SomeFile();
  bytes[68] = std::byte{'X'};
  FixChecksums(bytes);
  EXPECT_NE(OpenError(bytes).message().find("DUOM"), std::string::npos);
}

TEST(ReaderDamageTest, Names) {
  Forgery unsorted;
  unsorted.Add("b", DType::kU8, {1}, kFirst, 1);
  unsorted.Add("a", DType::kU8, {1}, kFirst + 64, 1);
  ExpectCorrupt(unsorted, "ascending");
  Forgery twice;
  twice.Add("a", DType::kU8, {1}, kFirst, 1);
  twice.Add("a", DType::kU8, {1}, kFirst + 64, 1);
  ExpectCorrupt(twice, "unique");
  Forgery empty;
  empty.Add("", DType::kU8, {1}, kFirst, 1);
  ExpectCorrupt(empty, "name");
  Forgery binary;
  binary.Add("\xFF", DType::kU8, {1}, kFirst, 1);
  ExpectCorrupt(binary, "UTF-8");
  Forgery longest;
  longest.Add(std::string(1025, 'x'), DType::kU8, {1}, kFirst, 1);
  ExpectCorrupt(longest, "1024");
}

TEST(ReaderDamageTest, EnumsOutOfRange) {
  for (int32_t dtype : {-1, 9, 1 << 30}) {
    Forgery f;
    f.Add("a", static_cast<DType>(dtype), {1}, kFirst, 4);
    ExpectCorrupt(f, "dtype");
  }
  Forgery f;
  f.Add("a", DType::kU8, {1}, kFirst, 1).compression = static_cast<fb::Compression>(2);
  ExpectCorrupt(f, "compression");
}

TEST(ReaderDamageTest, Shapes) {
  uint64_t huge = uint64_t{1} << 33;
  Forgery overflow;
  overflow.Add("a", DType::kF32, {huge, huge}, kFirst, 64);
  ExpectCorrupt(overflow, "overflows");
  Forgery wraps_to_right_size;  // 2^62 · 4 · 4 = 2^66
  wraps_to_right_size.Add("a", DType::kF32, {uint64_t{1} << 62, 4}, kFirst, 64);
  ExpectCorrupt(wraps_to_right_size, "overflows");
  Forgery empty_overflow;
  empty_overflow.Add("a", DType::kF32, {0, huge, huge}, 0, 0);
  ExpectCorrupt(empty_overflow, "overflows");
  Forgery rows_without_bytes;
  rows_without_bytes.Add("a", DType::kF32, {huge, 0}, 0, 0);
  ExpectCorrupt(rows_without_bytes, "only the first");
  Forgery rank;
  rank.Add("a", DType::kF32, std::vector<uint64_t>(9, 1), kFirst, 4);
  ExpectCorrupt(rank, "dimensions");
  Forgery size;
  size.Add("a", DType::kF32, {3}, kFirst, 13);
  ExpectCorrupt(size, "needs 12 bytes and 13");
  Forgery none_stored;
  none_stored.Add("a", DType::kF32, {3}, 0, 0);
  ExpectCorrupt(none_stored, "stores no bytes");
}

TEST(ReaderDamageTest, Places) {
  Forgery misaligned;
  misaligned.Add("a", DType::kU8, {8}, kFirst + 8, 8);
  ExpectCorrupt(misaligned, "multiple of 64");
  Forgery outside;
  outside.Add("a", DType::kU8, {1025}, kFirst, 1025);
  ExpectCorrupt(outside, "outside");
  Forgery far_outside;
  far_outside.Add("a", DType::kU8, {64}, ~uint64_t{63}, 64);
  ExpectCorrupt(far_outside, "outside");
  Forgery on_header;
  on_header.Add("a", DType::kU8, {8}, 64, 8);
  ExpectCorrupt(on_header, "overlaps the header");
  Forgery on_preamble;
  on_preamble.Add("a", DType::kU8, {8}, 0, 8);
  ExpectCorrupt(on_preamble, "overlaps the header");
  Forgery overlap;
  overlap.Add("a", DType::kU8, {64}, kFirst + 64, 64);
  overlap.Add("b", DType::kU8, {65}, kFirst, 65);
  ExpectCorrupt(overlap, "overlaps");
  Forgery same;
  same.Add("a", DType::kU8, {64}, kFirst, 64);
  same.Add("b", DType::kU8, {64}, kFirst, 64);
  ExpectCorrupt(same, "overlaps");
}

TEST(ReaderDamageTest, ChecksumOfASmallSegment) {
  Forgery f;
  f.Add("small", DType::kU8, {8}, kFirst, 8).crc32 ^= 1;
  ExpectCorrupt(f, "\"small\"");
}

TEST(ReaderDamageTest, Compression) {
  std::string plain(400, 'x');
  uLongf packed = 400;
  Bytes stream(400);
  ASSERT_EQ(::compress2(reinterpret_cast<Bytef*>(stream.data()), &packed,
                        reinterpret_cast<const Bytef*>(plain.data()), plain.size(), 6),
            Z_OK);
  auto forge = [&](uint64_t claimed, uint64_t stored) {
    Forgery f;
    std::copy(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(packed),
              f.bytes.begin() + kFirst);
    f.Add("z", DType::kU8, {claimed}, kFirst, stored).compression = fb::Compression::Zlib;
    return f;
  };
  Forgery good = forge(400, packed);
  EXPECT_EQ(OpenError(good.Finish()).message(), "");
  for (uint64_t claimed : {399u, 401u, 1u, 10000u}) {
    Forgery f = forge(claimed, packed);
    ExpectCorrupt(f, "\"z\"");
  }
  for (uint64_t stored : {packed - 1, packed + 1}) {
    Forgery f = forge(400, stored);
    ExpectCorrupt(f, "\"z\"");
  }
  Forgery bomb = forge(uint64_t{1} << 50, packed);
  ExpectCorrupt(bomb, "cannot inflate");
  Forgery garbage = forge(400, packed);
  garbage.bytes[kFirst] = std::byte{0};
  garbage.header.segments[0]->crc32 = Crc32(std::span(garbage.bytes).subspan(kFirst, packed));
  ExpectCorrupt(garbage, "damaged");
}

TEST(ReaderDamageTest, PaddingIsCheckedOnRequest) {
  Forgery f;
  f.Add("a", DType::kU8, {8}, kFirst, 8);
  Bytes bytes = f.Finish();
  bytes[kFirst + 9] = std::byte{1};
  EXPECT_EQ(OpenError(bytes).status(), Status::kOk);
  EXPECT_NE(OpenError(bytes, {.verify_checksums = true}).message().find("padding"),
            std::string::npos);
}

}  // namespace
}  // namespace duomo::file
