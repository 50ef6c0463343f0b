// Options that say which data to read.
#include "cli/data_options.h"

#include <charconv>

#include "cli/command.h"
#include "core/error.h"
#include "data/open.h"
#include "evaluation/protocol.h"

namespace duomo::cli {
namespace {

// FIRST-LAST, both included; the first may be negative.
std::pair<int64_t, int64_t> ParseUserRange(const std::string& text) {
  int64_t first = 0, last = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, first);
  if (error == std::errc() && at != end && *at == '-') {
    auto [stop, bad] = std::from_chars(at + 1, end, last);
    if (bad == std::errc() && stop == end && first <= last) return {first, last};
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is not FIRST-LAST, two ids of users");
}

}  // namespace

void AddTableOptions(CLI::App& c, DataOptions& o) {
  const char* group = "Your own data";
  auto* interactions = c.add_option("--interactions", o.tables.interactions,
                                    "A CSV file (also .gz, or in a zip) of users, items and, where "
                                    "there are any, ratings and times")
                           ->group(group);
  auto own = [&](const char* name, auto& value, const char* help) {
    return c.add_option(name, value, help)->needs(interactions)->group(group);
  };
  own("--users", o.tables.users, "A CSV file about the users");
  own("--items", o.tables.items, "A CSV file about the items");
  own("--map", o.mappings,
      "ROLE=COLUMN (user, item, rating, timestamp, users.id, items.id, title) or COLUMN:KIND "
      "(integer, number, string, set), as often as needed")
      ->allow_extra_args(false);
  own("--separator", o.separator, "Between fields: one character, ::, tab or space [found out]");
  own("--set-separator", o.tables.set_separator, "Between the values of sets, for all columns [found out]");
  c.add_flag("--latin1", o.tables.latin1, "The files are ISO-8859-1, not UTF-8")
      ->needs(interactions)
      ->group(group);
  c.add_flag("--skip-bad-lines", o.tables.skip_bad_lines,
             "Leave bad lines out instead of stopping");
}

void AddDataOptions(CLI::App& c, DataOptions& o) {
  c.add_option("DATA", o.data,
               "A MovieLens folder or zip, of any of its formats; or give --interactions");
  AddTableOptions(c, o);
  // Wrong usage, which has an exit code of its own.
  c.parse_complete_callback([&o] {
    bool own = !o.tables.interactions.empty();
    if (o.data.empty() && !own) {
      throw CLI::RequiredError("DATA, or --interactions FILE for data of your own,");
    }
    if (!o.data.empty() && own) throw CLI::ExcludesError("DATA", "--interactions");
  });
}

void AddUserRange(CLI::App& c, DataOptions& o, const std::string& otherwise) {
  c.add_option("--user-range", o.user_range,
               "FIRST-LAST: of users with these ids only [" + otherwise + "]")
      ->check(Checked("FIRST-LAST", [](const std::string& text) { ParseUserRange(text); }));
}

data::Dataset ReadData(const DataOptions& o) {
  data::Dataset dataset;
  if (!o.data.empty()) {
    dataset = data::OpenDataset(o.data, {.skip_bad_lines = o.tables.skip_bad_lines});
  } else {
    data::TablesSpec tables = o.tables;
    tables.separator = data::SeparatorFrom(o.separator);
    for (const std::string& wish : o.mappings) data::ApplyMapping(tables, wish);
    dataset = data::ReadTables(tables);
  }
  if (dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(dataset.skipped_lines));
  }
  if (!o.user_range.empty()) {
    auto [first, last] = ParseUserRange(o.user_range);
    dataset = evaluation::RestrictUsers(dataset, first, last);
  }
  return dataset;
}

data::Split SplitData(const DataOptions& o, const data::SplitSpec& spec,
                      const data::Dataset& dataset, uint64_t seed) {
  if (o.data.empty()) return data::MakeSplit(spec, dataset.interactions, seed);
  return data::MakeSplit(spec, dataset, o.data, seed);
}

}  // namespace duomo::cli
