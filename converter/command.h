// The subcommands of `duomo-convert`: one file each, and one line each in commands.cc's table.
#pragma once

#include <CLI/CLI.hpp>

namespace duomo::convert {

// Declares a subcommand with its options; its callback does the work, prints the result to stdout
// and throws duomo::Error when it fails (exit code 1). Wrong usage is a CLI::ParseError (2).
using AddCommand = void (*)(CLI::App& parent);

void AddInspect(CLI::App& parent);
void AddVerify(CLI::App& parent);
void AddExportNpz(CLI::App& parent);  // in the group "export"
void AddExportOnnx(CLI::App& parent);
void AddImportOnnx(CLI::App& parent);  // in the group "import"

// Everything that is registered, with the groups that hold it.
void AddAllCommands(CLI::App& app);

}  // namespace duomo::convert
