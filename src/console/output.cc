#include "console/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/error.h"
#include "core/numbers.h"

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

std::string Hex64(uint64_t n) {
  char text[24];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(n));
  return text;
}

std::string Commas(uint64_t n) { return WithCommas(n); }

}  // namespace duomo::console
