#include "core/scratch_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

#include "core/error.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using testing::TemporaryFolder;

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(ScratchFile, GivesWhatWasWrittenAndHasNoName) {
  TemporaryFolder folder;
  ScratchFile file(folder.File("")), other(folder.File(""));
  file.Write(Bytes("some "));
  other.Write(Bytes("else"));
  file.Write(Bytes("bytes"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.File("")));
  auto map = file.Map();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(map.data()), map.size()), "some bytes");
  EXPECT_EQ(file.Map().data(), map.data());
}

TEST(ScratchFile, NothingWritten) {
  TemporaryFolder folder;
  EXPECT_TRUE(ScratchFile(folder.File("")).Map().empty());
}

TEST(ScratchFile, SaysWhyItCannotBe) {
  TemporaryFolder folder;
  try {
    ScratchFile file(folder.File("not/there"));
    FAIL() << "made";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kIo);
    EXPECT_NE(error.message().find("not/there: No such file"), std::string::npos);
  }
}

// A limit on the size of files stands for a full disk.
TEST(ScratchFile, AFullDiskIsAnError) {
  TemporaryFolder folder;
  rlimit was = {};
  getrlimit(RLIMIT_FSIZE, &was);
  auto handler = signal(SIGXFSZ, SIG_IGN);
  rlimit few = {1000, was.rlim_max};
  setrlimit(RLIMIT_FSIZE, &few);
  Status status = Status::kOk;
  try {
    ScratchFile(folder.File("")).Write(Bytes(std::string(2000, 'x')));
  } catch (const Error& error) {
    status = error.status();
  }
  setrlimit(RLIMIT_FSIZE, &was);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(status, Status::kIo);
}

}  // namespace
}  // namespace duomo
