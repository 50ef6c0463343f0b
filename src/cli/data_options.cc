// Options that say which data to read.
#include "cli/data_options.h"

#include "cli/command.h"
#include "cli/understanding.h"
#include "core/error.h"
#include "data/lines.h"
#include "data/open.h"

namespace duomo::cli {
namespace {

// A validator that keeps what it has parsed.
template <typename Value, typename Parse>
CLI::Option* AddParsed(CLI::App& c, const char* name, Value& value, Parse parse, const char* help) {
  return c
      .add_option_function<std::string>(
          name,
          [&value, parse, name](const std::string& text) {
            try {
              value = parse(text);
            } catch (const Error& error) {
              throw CLI::ValidationError(name, error.message());
            }
          },
          help)
      ->group("What rows say");
}

}  // namespace

std::pair<int64_t, int64_t> ParseUserRange(const std::string& text) {
  int64_t first = 0, last = 0;
  size_t dash = text.find('-', 1);  // a first one may be a minus
  if (dash != text.npos && data::ParseInteger(std::string_view(text).substr(0, dash), first) &&
      data::ParseInteger(std::string_view(text).substr(dash + 1), last) && first <= last) {
    return {first, last};
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is not FIRST-LAST, two ids of users");
}

void AddEvidenceOptions(CLI::App& c, DataOptions& o) {
  data::EvidenceOptions& e = o.evidence;
  AddParsed(
      c, "--goal", e.goal,
      [](const std::string& text) {
        if (text == "rank") return data::Goal::kRank;
        if (text == "rate") return data::Goal::kRate;
        Fail(Status::kInvalidArgument, '"', text, "\" is neither rank nor rate");
      },
      "rank: lists of what users will take; rate: the rating that they would give [rank]")
      ->type_name("rank|rate");
  AddParsed(c, "--positive", e.positive, data::ParseCondition,
            "Rows that count as liked, as in 'rating>=4' [all]")
      ->type_name("CONDITION");
  AddParsed(c, "--values", e.values, data::ParseValueKind,
            "What the numbers are: rating, count (plays, hours, pieces) or none [found out]")
      ->type_name("KIND");
  AddParsed(c, "--event-weights", e.event_weights, data::ParseEventWeights,
            "What each kind of event counts: view=1,addtocart=3,purchase=10 [all alike]")
      ->type_name("EVENT=WEIGHT,…");
  AddParsed(c, "--repeats", e.repeats, data::ParseRepeats,
            "Several rows of one user and item: sum, last, first or keep [rank: sum, rate: last]")
      ->type_name("WHICH");
  c.add_option("--min-user", e.min_user,
               "Leave out users with fewer rows (repeated until no user has fewer)")
      ->group("What rows say")
      ->check(AtLeastOne());
  c.add_option("--min-item", e.min_item,
               "Leave out items with fewer rows (repeated until no item has fewer)")
      ->group("What rows say")
      ->check(AtLeastOne());
}

bool HasEvidenceOptions(const DataOptions& o) {
  const data::EvidenceOptions& e = o.evidence;
  return e.goal != data::Goal::kRank || e.positive || e.values || !e.event_weights.empty() ||
         e.repeats != data::Repeats::kAuto || e.min_user > 1 || e.min_item > 1;
}

void AddTableOptions(CLI::App& c, DataOptions& o) {
  const char* group = "Your own data";
  auto* interactions = c.add_option("--interactions", o.tables.interactions,
                                    "A CSV file (also .gz, or in a zip) of users, items and, where "
                                    "there are any, ratings and times")
                           ->group(group);
  auto own = [&](const char* name, auto& value, const char* help) {
    return c.add_option(name, value, help)->needs(interactions)->group(group);
  };
  own("--users", o.tables.users, "A table about the users");
  own("--items", o.tables.items, "A table about the items");
  auto how = [&](const char* name, auto& value, const char* help) {
    return c.add_option(name, value, help)->group(group);
  };
  how("--map", o.mappings,
      "ROLE=COLUMN (user, item, rating, timestamp, event, users.id, items.id, title; rating, "
      "timestamp, event and title may be none) or COLUMN:KIND (integer, number, string, set), as "
      "often as needed")
      ->allow_extra_args(false);
  how("--columns", o.columns,
      "Names for tables without a row of names: user,item,rating,timestamp; users:id,age; "
      "items:id,title")
      ->allow_extra_args(false);
  how("--separator", o.separator, "Between fields: one character, ::, tab or space [found out]");
  how("--quotes", o.quotes, "In quoted fields: doubled, backslash or none [found out]")
      ->check(CLI::IsMember({"doubled", "backslash", "none"}));
  how("--sets", o.sets,
      "COLUMN=SEPARATOR of a column of sets: a character, space, tab, or none for no set "
      "[found out]")
      ->allow_extra_args(false);
  how("--set-separator", o.tables.set_separator,
      "Between the values of sets, for all columns [found out]");
  how("--date-format", o.tables.date_format, "Of the times, as %d%m%Y [found out]");
  auto* matrix =
      c.add_flag(
           "--matrix", o.tables.matrix,
           "The interactions are a matrix with a row for each user and a column for each item")
          ->group(group);
  how("--matrix-missing", o.matrix_missing,
      "The text for \"no rating\" in a matrix, besides an empty cell")
      ->needs(matrix);
  c.add_flag("--latin1", o.tables.latin1, "The files are ISO-8859-1, not UTF-8")->group(group);
  c.add_flag("--skip-bad-lines", o.tables.skip_bad_lines,
             "Leave bad lines out instead of stopping");
  c.add_option("--cache", o.cache,
               "Keep what was read in a file of this folder, or beside the data, and map that the "
               "next time: for large data")
      ->type_name("DIR|beside");
}

void AddDataOptions(CLI::App& c, DataOptions& o) {
  c.add_option("DATA", o.data, "A folder, zip or table of interactions; or give --interactions");
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
               "FIRST-LAST: only users with these ids [" + otherwise + "]")
      ->check(Checked("FIRST-LAST", [](const std::string& text) { ParseUserRange(text); }));
}

data::TablesSpec TablesOf(const DataOptions& o) {
  data::TablesSpec tables = o.tables;
  if (!o.separator.empty()) tables.separator = data::SeparatorFrom(o.separator);
  if (!o.quotes.empty()) tables.quotes = data::QuotesFrom(o.quotes);
  if (!o.matrix_missing.empty()) tables.matrix_missing = o.matrix_missing;
  for (const std::string& wish : o.mappings) data::ApplyMapping(tables, wish);
  for (const std::string& wish : o.sets) data::ApplySets(tables, wish);
  for (const std::string& wish : o.columns) data::ApplyColumns(tables, wish);
  return tables;
}

data::Dataset ReadData(const DataOptions& o) {
  Understood data = Understand(o, EvidenceOf::kNone);
  if (data.dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(data.dataset.skipped_lines));
  }
  return std::move(data.dataset);
}

data::Split SplitData(const DataOptions& o, const data::SplitSpec& spec,
                      const data::Dataset& dataset, uint64_t seed) {
  if (o.data.empty()) return data::MakeSplit(spec, dataset.interactions, seed);
  return data::MakeSplit(spec, dataset, o.data, seed);
}

}  // namespace duomo::cli
