#include "file/writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/forge.h"
#include "temporary_folder.h"

namespace duomo::file {
namespace {

using testing::Bytes;
using testing::MinimalHeader;
using testing::SomeTensors;
using testing::TemporaryFolder;

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
  EXPECT_EQ(p.container_version, 1u);
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
  EXPECT_EQ(ErrorOf([&] { (void)WriteToMemory(empty, {}); }).status(), Status::kInvalidArgument);
}

TEST(WriterTest, RefusesAHeaderWithTooManyTables) {
  auto header = MinimalHeader();
  for (size_t i = 0; i < kMaxHeaderTables; ++i) {
    header.description->inputs.push_back(std::make_unique<fb::InputT>());
  }
  EXPECT_EQ(ErrorOf([&] { (void)WriteToMemory(header, {}); }).status(), Status::kInvalidArgument);
}

TEST(WriterTest, ReplacesAnOldFileAsAWhole) {
  TemporaryFolder folder;
  std::string path = folder.File("out");
  auto header = MinimalHeader();
  Write(path, header, SomeTensors());
  auto old = Reader::Open(path, {});  // mapped while it is replaced
  auto other = MinimalHeader();
  other.producer = "other";
  Write(path, other, {});
  EXPECT_EQ(Reader::Open(path, {})->header().producer()->str(), "other");
  EXPECT_EQ(old->header().producer()->str(), "test");
  EXPECT_NO_THROW(old->VerifyChecksums());
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
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
