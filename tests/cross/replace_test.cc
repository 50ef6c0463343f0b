// replace_test FOLDER: a file that is mapped is replaced by another, and its readers keep what they
// have; names are UTF-8. Of Windows, where both take other ways than on POSIX.
#include <windows.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "core/error.h"
#include "core/file_io.h"

using namespace duomo;

namespace {

int failures = 0;

void Check(bool ok, const char* what) {
  if (ok) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

void Write(const std::string& path, char letter, size_t size) {
  AtomicFile file(path);
  file.Write(std::string(size, letter));
  file.Commit();
}

bool Holds(const FileBytes& file, char letter, size_t size) {
  if (file.bytes().size() != size) return false;
  for (std::byte b : file.bytes()) {
    if (b != static_cast<std::byte>(letter)) return false;
  }
  return true;
}

template <typename Call>
std::string MessageOf(const Call& call) {
  try {
    call();
    return "";
  } catch (const Error& error) {
    return error.message();
  }
}

void Run(const std::string& stem) {
  const std::string path = stem + "-größe-模型-🛍.bin";
  Write(path, 'a', 200000);
  {
    const FileBytes first = FileBytes::Map(path);
    Check(Holds(first, 'a', 200000), "the first is mapped");
    Write(path, 'b', 300000);
    Check(Holds(first, 'a', 200000), "the first stays as it was");
    const FileBytes second = FileBytes::Map(path);
    Check(Holds(second, 'b', 300000), "the second is there");
    for (char letter = 'c'; letter < 'z'; ++letter) Write(path, letter, 1000);
    Check(Holds(first, 'a', 200000) && Holds(second, 'b', 300000), "and stays through 23 more");
    Check(Holds(FileBytes::Read(path), 'y', 1000), "the last is there");
  }
  {
    AtomicFile left(path);
    left.Write(std::string(10, 'z'));  // without Commit()
  }
  Check(Holds(FileBytes::Read(path), 'y', 1000), "without Commit() nothing is replaced");
  Check(MessageOf([&] { FileBytes::Map(path + ".missing"); }).find("größe") != std::string::npos,
        "a message has the path in UTF-8");
  Check(MessageOf([&] { FileBytes::Map("\xff\xfe"); }).find("not UTF-8") != std::string::npos,
        "a path that is not UTF-8 is refused");
  const std::string share = "\\\\nowhere.invalid\\größe\\shop.duomo";
  Check(MessageOf([&] { FileBytes::Map(share); }).find(share + ": ") != std::string::npos,
        "a network folder that is not there is named, and why");
  const std::wstring wide =
      std::filesystem::path(std::u8string(path.begin(), path.end())).wstring();
  SetFileAttributesW(wide.c_str(), FILE_ATTRIBUTE_READONLY);
  Check(Holds(FileBytes::Map(path), 'y', 1000), "a read-only file is mapped");
  SetFileAttributesW(wide.c_str(), FILE_ATTRIBUTE_NORMAL);
  Check(!MessageOf([&] { AtomicFile folder("."); }).empty(), "a folder is not replaced");
  Check(!MessageOf([&] { Write(stem + "-none/x", 'a', 1); }).empty(), "no folder, no file");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    Run(argv[1]);
  } catch (const std::exception& error) {
    Check(false, error.what());
  }
  std::printf("replacing: %d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
