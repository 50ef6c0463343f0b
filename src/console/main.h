// What the main() of either program does around its commands.
#pragma once

#include <CLI/CLI.hpp>

namespace duomo::console {

// Says which exit codes there are below every --help, and how wrong usage is told. To be called
// before the commands are added: they inherit it.
void SetUp(CLI::App& app);

// Parses, refuses outputs that would overwrite an input, runs the command and turns what it throws
// into a message on stderr. Gives the exit code: 0 ok, 1 failed, 2 wrong usage, 128 + a signal that
// stopped the command, or what an ExitWith says.
int Run(CLI::App& app, int argc, char** argv);

}  // namespace duomo::console
