// Options that say which data to read.
#include "cli/data_options.h"

#include "cli/command.h"
#include "core/error.h"
#include "data/open.h"

namespace duomo::cli {
namespace {

// What people can type where a tab is hard to.
char SeparatorFrom(const std::string& text) {
  if (text.empty()) return '\0';
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r') return text[0];
  Fail(Status::kInvalidArgument, "--separator \"", text, "\" is neither one character nor \"tab\"");
}

}  // namespace

void AddDataOptions(CLI::App& c, DataOptions& o) {
  auto* data = c.add_option("DATA", o.data, "A MovieLens folder or zip, of any of its formats");
  auto own = [&](const char* name, auto& value, const char* help) {
    return c.add_option(name, value, help)->excludes(data)->group("Your own data");
  };
  own("--interactions", o.tables.interactions,
      "A CSV file (also .gz, or in a zip) of users, items and, where there are any, ratings and "
      "times");
  own("--users", o.tables.users, "A CSV file about the users");
  own("--items", o.tables.items, "A CSV file about the items");
  own("--map", o.mappings,
      "ROLE=COLUMN (user, item, rating, timestamp, users.id, items.id, title) or COLUMN:KIND "
      "(integer, number, string, set), as often as needed")
      ->allow_extra_args(false);
  own("--separator", o.separator, "Between fields: one character, or tab [found out]");
  own("--set-separator", o.tables.set_separator, "Between the values of a set")
      ->capture_default_str();
  c.add_flag("--latin1", o.tables.latin1, "The files are ISO-8859-1, not UTF-8")
      ->excludes(data)
      ->group("Your own data");
  c.add_flag("--skip-bad-lines", o.tables.skip_bad_lines,
             "Leave bad lines out instead of stopping");
}

data::Dataset ReadData(const DataOptions& o) {
  if (o.data.empty() && o.tables.interactions.empty()) {
    Fail(Status::kInvalidArgument, "give DATA, or --interactions FILE for data of your own");
  }
  data::Dataset dataset;
  if (!o.data.empty()) {
    dataset = data::OpenDataset(o.data, {.skip_bad_lines = o.tables.skip_bad_lines});
  } else {
    data::TablesSpec tables = o.tables;
    tables.separator = SeparatorFrom(o.separator);
    for (const std::string& wish : o.mappings) data::ApplyMapping(tables, wish);
    dataset = data::ReadTables(tables);
  }
  if (dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(dataset.skipped_lines));
  }
  return dataset;
}

data::Split SplitData(const DataOptions& o, const data::SplitSpec& spec,
                      const data::Dataset& dataset, uint64_t seed) {
  if (o.data.empty()) return data::MakeSplit(spec, dataset.interactions, seed);
  return data::MakeSplit(spec, dataset, o.data, seed);
}

}  // namespace duomo::cli
