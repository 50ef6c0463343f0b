#include "core/file_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/array.h"
#include "core/error.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using testing::ReadText;
using testing::TemporaryFolder;
using testing::WriteText;

std::string Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Work>
std::string IoError(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kIo);
    return error.message();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(FileBytesTest, MapAndReadGiveTheContentAligned) {
  TemporaryFolder folder;
  WriteText(folder.File("a"), "hello");
  FileBytes mapped = FileBytes::Map(folder.File("a")), read = FileBytes::Read(folder.File("a"));
  EXPECT_EQ(Text(mapped.bytes()), "hello");
  EXPECT_EQ(Text(read.bytes()), "hello");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(mapped.bytes().data()) % kAlignment, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(read.bytes().data()) % kAlignment, 0u);
}

TEST(FileBytesTest, MovesAndEmptyFiles) {
  TemporaryFolder folder;
  WriteText(folder.File("empty"), "");
  WriteText(folder.File("a"), "x");
  EXPECT_TRUE(FileBytes::Map(folder.File("empty")).bytes().empty());
  EXPECT_TRUE(FileBytes::Read(folder.File("empty")).bytes().empty());
  FileBytes a = FileBytes::Map(folder.File("a"));
  FileBytes b = std::move(a);
  EXPECT_EQ(Text(b.bytes()), "x");
}

using OpenFile = FileBytes (*)(const std::string&);
constexpr OpenFile kOpenFile[] = {&FileBytes::Map, &FileBytes::Read};

// A pipe that nobody writes to, and devices: refused at once, not waited for.
TEST(FileBytesTest, WhatIsNoFileIsRefusedWithoutWaiting) {
  TemporaryFolder folder;
  ASSERT_EQ(mkfifo(folder.File("pipe").c_str(), 0600), 0);
  alarm(60);
  for (OpenFile open : kOpenFile) {
    for (const std::string& path :
         {folder.File("pipe"), std::string("/dev/zero"), std::string("/")}) {
      EXPECT_NE(IoError([&] { open(path); }).find("not a regular file"), std::string::npos) << path;
    }
  }
  alarm(0);
}

TEST(FileBytesTest, ErrorsNamePathAndReason) {
  TemporaryFolder folder;
  for (OpenFile open : kOpenFile) {
    std::string missing = IoError([&] { open(folder.File("none")); });
    EXPECT_NE(missing.find(folder.File("none")), std::string::npos);
    EXPECT_NE(missing.find("No such file"), std::string::npos);
    std::string directory = IoError([&] { open(folder.path()); });
    EXPECT_NE(directory.find("not a regular file"), std::string::npos);
  }
}

// Some file systems map nothing: of networks, of users (FUSE), and sysfs, which is here.
TEST(FileBytesTest, WhatCannotBeMappedIsRead) {
  const std::string notes = "/sys/kernel/notes";
  struct stat info;
  const int fd = ::open(notes.c_str(), O_RDONLY);
  if (fd < 0 || ::fstat(fd, &info) != 0 || info.st_size == 0) GTEST_SKIP() << "no " << notes;
  void* address = ::mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address != MAP_FAILED) GTEST_SKIP() << notes << " can be mapped";
  const std::string content = ReadText(notes);
  ASSERT_EQ(content.size(), static_cast<size_t>(info.st_size));
  const FileBytes whole = FileBytes::Map(notes), part = FileBytes::Map(fd, 4, 8);
  EXPECT_EQ(Text(whole.bytes()), content);
  EXPECT_FALSE(whole.mapped());
  EXPECT_EQ(Text(part.bytes()), content.substr(4, 8));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(part.bytes().data()) % kAlignment, 0u);
  ::close(fd);
}

TEST(AtomicFileTest, AppearsOnCommitOnlyAndReplaces) {
  TemporaryFolder folder;
  std::string path = folder.File("out");
  WriteText(path, "old");
  AtomicFile file(path);
  file.Write(std::string("new content"));
  file.WriteAt(0, std::as_bytes(std::span("N", 1)));
  EXPECT_EQ(file.size(), 11u);
  EXPECT_EQ(ReadText(path), "old");
  file.Commit();
  EXPECT_EQ(ReadText(path), "New content");
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

TEST(AtomicFileTest, WithoutCommitNothingStaysAndTheOldFileIsKept) {
  TemporaryFolder folder;
  WriteText(folder.File("out"), "old");
  { AtomicFile(folder.File("out")).Write(std::string("half")); }
  EXPECT_EQ(ReadText(folder.File("out")), "old");
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

TEST(AtomicFileTest, ModeFollowsTheUmask) {
  TemporaryFolder folder;
  mode_t before = ::umask(027);
  AtomicFile file(folder.File("out"));
  file.Commit();
  ::umask(before);
  struct stat info;
  ASSERT_EQ(::stat(folder.File("out").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST(AtomicFileTest, MissingFolderIsAnError) {
  TemporaryFolder folder;
  std::string message = IoError([&] { AtomicFile file(folder.File("no/out")); });
  EXPECT_NE(message.find("no/out"), std::string::npos);
}

TEST(AtomicFileTest, AFolderInTheWayIsAnErrorThatLeavesNothing) {
  TemporaryFolder folder;
  ASSERT_EQ(::mkdir(folder.File("out").c_str(), 0777), 0);
  IoError([&] {
    AtomicFile file(folder.File("out"));
    file.Write(std::string("x"));
    file.Commit();
  });
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out"});
}

TEST(AtomicFileTest, AFullDiskIsAnErrorThatLeavesNothing) {
  TemporaryFolder folder;
  auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = {1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message = IoError([&] {
    AtomicFile file(folder.File("out"));
    file.Write(std::string(5000, 'x'));
    file.Commit();
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("out"), std::string::npos);
  EXPECT_TRUE(folder.Names().empty());
}

}  // namespace
}  // namespace duomo
