// `duomo-convert`: everything about files.
#include "console/main.h"

#include "converter/command.h"
#include "core/error.h"
#include "core/version.h"

int main(int argc, char** argv) {
  CLI::App app{"Looks into .duomo files, checks them, and converts them.", "duomo-convert"};
  app.set_version_flag("--version", duomo::StrCat("duomo-convert ", duomo::kVersion));
  duomo::console::SetUp(app);
  app.require_subcommand(1);
  duomo::convert::AddAllCommands(app);
  return duomo::console::Run(app, argc, argv);
}
