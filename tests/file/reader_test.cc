#include "file/reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "file/forge.h"
#include "temporary_folder.h"

namespace duomo::file {
namespace {

using testing::Bytes;
using testing::MinimalHeader;
using testing::OpenError;
using testing::SomeTensors;

Bytes SomeFile() {
  auto header = MinimalHeader();
  return WriteToMemory(header, SomeTensors());
}

void ExpectSomeTensors(const Reader& reader) {
  ASSERT_EQ(reader.segments().size(), 4u);
  EXPECT_EQ(reader.segments()[0].name, "empty");
  EXPECT_EQ(reader.segments()[3].name, "weights");
  auto weights = reader.Find("weights");
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->dtype, DType::kF32);
  EXPECT_EQ(std::vector<uint64_t>(weights->shape.begin(), weights->shape.end()),
            (std::vector<uint64_t>{8, 5}));
  EXPECT_EQ(weights->rows(), 8u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(weights->bytes.data()) % kAlignment, 0u);
  auto floats = weights->As<float>();
  ASSERT_EQ(floats.size(), 40u);
  EXPECT_EQ(floats[39], 39.5f);
  EXPECT_EQ(reader.Find("keys")->As<int64_t>()[2], 1ll << 40);
  EXPECT_EQ(reader.Find("scalar")->As<double>()[0], 2.5);
  EXPECT_EQ(reader.Find("scalar")->rows(), 1u);
  EXPECT_TRUE(reader.Find("empty")->As<uint32_t>().empty());
  EXPECT_EQ(reader.Find("empty")->rows(), 0u);
  EXPECT_FALSE(reader.Find("weight"));
  EXPECT_FALSE(reader.Find("weightss"));
  EXPECT_FALSE(reader.Find(""));
}

TEST(ReaderTest, WhatWasWrittenIsReadFromFileAndBuffer) {
  testing::TemporaryFolder folder;
  auto header = MinimalHeader();
  auto tensors = SomeTensors();
  std::string path = folder.File("a.duomo");
  Write(path, header, tensors);
  for (bool copy : {false, true}) {
    for (bool verify : {false, true}) {
      auto reader = Reader::Open(path, {copy, verify});
      ExpectSomeTensors(*reader);
      EXPECT_EQ(reader->copied(), copy);
      EXPECT_EQ(reader->container_version(), kContainerVersion);
      EXPECT_EQ(reader->file_size(), std::filesystem::file_size(path));
      EXPECT_EQ(reader->header().producer()->str(), "test");
      EXPECT_NO_THROW(reader->VerifyChecksums());
    }
  }
  Bytes bytes = SomeFile();
  auto reader = Reader::OpenBuffer(bytes, {});
  ExpectSomeTensors(*reader);
  EXPECT_FALSE(reader->copied());
  EXPECT_GE(reader->Find("keys")->bytes.data(), bytes.data());  // borrowed
  EXPECT_LT(reader->Find("keys")->bytes.data(), bytes.data() + bytes.size());
}

TEST(ReaderTest, MisalignedBufferIsCopied) {
  Bytes bytes = SomeFile(), shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  auto reader = Reader::OpenBuffer(std::span(shifted).subspan(1), {});
  std::fill(shifted.begin(), shifted.end(), std::byte{0});
  EXPECT_TRUE(reader->copied());
  ExpectSomeTensors(*reader);
}

TEST(ReaderTest, CompressedSegmentsAreInflatedAtOpen) {
  std::vector<OwnedTensor> tensors = SomeTensors();
  std::vector<uint32_t> many(50000);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<uint32_t>(i / 100);
  tensors.push_back(OwnedTensor::From<uint32_t>("rows", {50000}, many));
  for (auto& t : tensors) t.compress = true;
  auto header = MinimalHeader();
  Bytes bytes = WriteToMemory(header, tensors);
  EXPECT_LT(bytes.size(), 20000u);
  auto reader = Reader::OpenBuffer(bytes, {});
  const SegmentInfo& rows = reader->segments()[2];
  EXPECT_EQ(rows.name, "rows");
  EXPECT_TRUE(rows.compressed);
  EXPECT_EQ(rows.size, 200000u);
  EXPECT_LT(rows.stored_size, 20000u);
  auto values = reader->Find("rows")->As<uint32_t>();
  EXPECT_TRUE(std::equal(values.begin(), values.end(), many.begin(), many.end()));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(values.data()) % kAlignment, 0u);
  EXPECT_EQ(reader->segments()[3].name, "scalar");
  EXPECT_FALSE(reader->segments()[3].compressed);  // eight bytes do not get smaller
  EXPECT_NO_THROW(reader->VerifyChecksums());
}

TEST(ReaderTest, LargeSegmentsAreCheckedOnRequestOnly) {
  std::vector<OwnedTensor> tensors;
  tensors.push_back(OwnedTensor::From<float>("large", {20000}, std::vector<float>(20000, 1.0f)));
  auto header = MinimalHeader();
  Bytes bytes = WriteToMemory(header, tensors);
  bytes[bytes.size() - 5] ^= std::byte{1};
  auto reader = Reader::OpenBuffer(bytes, {});
  try {
    reader->VerifyChecksums();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kCorrupt);
    EXPECT_NE(error.message().find("\"large\""), std::string::npos);
  }
  EXPECT_EQ(OpenError(bytes, {.verify_checksums = true}).status(), Status::kCorrupt);
}

// A sparse file: what nobody wrote takes no room on disk.
TEST(ReaderTest, SegmentsBeyondFourGigabytes) {
  constexpr uint64_t kLarge = 5'000'000'000, kFirst = testing::Forgery::kFirst;
  constexpr uint64_t kSecond = (kFirst + kLarge + 63) / 64 * 64;
  testing::Forgery forgery;
  forgery.Add("large", DType::kF32, {kLarge / 4}, kFirst, kLarge);
  forgery.Add("small", DType::kU8, {3}, kSecond, 3).crc32 =
      Crc32(std::as_bytes(std::span("abc", 3)));
  Bytes bytes = forgery.Finish();
  uint64_t size = kSecond + 3;
  std::memcpy(bytes.data() + 16, &size, 8);
  testing::FixChecksums(bytes);
  testing::TemporaryFolder folder;
  std::string path = folder.File("large.duomo");
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  float last = 2.5f;
  out.seekp(kFirst + kLarge - 4).write(reinterpret_cast<const char*>(&last), 4);
  out.seekp(kSecond).write("abc", 3);
  out.close();
  auto reader = Reader::Open(path, {});
  auto large = reader->Find("large")->As<float>();
  EXPECT_EQ(large.size(), kLarge / 4);
  EXPECT_EQ(large.back(), last);
  EXPECT_EQ(large[large.size() / 2], 0);
  reader->DropPages(reader->Find("large")->bytes);
  EXPECT_EQ(large.back(), last);
  EXPECT_EQ(reader->Find("small")->bytes[2], std::byte{'c'});
}

TEST(ReaderTest, MissingEmptyAndForeignFiles) {
  testing::TemporaryFolder folder;
  auto error_of = [&](const std::string& name) {
    try {
      (void)Reader::Open(folder.File(name), {});
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(folder.File(name)), std::string::npos) << error.message();
      return error;
    }
    return Error(Status::kOk, "");
  };
  EXPECT_EQ(error_of("missing").status(), Status::kIo);
  ASSERT_EQ(::mkdir(folder.File("directory").c_str(), 0777), 0);
  EXPECT_EQ(error_of("directory").status(), Status::kIo);
  testing::WriteText(folder.File("empty"), "");
  EXPECT_EQ(error_of("empty").status(), Status::kCorrupt);
  testing::WriteText(folder.File("short"),
                     "\x89"
                     "DUOMO\r\n");
  EXPECT_EQ(error_of("short").status(), Status::kCorrupt);
  testing::WriteText(folder.File("foreign"), std::string(1000, 'x'));
  Error foreign = error_of("foreign");
  EXPECT_EQ(foreign.status(), Status::kCorrupt);
  EXPECT_NE(foreign.message().find("not a .duomo file"), std::string::npos);
}

TEST(ReaderTest, TextTransferIsRecognised) {
  Bytes bytes = SomeFile();
  bytes.erase(bytes.begin() + 6);  // CR LF became LF
  EXPECT_NE(OpenError(bytes).message().find("as text"), std::string::npos);
}

TEST(ReaderTest, NewerFileNamesBothVersions) {
  Bytes bytes = SomeFile();
  uint32_t version = 7;
  std::memcpy(bytes.data() + 8, &version, 4);
  std::memcpy(bytes.data() + 12, &version, 4);
  Error error = OpenError(bytes);  // whatever its checksums are
  EXPECT_EQ(error.status(), Status::kUnsupportedVersion);
  EXPECT_NE(error.message().find("version 7"), std::string::npos);
  EXPECT_NE(error.message().find("up to version 4"), std::string::npos);

  version = 1;  // newer, but made so that this reader can read it
  std::memcpy(bytes.data() + 12, &version, 4);
  bytes[50] = std::byte{1};  // reserved for the newer
  testing::FixChecksums(bytes);
  auto reader = Reader::OpenBuffer(bytes, {});
  EXPECT_EQ(reader->container_version(), 7u);
}

TEST(ReaderTest, TrailingAndMissingBytesNameBothSizes) {
  Bytes bytes = SomeFile();
  size_t size = bytes.size();
  for (size_t actual : {size - 1, size + 1, size + 64}) {
    Bytes other = bytes;
    other.resize(actual);
    Error error = OpenError(other);
    EXPECT_EQ(error.status(), Status::kCorrupt);
    EXPECT_NE(error.message().find(StrCat(size)), std::string::npos) << error.message();
    EXPECT_NE(error.message().find(StrCat(actual)), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace duomo::file
