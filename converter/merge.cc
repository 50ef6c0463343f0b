// duomo-convert merge: new users and items, by their features or vectors, without training.
#include <memory>

#include "converter/addition.h"
#include "converter/command.h"
#include "converter/entities.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output, users, items;
  bool json = false;
};

void Run(const Options& o) {
  if (o.users.empty() && o.items.empty()) {
    throw CLI::ValidationError("merge", "nothing to do: give --users, --items or both");
  }
  if (o.users == "-" && o.items == "-") {
    throw CLI::ValidationError("merge", "only one list can come from stdin");
  }
  RequireReplaceable(o.output);
  Draft draft(o.file);
  auto read = [](const std::string& path) {
    return path.empty() ? std::vector<Record>() : ReadRecords(path);
  };
  Added added = AddRecords(draft, read(o.users), read(o.items));
  draft.Save(o.output, "merge");
  uint64_t size = SizeOfFile(o.output);
  if (o.json) {
    PrintJson({{"file", o.file},
               {"output", o.output},
               {"size_before", draft.size()},
               {"size_after", size},
               {"users_added", added.users},
               {"items_added", added.items},
               {"vectors_given", added.vectors_given},
               {"unknown_values", added.unknown},
               {"tensors_left_out", added.left_out}});
    return;
  }
  auto count = [](uint64_t n, const std::string& one) {
    return StrCat(Commas(n), " new ", one, n == 1 ? "" : "s");
  };
  std::string text = StrCat(o.output, ": ", Commas(size), " bytes; ", count(added.users, "user"),
                            ", ", count(added.items, "item"), "\n");
  for (const auto& [input, n] : added.unknown) {
    text += StrCat("values of ", input, " that the model does not know: ", Commas(n), "\n");
  }
  Print(text + LeftOutText(added.left_out));
}

}  // namespace

void AddMerge(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "merge", "Add users and items by their features or vectors, without training");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("--users", o->users,
                "New users: JSON lines {\"id\", \"title\", \"features\", \"vector\", \"history\"}, "
                "or CSV; -: stdin");
  c->add_option("--items", o->items, "New items: the same, without history");
  c->add_option("-o,--output", o->output, "The .duomo file to write; replaced as a whole")
      ->required();
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
