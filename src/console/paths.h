// Checks that no output is an input, and that no two outputs are the same file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace duomo::console {

// Checks the options of a command before it runs: an output that is one of the inputs, or another
// output, is refused, whether by the same name, through links of either kind, or because it is a
// table in a folder that is read. Outputs are the options that paths.cc lists; every other text
// that names an existing file is taken for an input. Throws Error(kInvalidArgument) that names
// both.
void RefuseOverwriting(const CLI::App& app);

// The same for a file that belongs to an input or output without being named. `output` and `input`
// are paths.
void RefuseOverwriting(const std::string& output, const std::string& input);

}  // namespace duomo::console
