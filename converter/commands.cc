// The table of subcommands. A new one: its own file, its name in command.h, its line here.
#include <map>
#include <string>

#include "converter/command.h"

namespace duomo::convert {
namespace {

struct Group {
  const char* name;
  const char* about;
};
constexpr Group kGroups[] = {
    {"import", "Make a .duomo file of a model in another format"},
    {"export", "Write what a model holds in another format"},
};

struct Entry {
  const char* group;  // "": directly below duomo-convert
  AddCommand add;
};
constexpr Entry kCommands[] = {
    {"", AddInspect},
    {"", AddVerify},
    {"", AddDiff},
    {"", AddQuantize},
    {"", AddCompress},
    {"", AddDecompress},
    {"", AddPrune},
    {"", AddMerge},
    {"", AddAnnotate},
    {"", AddIndex},
    {"", AddAttributes},
    {"", AddUpgrade},
    {"", AddDump},
    {"", AddBuild},
    {"export", AddExportNpz},
    {"export", AddExportOnnx},
    {"export", AddExportPaddleV2},
    {"export", AddExportSafetensors},
    {"import", AddImportArrays},
    {"import", AddImportOnnx},
    {"import", AddImportPaddleV2},
    {"import", AddImportVectors},
    {"import", AddImportPaddleInference},
};

}  // namespace

CLI::App* AddReading(CLI::App& parent, const char* name, const char* about, std::string& file,
                     const char* what) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->add_option("FILE", file, what)->required();
  return command;
}

CLI::App* AddRewriting(CLI::App& parent, const char* name, const char* about, std::string& file,
                       std::string& output, const char* kind) {
  CLI::App* command = AddReading(parent, name, about, file);
  AddOutput(command, output, kind);
  return command;
}

void AddImportEnd(CLI::App* command, std::string& output, bool& allow_nonfinite, bool& json) {
  AddOutput(command, output);
  command->add_flag("--allow-nonfinite", allow_nonfinite,
                    "Accept weights that are NaN or infinite: what has a NaN in its vector scores "
                    "lowest, and verify names it");
  AddJson(command, json);
}

void AddAllCommands(CLI::App& app) {
  std::map<std::string, CLI::App*> parents = {{"", &app}};
  for (const Entry& command : kCommands) {
    if (command.group[0] == '\0') command.add(app);
  }
  for (const Group& group : kGroups) {
    parents[group.name] = app.add_subcommand(group.name, group.about)->require_subcommand(1);
  }
  for (const Entry& command : kCommands) {
    if (command.group[0] != '\0') command.add(*parents.at(command.group));
  }
}

}  // namespace duomo::convert
