#include "console/main.h"

#include <exception>
#include <iostream>
#include <string>

#include "console/output.h"
#include "console/paths.h"
#include "console/signals.h"
#include "core/error.h"

namespace duomo::console {
namespace {

int Failed(const CLI::App& app, const std::exception& error) {
  Log(app.get_name() + ": " + error.what() + "\n");
  return 1;
}

// --help and --version come as errors, too.
int ExitOf(const CLI::App& app, const CLI::ParseError& error) {
  if (app.exit(error) != 0) return 2;
  std::cout.flush();
  try {
    FlushOutput();
    if (!std::cout) Fail(Status::kIo, "cannot write to the standard output");
  } catch (const std::exception& failure) {
    return Failed(app, failure);
  }
  return 0;
}

}  // namespace

void SetUp(CLI::App& app) {
  app.footer(
      "Exit codes: 0 ok, 1 failed, 2 wrong usage, 128 + the signal that stopped it (130: Ctrl-C)");
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    const std::string& name = failed->get_name();
    return name + ": " + error.what() + "\nSee " + name +
           " --help, or --help after a subcommand.\n";
  });
  app.parse_complete_callback([&app] { RefuseOverwriting(app); });
}

int Run(CLI::App& app, int argc, char** argv) {
  EndOnSignals();
  try {
    app.parse(argc, argv);  // runs the subcommand's callback
    FlushOutput();
  } catch (const CLI::ParseError& error) {
    return ExitOf(app, error);
  } catch (const ExitWith& exit) {
    return exit.code;
  } catch (const std::exception& error) {
    return Failed(app, error);
  }
  int signal = Interruptible::Signal();
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace duomo::console
