// `duomo`: train, evaluate and ask a model. Exit codes: 0 ok, 1 failed, 2 wrong usage.
#include <exception>

#include "cli/command.h"
#include "core/error.h"
#include "core/version.h"

int main(int argc, char** argv) {
  CLI::App app{"Duomo: recommendations from one small library and one file.", "duomo"};
  app.set_version_flag("--version", duomo::StrCat("duomo ", duomo::kVersion));
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("duomo: ") + error.what() + "\nSee duomo --help, or --help after a subcommand.\n";
  });
  duomo::cli::AddDemo(app);
  duomo::cli::AddTrain(app);
  duomo::cli::AddEvaluate(app);
  duomo::cli::AddPredict(app);
  duomo::cli::AddTopk(app);
  duomo::cli::AddSimilar(app);
  duomo::cli::AddSynth(app);
  duomo::cli::AddDescribe(app);
  try {
    app.parse(argc, argv);  // runs the subcommand's callback
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
