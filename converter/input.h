// Lists that people give: a file, a pipe, or "-" for the standard input.
#pragma once

#include <string>
#include <string_view>

#include "core/file_io.h"

namespace duomo::convert {

// The text of one, which lives as long. Immutable.
class TextInput {
 public:
  explicit TextInput(const std::string& path);  // throws Error(kIo)
  std::string_view text() const;
  const std::string& name() const { return name_; }  // for messages: the path, or "stdin"

 private:
  std::string name_, read_;
  FileBytes mapped_;
};

}  // namespace duomo::convert
