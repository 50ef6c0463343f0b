// Results to stdout, everything else to stderr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "console/json.h"

namespace duomo::console {

void Print(std::string_view text);  // to stdout; throws Error(kIo) if the text could not be written
void Log(std::string_view text);    // to stderr
void PrintJson(const Json& json, int indent = -1);  // as JsonText(), and a line end

// Throws Error(kIo) when something printed did not reach stdout (a full disk, a closed pipe).
void FlushOutput();

std::string Commas(uint64_t n);  // "528,096"
std::string Hex64(uint64_t n);   // 16 digits

}  // namespace duomo::console
