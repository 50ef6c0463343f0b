// `duomo`: train, evaluate and ask a model. Exit codes: 0 ok, 1 failed, 2 wrong usage.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "cli/command.h"
#include "core/error.h"
#include "core/version.h"

namespace {

// What could not be printed is lost: on a full disk that is a failure like any other.
void FlushOutput() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    duomo::Fail(duomo::Status::kIo, "cannot write the output: ", std::strerror(errno));
  }
}

}  // namespace

int main(int argc, char** argv) {
  // A write beyond the limit on file sizes is an error that we report, and clean up after.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{"Duomo: recommendations from one small library and one file.", "duomo"};
  app.set_version_flag("--version", duomo::StrCat("duomo ", duomo::kVersion));
  // Fewer than one is told below: so that a misspelt subcommand is named, not said to be missing.
  app.require_subcommand(0, 1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("duomo: ") + error.what() +
           "\nSee duomo --help, or --help after a subcommand.\n";
  });
  duomo::cli::AddDemo(app);
  duomo::cli::AddTrain(app);
  duomo::cli::AddBaseline(app);
  duomo::cli::AddEvaluate(app);
  duomo::cli::AddCompare(app);
  duomo::cli::AddPredict(app);
  duomo::cli::AddTopk(app);
  duomo::cli::AddSimilar(app);
  duomo::cli::AddRecommend(app);
  duomo::cli::AddSynth(app);
  duomo::cli::AddDescribe(app);
  try {
    app.parse(argc, argv);  // runs the subcommand's callback
    if (app.get_subcommands().empty()) {
      duomo::cli::Log("%s", app.help().c_str());
      return 2;
    }
    FlushOutput();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const duomo::Error& error) {
    duomo::cli::Log("duomo: %s\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    duomo::cli::Log("duomo: %s\n", error.what());
    return 1;
  }
  return 0;
}
