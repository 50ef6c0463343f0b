#include "file/writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "file/forge.h"
#include "temporary_folder.h"

namespace duomo::file {
namespace {

using testing::Bytes;
using testing::MinimalHeader;
using testing::SomeTensors;
using testing::TemporaryFolder;

const std::vector<OwnedTensor> kNothing;

template <typename Work>
Error ErrorOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::kOk, "");
}

TEST(WriterTest, SameInputSameBytesWhateverTheOrderAndTheWay) {
  TemporaryFolder folder;
  auto a = MinimalHeader(), b = MinimalHeader(), c = MinimalHeader();
  auto tensors = SomeTensors();
  Bytes first = WriteToMemory(a, tensors);
  std::reverse(tensors.begin(), tensors.end());
  EXPECT_EQ(first, WriteToMemory(b, tensors));
  EXPECT_EQ(first, WriteToMemory(a, tensors));  // a header can be used again
  Write(folder.File("out"), c, tensors);
  std::string text = testing::ReadText(folder.File("out"));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(first.data()), first.size()), text);
}

TEST(WriterTest, LayoutIsAsDocumented) {
  auto header = MinimalHeader();
  Bytes bytes = WriteToMemory(header, SomeTensors());
  Preamble p = ReadPreamble(bytes);
  EXPECT_EQ(p.container_version, kContainerVersion);
  EXPECT_EQ(p.minimum_reader_version, 1u);
  EXPECT_EQ(p.file_size, bytes.size());
  EXPECT_EQ(p.header_offset, 64u);
  EXPECT_EQ(std::memcmp(bytes.data() + 68, "DUOM", 4), 0);
  uint64_t end = 64 + p.header_size;
  auto reader = Reader::OpenBuffer(bytes, {});
  for (const SegmentInfo& s : reader->segments()) {
    if (s.stored_size == 0) {
      EXPECT_EQ(s.offset, 0u);
      continue;
    }
    EXPECT_EQ(s.offset, RoundUp(end, kAlignment)) << s.name;
    end = s.offset + s.stored_size;
  }
  EXPECT_EQ(end, bytes.size());  // no padding at the end
}

TEST(WriterTest, RefusesWhatNoReaderWouldOpen) {
  auto refuse = [](std::vector<OwnedTensor> tensors, const std::string& words) {
    auto header = MinimalHeader();
    Error error = ErrorOf([&] { (void)WriteToMemory(header, tensors); });
    EXPECT_EQ(error.status(), Status::kInvalidArgument) << words;
    EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
  };
  std::vector<float> one = {1};
  auto tensor = [&](std::string name, std::vector<uint64_t> shape) {
    return OwnedTensor::From<float>(std::move(name), std::move(shape), one);
  };
  refuse({tensor("a", {1}), tensor("a", {1})}, "two tensors");
  refuse({tensor("a", {2})}, "needs 8 bytes and 4");
  refuse({tensor("", {1})}, "name");
  refuse({tensor("a", {1, 1, 1, 1, 1, 1, 1, 1, 1})}, "dimensions");
  auto unknown = tensor("a", {1});
  unknown.dtype = static_cast<DType>(99);
  refuse({unknown}, "dtype");
  fb::HeaderT empty;
  EXPECT_EQ(ErrorOf([&] { (void)WriteToMemory(empty, kNothing); }).status(),
            Status::kInvalidArgument);
}

TEST(WriterTest, RefusesAHeaderWithTooManyTables) {
  auto header = MinimalHeader();
  for (size_t i = 0; i < kMaxHeaderTables; ++i) {
    header.description->inputs.push_back(std::make_unique<fb::InputT>());
  }
  EXPECT_EQ(ErrorOf([&] { (void)WriteToMemory(header, kNothing); }).status(),
            Status::kInvalidArgument);
}

TEST(WriterTest, ReplacesAnOldFileAsAWhole) {
  TemporaryFolder folder;
  std::string path = folder.File("out");
  auto header = MinimalHeader();
  Write(path, header, SomeTensors());
  auto old = Reader::Open(path, {});  // mapped while it is replaced
  auto other = MinimalHeader();
  other.producer = "other";
  Write(path, other, kNothing);
  EXPECT_EQ(Reader::Open(path, {})->header().producer()->str(), "other");
  EXPECT_EQ(old->header().producer()->str(), "test");
  EXPECT_NO_THROW(old->VerifyChecksums());
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

// A source of these bytes in pieces of `piece` bytes; counts how often it was asked.
TensorSource Pieces(const std::string& name, std::span<const std::byte> bytes, size_t piece,
                    int* calls = nullptr) {
  TensorSource source{name, DType::kU8, {bytes.size()}, {}};
  source.write = [=](const TensorSource::Sink& sink) {
    if (calls != nullptr) ++*calls;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      sink(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    }
  };
  return source;
}

Bytes Noise(size_t size) {
  Bytes out(size);
  uint32_t x = 1;
  for (std::byte& b : out) b = static_cast<std::byte>((x = x * 1664525 + 1013904223) >> 24);
  return out;
}

// Longer than two blocks of the writer; the second half repeats, so that it deflates.
Bytes HalfNoise() {
  Bytes out = Noise(1'300'000);
  out.resize(2 * out.size() + 7);
  return out;
}

TEST(WriterTest, PiecesOfASourceDoNotDecideBytes) {
  TemporaryFolder folder;
  const Bytes content = HalfNoise();
  for (bool compress : {false, true}) {
    OwnedTensor owned{"t", DType::kU8, {content.size()}, content, compress};
    auto header = MinimalHeader();
    Bytes expected = WriteToMemory(header, std::vector{owned});
    EXPECT_EQ(expected.size() < content.size(), compress);
    EXPECT_EQ(Reader::OpenBuffer(expected, {.verify_checksums = true})->Find("t")->bytes.size(),
              content.size());
    for (size_t piece : {size_t{1000}, size_t{1} << 20, (size_t{1} << 20) + 1, content.size()}) {
      std::vector sources = {Pieces("t", content, piece)};
      sources[0].compress = compress;
      EXPECT_TRUE(expected == WriteToMemory(header, sources)) << piece;
      Write(folder.File("out"), header, sources);
      std::string text = testing::ReadText(folder.File("out"));
      EXPECT_TRUE(std::equal(text.begin(), text.end(), expected.begin(), expected.end(),
                             [](char a, std::byte b) { return std::byte(a) == b; }));
    }
  }
}

TEST(WriterTest, StoresAsItIsWhatCompressionDoesNotMakeSmaller) {
  const Bytes noise = Noise(3'000'000), tail(100, std::byte{7});
  int calls = 0;
  std::vector sources = {Pieces("a", noise, 4096, &calls), Pieces("b", tail, 10)};
  for (TensorSource& source : sources) source.compress = true;
  TemporaryFolder folder;
  auto header = MinimalHeader();
  Write(folder.File("out"), header, sources);
  EXPECT_EQ(calls, 2);  // once to see that it does not pay
  auto reader = Reader::Open(folder.File("out"), {.verify_checksums = true});
  EXPECT_FALSE(reader->segments()[0].compressed);
  EXPECT_TRUE(reader->segments()[1].compressed);
  EXPECT_TRUE(std::ranges::equal(reader->Find("a")->bytes, noise));
  EXPECT_TRUE(std::ranges::equal(reader->Find("b")->bytes, tail));
}

TEST(WriterTest, RefusesSourcesThatGiveTooMuchOrTooLittleOrFail) {
  TemporaryFolder folder;
  testing::WriteText(folder.File("out"), "old");
  const Bytes content = HalfNoise();
  auto header = MinimalHeader();
  for (bool compress : {false, true}) {
    for (uint64_t size : {content.size() - 1, content.size() + 1, size_t{0}}) {
      std::vector sources = {Pieces("t", content, 1000)};
      sources[0].shape = {size};
      sources[0].compress = compress;
      Error error = ErrorOf([&] { Write(folder.File("out"), header, sources); });
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_NE(error.message().find(StrCat("needs ", size, " bytes")), std::string::npos);
    }
    std::vector sources = {Pieces("t", content, 1000)};
    sources[0].compress = compress;
    sources[0].write = [&](const TensorSource::Sink& sink) {
      sink(std::span(content).first(2'000'000));
      Fail(Status::kCorrupt, "cut off");
    };
    EXPECT_EQ(ErrorOf([&] { Write(folder.File("out"), header, sources); }).message(), "cut off");
  }
  EXPECT_EQ(testing::ReadText(folder.File("out")), "old");
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

TEST(WriterTest, CopiesSegmentsOfAnOpenedFileAndSeesDamage) {
  TemporaryFolder folder;
  auto tensors = SomeTensors();
  const Bytes large = HalfNoise();
  tensors.push_back({"large", DType::kU8, {large.size()}, large, false});
  tensors.push_back({"packed", DType::kU8, {large.size()}, large, true});
  auto header = MinimalHeader();
  std::string path = folder.File("a");
  Write(path, header, tensors);
  auto copy = [&](const std::string& to) {
    auto reader = Reader::Open(path, {});
    std::vector<TensorSource> sources;
    for (const SegmentInfo& s : reader->segments()) sources.push_back(SourceOf(*reader, s));
    Write(to, header, sources);
    EXPECT_TRUE(std::ranges::equal(reader->Find("large")->bytes, large));  // pages come back
  };
  copy(folder.File("b"));
  std::string text = testing::ReadText(path);
  EXPECT_EQ(testing::ReadText(folder.File("b")), text);
  text[Reader::Open(path, {})->segments()[2].offset + 2'000'000] ^= 1;
  testing::WriteText(path, text);
  Error error = ErrorOf([&] { copy(folder.File("c")); });
  EXPECT_EQ(error.status(), Status::kCorrupt);
  EXPECT_NE(error.message().find("\"large\""), std::string::npos) << error.message();
  EXPECT_EQ(folder.Names().size(), 2u);  // no "c", nothing else
}

TEST(WriterTest, FolderThatDoesNotExist) {
  TemporaryFolder folder;
  auto header = MinimalHeader();
  Error error = ErrorOf([&] { Write(folder.File("no/out"), header, SomeTensors()); });
  EXPECT_EQ(error.status(), Status::kIo);
  EXPECT_NE(error.message().find(folder.File("no/out")), std::string::npos);
}

TEST(WriterTest, ReadOnlyFolder) {
  TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
  auto header = MinimalHeader();
  auto write = [&] { Write(folder.File("out"), header, SomeTensors()); };
  if (::geteuid() == 0) {
    // Root may write anywhere but below /proc.
    Error error = ErrorOf([&] { Write("/proc/self/out", header, SomeTensors()); });
    EXPECT_EQ(error.status(), Status::kIo);
  } else {
    EXPECT_EQ(ErrorOf(write).status(), Status::kIo);
    EXPECT_TRUE(folder.Names().empty());
  }
}

// A limit on the size of files fails writes as a full disk does: at any byte, half-way through.
TEST(WriterTest, FullDiskLeavesTheOldFileAndNothingElse) {
  TemporaryFolder folder;
  std::string path = folder.File("out");
  testing::WriteText(path, "old");
  auto header = MinimalHeader();
  auto tensors = SomeTensors();
  size_t size = WriteToMemory(header, tensors).size();
  auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  for (size_t limit = 0; limit < size; limit += 97) {
    rlimit small = {limit, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    Error error = ErrorOf([&] { Write(path, header, tensors); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(error.status(), Status::kIo) << limit;
    EXPECT_NE(error.message().find(path), std::string::npos);
  }
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(testing::ReadText(path), "old");
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

}  // namespace
}  // namespace duomo::file
