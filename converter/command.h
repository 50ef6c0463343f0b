// The subcommands of `duomo-convert`: one file each, and one line each in commands.cc's table.
#pragma once

#include <CLI/CLI.hpp>

#include "console/options.h"
#include "console/signals.h"

namespace duomo::convert {

// Declares a subcommand with its options; its callback does the work, prints the result to stdout
// and throws duomo::Error when it fails (exit code 1). Wrong usage is a CLI::ParseError (2).
using AddCommand = void (*)(CLI::App& parent);

using console::AddJson;
using console::AddOutput;
// A subcommand whose first argument is FILE.
CLI::App* AddReading(CLI::App& parent, const char* name, const char* about, std::string& file,
                     const char* what = "A .duomo file");
// The same, and the `kind` of file that it writes.
CLI::App* AddRewriting(CLI::App& parent, const char* name, const char* about, std::string& file,
                       std::string& output, const char* kind = ".duomo");
// What imports of a network end with: output, --allow-nonfinite and --json.
void AddImportEnd(CLI::App* command, std::string& output, bool& allow_nonfinite, bool& json);

using console::ExitWith;  // thrown by a callback that has already printed everything

void AddInspect(CLI::App& parent);
void AddVerify(CLI::App& parent);
void AddDiff(CLI::App& parent);
void AddQuantize(CLI::App& parent);
void AddCompress(CLI::App& parent);
void AddDecompress(CLI::App& parent);
void AddPrune(CLI::App& parent);
void AddMerge(CLI::App& parent);
void AddAnnotate(CLI::App& parent);
void AddIndex(CLI::App& parent);
void AddAttributes(CLI::App& parent);
void AddUpgrade(CLI::App& parent);
void AddDump(CLI::App& parent);
void AddBuild(CLI::App& parent);
void AddExportNpz(CLI::App& parent);  // in the group "export"
void AddExportOnnx(CLI::App& parent);
void AddExportPaddleV2(CLI::App& parent);
void AddExportSafetensors(CLI::App& parent);
void AddImportArrays(CLI::App& parent);  // in the group "import": safetensors, npz, torch, keras
void AddImportOnnx(CLI::App& parent);
void AddImportPaddleV2(CLI::App& parent);
void AddImportVectors(CLI::App& parent);
void AddImportPaddleInference(CLI::App& parent);

// Everything that is registered, with the groups that hold it.
void AddAllCommands(CLI::App& app);

}  // namespace duomo::convert
