// `duomo-convert`: everything about files. Exit codes: 0 ok, 1 failed, 2 wrong usage.
#include <csignal>
#include <exception>
#include <string>

#include "converter/command.h"
#include "converter/output.h"
#include "core/version.h"

int main(int argc, char** argv) {
  // A write beyond the size limit is an error that we report, and clean up after.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{"Looks into .duomo files, checks them, and converts them.", "duomo-convert"};
  app.set_version_flag("--version", std::string("duomo-convert ") + std::string(duomo::kVersion));
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("duomo-convert: ") + error.what() +
           "\nSee duomo-convert --help, or --help after a subcommand.\n";
  });
  duomo::convert::AddAllCommands(app);
  try {
    app.parse(argc, argv);  // runs the subcommand's callback
    duomo::convert::FlushOutput();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const duomo::convert::ExitWith& exit) {
    return exit.code;
  } catch (const std::exception& error) {
    duomo::convert::Log(std::string("duomo-convert: ") + error.what() + "\n");
    return 1;
  }
  return 0;
}
