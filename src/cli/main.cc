// `duomo`: train, evaluate and ask a model.
#include "console/main.h"

#include "cli/command.h"
#include "console/output.h"
#include "console/signals.h"
#include "core/error.h"
#include "core/version.h"

int main(int argc, char** argv) {
  CLI::App app{"Duomo: recommendations from one small library and one file.", "duomo"};
  app.set_version_flag("--version", duomo::StrCat("duomo ", duomo::kVersion));
  duomo::console::SetUp(app);
  // Fewer than one is told below: so that a misspelt subcommand is named, not said to be missing.
  app.require_subcommand(0, 1);
  app.callback([&app] {
    if (!app.get_subcommands().empty()) return;
    duomo::console::Log(app.help());
    throw duomo::console::ExitWith{2};
  });
  using namespace duomo::cli;
  for (auto add : {AddDemo, AddTrain, AddBaseline, AddEvaluate, AddCompare, AddPredict, AddTopk,
                   AddSimilar, AddRecommend, AddPage, AddSynth, AddDescribe}) {
    add(app);
  }
  return duomo::console::Run(app, argc, argv);
}
