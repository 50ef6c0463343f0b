// Where there are no files, as in WebAssembly: models are opened from memory.
#include "core/error.h"
#include "core/file_io.h"

namespace duomo {
namespace {

[[noreturn]] void FailWithout(const std::string& name) {
  Fail(Status::kIo, "cannot open ", name,
       ": there are no files here; read the model into memory and open that");
}

}  // namespace

FileBytes FileBytes::Map(const std::string& path) { FailWithout(path); }
FileBytes FileBytes::Read(const std::string& path) { FailWithout(path); }
FileBytes FileBytes::Map(int descriptor, uint64_t, uint64_t) {
  FailWithout(StrCat("file descriptor ", descriptor));
}
FileBytes FileBytes::Read(int descriptor, uint64_t, uint64_t) {
  FailWithout(StrCat("file descriptor ", descriptor));
}
FileBytes::~FileBytes() = default;
void FileBytes::DropPages(std::span<const std::byte>) const {}

void RequireReplaceable(const std::string&) {}
AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) { FailWithout(path_); }
AtomicFile::~AtomicFile() = default;
void AtomicFile::WriteAt(size_t, std::span<const std::byte>) {}
void AtomicFile::Commit() {}

}  // namespace duomo
