// The common part of both programs' main().
#pragma once

#include <CLI/CLI.hpp>

namespace duomo::console {

// Sets the text about exit codes below every --help, and the form of usage errors. Call it before
// the commands are added, which inherit both.
void SetUp(CLI::App& app);

// Parses, refuses outputs that would overwrite an input, runs the command and turns what it throws
// into a message on stderr. Returns the exit code: 0 ok, 1 failed, 2 wrong usage, 128 + a signal
// that stopped the command, or what an ExitWith says.
int Run(CLI::App& app, int argc, char** argv);

}  // namespace duomo::console
