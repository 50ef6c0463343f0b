#include "converter/input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "core/error.h"

namespace duomo::convert {

TextInput::TextInput(const std::string& path) : name_(path == "-" ? "stdin" : path) {
  std::error_code ignored;
  bool piped = std::filesystem::exists(path, ignored) &&
               !std::filesystem::is_regular_file(path, ignored) &&
               !std::filesystem::is_directory(path, ignored);
  if (path != "-" && !piped) {
    mapped_ = FileBytes::Map(path);
    return;
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(nullptr, std::fclose);
  std::FILE* in = stdin;
  if (path != "-") {
    file.reset(std::fopen(path.c_str(), "rb"));
    in = file.get();
  }
  if (in == nullptr) Fail(Status::kIo, "cannot open ", name_, ": ", std::strerror(errno));
  char piece[1 << 16];
  while (size_t n = std::fread(piece, 1, sizeof(piece), in)) read_.append(piece, n);
  if (std::ferror(in) != 0) Fail(Status::kIo, "cannot read ", name_, ": ", std::strerror(errno));
}

std::string_view TextInput::text() const {
  if (mapped_.bytes().empty()) return read_;
  return {reinterpret_cast<const char*>(mapped_.bytes().data()), mapped_.bytes().size()};
}

}  // namespace duomo::convert
