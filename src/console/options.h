// Options that commands of both programs have.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace duomo::console {

// `-o,--output`, required: a file that is replaced as a whole.
void AddOutput(CLI::App* command, std::string& output, const char* kind = ".duomo");
void AddJson(CLI::App* command, bool& json);  // `--json`

}  // namespace duomo::console
