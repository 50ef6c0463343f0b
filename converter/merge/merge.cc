// duomo-convert merge: users and items that are new or have changed, and new events, without
// training.
#include <memory>

#include "converter/command.h"
#include "converter/edit/entities.h"
#include "converter/merge/upsert.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output, users, items, history;
  MergeOptions merge;
  bool no_replace = false, json = false;
};

TableInput Open(const std::string& path) {
  if (path.empty()) return {};
  return {OpenTableBytes(path), NameOfTable(path)};
}

Json ToJson(const SideCounts& counts) {
  return {{"added", counts.added},
          {"replaced", counts.replaced},
          {"unchanged", counts.unchanged},
          {"bad_lines", counts.skipped}};
}

Json ToJson(const EventCounts& counts) {
  return {{"added", counts.added},
          {"users", counts.users},
          {"of_unknown_users", counts.of_unknown_users},
          {"of_unknown_items", counts.of_unknown_items},
          {"times", counts.times.empty() ? Json() : Json(counts.times)},
          {"columns_not_read", counts.not_read},
          {"bad_lines", counts.skipped}};
}

std::string BadLines(uint64_t skipped) {
  return skipped == 0 ? "" : StrCat("; bad lines left out: ", Commas(skipped));
}

std::string Text(const char* what, const SideCounts& c) {
  return StrCat(what, ": ", Commas(c.added), " added, ", Commas(c.replaced), " replaced, ",
                Commas(c.unchanged), " unchanged", BadLines(c.skipped), "\n");
}

std::string Text(const EventCounts& c) {
  std::string text = StrCat(
      "events: ", Commas(c.added), " added to the histories of ", Commas(c.users), " users, ",
      c.times.empty() ? "in the order of the file" : StrCat("by their times (", c.times, ")"));
  if (c.of_unknown_users + c.of_unknown_items > 0) {
    text += StrCat("; left out: ", Commas(c.of_unknown_users), " of users and ",
                   Commas(c.of_unknown_items), " of items that the file does not know");
  }
  text += BadLines(c.skipped) + "\n";
  if (c.not_read.empty()) return text;
  text += "columns of events that were not read:";
  for (const std::string& name : c.not_read)
    text += StrCat(&name == &c.not_read[0] ? " " : ", ", name);
  return text + "\n";
}

void Run(Options& o) {
  int piped = 0;
  for (const std::string* path : {&o.users, &o.items, &o.history}) piped += *path == "-";
  if (o.users.empty() && o.items.empty() && o.history.empty()) {
    throw CLI::ValidationError("merge", "nothing to do: give --users, --items or --history");
  }
  if (piped > 1) throw CLI::ValidationError("merge", "only one table can come from stdin");
  RequireReplaceable(o.output);
  o.merge.replace = !o.no_replace;
  Draft draft(o.file);
  Merged merged = Merge(draft, {Open(o.users), Open(o.items), Open(o.history)}, o.merge);
  draft.Save(o.output, "merge");
  uint64_t size = SizeOfFile(o.output);
  if (o.json) {
    PrintJson({{"file", o.file},
               {"output", o.output},
               {"size_before", draft.size()},
               {"size_after", size},
               {"users", ToJson(merged.users)},
               {"items", ToJson(merged.items)},
               {"events", ToJson(merged.events)},
               {"vectors_given", merged.vectors_given},
               {"vectors_made", merged.vectors_made},
               {"unknown_values", merged.unknown},
               {"tensors_left_out", merged.left_out}});
    return;
  }
  std::string text = StrCat(o.output, ": ", Commas(size), " bytes\n");
  if (!o.users.empty()) text += Text("users", merged.users);
  if (!o.items.empty()) text += Text("items", merged.items);
  if (!o.history.empty()) text += Text(merged.events);
  for (const auto& [input, n] : merged.unknown) {
    text += StrCat("values of ", input, " that the model does not know: ", Commas(n), "\n");
  }
  Print(text + LeftOutText(merged.left_out));
}

}  // namespace

void AddMerge(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddReading(
      parent, "merge",
      "Add or replace users and items, and add events to histories, without training", o->file);
  c->add_option(
      "--users", o->users,
      "Users: a table (CSV of any dialect, JSON lines or array; .gz, .bz2, .zst) with the "
      "columns id, title, inputs, vector, history; an id that is known is replaced; -: "
      "stdin");
  c->add_option("--items", o->items, "Items: the same, without history, but with attributes");
  c->add_option("--history", o->history,
                "New events: a table of user, item and, optional, timestamp; -: stdin");
  c->add_flag("--no-replace", o->no_replace, "An id that is in the file is an error");
  c->add_option("--ignore", o->merge.records.ignored, "Ignore this column; may be repeated")
      ->type_name("COLUMN")
      ->allow_extra_args(false);
  c->add_option("--date-format", o->merge.records.date_format,
                "Format of the times of attributes, such as %d/%m/%Y; else recognised");
  c->add_flag("--skip-bad-lines", o->merge.records.skip_bad_lines,
              "Leave bad lines out and count them, instead of stopping");
  AddOutput(c, o->output);
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
