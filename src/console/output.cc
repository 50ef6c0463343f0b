#include "console/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/error.h"

namespace duomo::console {
namespace {

[[noreturn]] void FailToPrint() {
  Fail(Status::kIo, "cannot write the output to the standard output: ", std::strerror(errno));
}

}  // namespace

void Print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) FailToPrint();
}

void Log(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void PrintJson(const Json& json, int indent) { Print(JsonText(json, indent) + "\n"); }

void FlushOutput() {
  bool failed = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0 || failed) FailToPrint();
}

std::string Commas(uint64_t n) {
  std::string text = StrCat(n);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace duomo::console
