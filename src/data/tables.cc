// Tables to a data set: the side tables first, so that every interaction can be checked at once.
#include "data/tables.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "data/header_row.h"
#include "data/key_table.h"
#include "data/list_cell.h"
#include "data/reshape.h"
#include "data/roles.h"
#include "data/row_spool.h"
#include "data/table_checks.h"
#include "data/time_column.h"
#include "data/values.h"

namespace duomo::data {
namespace {

class TablesReader {
 public:
  TablesReader(const TablesSpec& spec, TablesReport& report)
      : spec_(spec), report_(report), used_(spec.kinds.size()), sets_used_(spec.sets.size()) {}

  Dataset Run(TableSource interactions, TableSource users, TableSource items) {
    out_.name = spec_.name;
    users_.where = users.where;
    items_.where = items.where;
    CheckSides(users.bytes != nullptr, items.bytes != nullptr);
    if (users.bytes != nullptr) ReadSide(users_, *Open(users, spec_.user_columns), report_.users);
    if (items.bytes != nullptr) ReadSide(items_, *Open(items, spec_.item_columns), report_.items);
    auto table = Open(interactions, spec_.columns);
    if (spec_.matrix) {
      table = OpenMatrix(std::move(table), {spec_.roles.user, spec_.matrix_missing});
    }
    ReadInteractions(*table);
    SeparateNames();
    Finish(users_, out_.users);
    Finish(items_, out_.items);
    return std::move(out_);
  }

 private:
  // Users or items.
  struct SideData {
    std::string_view word, prefix;  // "user", "users."
    Role role;
    const std::string &wish, &other_wish;  // key columns here and in the interactions
    std::string where = {}, key_name = {};
    KeyTable keys = {};
    bool given = false;          // has a table of its own
    bool integers_only = false;  // as stated
    std::vector<Column> columns = {};
    std::vector<std::string> titles = {};
  };

  std::unique_ptr<TableReader> Open(TableSource& source,
                                    const std::vector<std::string>& columns) const {
    TableOptions options;
    options.separator = spec_.separator;
    options.quotes = source.quotes ? source.quotes : spec_.quotes;
    options.latin1 = spec_.latin1;
    options.skip_bad_lines = spec_.skip_bad_lines;
    options.columns = source.names.empty() ? columns : source.names;
    return OpenTable(std::move(source.bytes), source.where, options);
  }

  // Wishes about tables that are not there.
  void CheckSides(bool users, bool items) const {
    auto check = [](bool given, const std::string& wish, Role role, std::string_view option) {
      if (given || wish.empty() || wish == "none") return;
      Fail(Status::kInvalidArgument, RoleName(role), "=", wish, " needs the table that ", option,
           " gives");
    };
    check(users, spec_.roles.user_key, Role::kUserKey, "--users");
    check(items, spec_.roles.item_key, Role::kItemKey, "--items");
  }

  // What separates the values of a side column, as far as it is stated.
  std::optional<char> SeparatorOf(const SideData& side, const std::string& name, ColumnHint hint) {
    std::optional<char> found;
    if (hint == ColumnHint::kSet) found = ' ';
    if (spec_.set_separator != '\0') found = spec_.set_separator;
    for (size_t i = 0; i < spec_.sets.size(); ++i) {
      std::string_view stated = spec_.sets[i].first;
      bool own = stated.starts_with(side.prefix) && stated.substr(side.prefix.size()) == name;
      if (!own && stated != name) continue;
      sets_used_[i] = true;
      found = spec_.sets[i].second;
    }
    return found;
  }

  // What separates the items of a cell of the interactions, where it may hold several.
  char ItemSeparator(const std::string& name) {
    char found = kNoSet;
    for (size_t i = 0; i < spec_.sets.size(); ++i) {
      if (spec_.sets[i].first != name) continue;
      sets_used_[i] = true;
      found = spec_.sets[i].second;
    }
    return found;
  }

  // The stated kind of a side column, if any.
  const ColumnKind* KindOf(const SideData& side, const std::string& name) {
    const ColumnKind* found = nullptr;
    for (size_t i = 0; i < spec_.kinds.size(); ++i) {
      std::string_view stated = spec_.kinds[i].first;
      bool own = stated.starts_with(side.prefix) && stated.substr(side.prefix.size()) == name;
      if (!own && stated != name) continue;
      used_[i] = true;
      found = &spec_.kinds[i].second;
    }
    return found;
  }

  // Applies the stated kind of the key column.
  void StateKeys(SideData& side, const std::string& name) {
    const ColumnKind* kind = KindOf(side, name);
    if (kind == nullptr) return;
    if (*kind == ColumnKind::kString) {
      side.keys.UseStrings();
    } else if (*kind == ColumnKind::kInteger) {
      side.integers_only = true;
    } else {
      Fail(Status::kInvalidArgument, "\"", name, "\" identifies the ", side.word,
           "s, so it must be integer or string, not ", KindName(*kind));
    }
  }

  // False and said where a key cannot be one.
  bool GoodKey(TableReader& in, const SideData& side, bool zeros, std::string_view& key) {
    if (zeros) {
      if (NamesNobody(key, zeros)) return in.LeaveOut("the ", side.word, " is empty");
      (void)TakeZeroFraction(key);
    }
    if (key.empty()) return in.Bad("the ", side.word, " is empty");
    if (!side.integers_only || Fits(key, ColumnKind::kInteger)) return true;
    return in.Bad("the ", side.word, ' ', QuoteCell(key), " is not an integer");
  }

  void ReadSide(SideData& side, TableReader& in, TableReport& report) {
    size_t columns = in.header().size();
    std::vector<std::string> suggested(columns, "column");
    for (size_t i = 1; i < columns; ++i) suggested[i] = StrCat("column", i + 1);
    suggested[0] = "id";
    CheckNames(in, StrCat(side.word, "s:"), suggested);
    // The name that was given for the interactions is as good here, where this table has it.
    bool shared = side.wish.empty() && std::find(in.header().begin(), in.header().end(),
                                                 side.other_wish) != in.header().end();
    size_t key = FindRole(side.role, in.header(), shared ? side.other_wish : side.wish, in.where());
    if (key == kNoColumn) RefuseNoColumn(side.role, in);
    StateKeys(side, in.header()[key]);
    size_t title = kNoColumn;
    if (side.role == Role::kItemKey) {
      title = FindRole(Role::kTitle, in.header(), spec_.roles.title, in.where());
      if (title == key) title = kNoColumn;
    }
    std::vector<ColumnGuess> guesses;
    std::vector<const ColumnKind*> kinds(columns);
    std::vector<bool> read(columns);
    std::vector<std::string> not_read;
    constexpr static ColumnKind kText = ColumnKind::kString, kNumbers = ColumnKind::kNumber,
                                kSets = ColumnKind::kSet;
    for (size_t i = 0; i < columns; ++i) {
      const std::string& name = in.header()[i];
      ColumnHint hint = in.hint(i);
      std::optional<char> separator = SeparatorOf(side, name, hint);
      guesses.emplace_back(separator, in.decimal_comma());
      kinds[i] = KindOf(side, name);
      // A column without a name is read where someone has named what it is.
      read[i] = i != key && hint != ColumnHint::kNotForUse &&
                (!in.unnamed(i) || i == title || kinds[i] != nullptr);
      if (i != key && !read[i]) not_read.push_back(name);
      if (kinds[i] != nullptr) continue;
      if (i == title) kinds[i] = &kText;
      if (hint == ColumnHint::kNumber) kinds[i] = &kNumbers;
      if (hint == ColumnHint::kSet && separator != kNoSet) kinds[i] = &kSets;
    }
    side.given = true;
    side.key_name = in.header()[key];
    const bool zeros = HasZeros(in, key);
    auto add = [&] {
      auto cells = in.fields();
      std::string_view key_cell = cells[key];
      if (!GoodKey(in, side, zeros, key_cell)) return false;
      for (size_t i = 0; i < columns; ++i) {
        if (!read[i] || kinds[i] == nullptr || Fits(cells[i], *kinds[i], in.decimal_comma())) {
          continue;
        }
        return in.Bad(QuoteCell(cells[i]), " in the column \"", in.header()[i], "\" is not a ",
                      KindName(*kinds[i]));
      }
      size_t before = side.keys.size();
      if (side.keys.Add(key_cell) != before) {
        return in.Bad(side.word, ' ', QuoteCell(key_cell), " stands there twice");
      }
      for (size_t i = 0; i < columns; ++i) {
        if (read[i]) guesses[i].Add(cells[i]);
      }
      if (title != kNoColumn) side.titles.emplace_back(cells[title]);
      return true;
    };
    while (in.Next()) (void)add();
    out_.skipped_lines += in.skipped();
    if (side.keys.size() == 0) RefuseEmpty(in, StrCat(side.word, 's'));
    ReportTable(in, side.keys.size(), std::move(not_read), report);
    report.numbers_with_zeros = zeros;
    for (size_t i = 0; i < columns; ++i) {
      if (!read[i]) continue;
      ColumnKind kind = kinds[i] != nullptr ? *kinds[i] : guesses[i].Kind();
      side.columns.push_back(guesses[i].Make(in.header()[i], kind));
      if (kind == ColumnKind::kSet)
        report.sets.emplace_back(in.header()[i], guesses[i].separator());
    }
  }

  // The row of a key in the interactions; says what is wrong where there is none.
  bool RowOf(TableReader& in, SideData& side, std::string_view key, uint32_t& row) {
    if (side.given) {
      if (side.keys.Find(key, row)) return true;
      return in.Bad(side.word, ' ', QuoteCell(key), " is not in ", side.where);
    }
    row = side.keys.Add(key);
    return true;
  }

  void ReadInteractions(TableReader& in) {
    CheckNames(in, "", SuggestColumns(in.sample()));
    const ColumnRoles& roles = spec_.roles;
    auto find = [&](Role role, const std::string& wish) {
      return FindRole(role, in.header(), wish, in.where());
    };
    size_t user = find(Role::kUser, spec_.matrix ? "" : roles.user);
    size_t item = find(Role::kItem, spec_.matrix ? "" : roles.item);
    size_t rating = find(Role::kRating, spec_.matrix ? "" : roles.rating);
    size_t time = find(Role::kTimestamp, roles.timestamp);
    size_t event = roles.event.empty() ? kNoColumn : find(Role::kEvent, roles.event);
    const std::string& titled = roles.title.empty() ? roles.item_title : roles.title;
    size_t title = items_.given || titled.empty() ? kNoColumn : find(Role::kTitle, titled);
    if (user == kNoColumn) RefuseNoColumn(Role::kUser, in);
    if (item == kNoColumn) RefuseNoColumn(Role::kItem, in);
    if (user == item) {
      Fail(Status::kInvalidArgument, in.where(), ": \"", in.header()[user],
           "\" cannot be both the user and the item");
    }
    users_.key_name = in.header()[user];
    items_.key_name = in.header()[item];
    if (!users_.given) StateKeys(users_, users_.key_name);
    if (!items_.given) StateKeys(items_, items_.key_name);
    const char separator = ItemSeparator(items_.key_name);
    CheckUsed();
    TimeColumn clock(Sample(in, time), time == kNoColumn ? "" : spec_.date_format);
    const bool user_zeros = HasZeros(in, user), item_zeros = HasZeros(in, item);
    const bool user_numbers = HasNumbersAlone(in, user), item_numbers = HasNumbersAlone(in, item);
    InteractionSpool out;
    std::unordered_map<std::string, uint16_t> events;
    auto add = [&] {
      auto cells = in.fields();
      double stars = 1;
      if (rating != kNoColumn && !ParseNumber(cells[rating], in.decimal_comma(), stars)) {
        return in.Bad("the ", in.header()[rating], " ", QuoteCell(cells[rating]),
                      " is not a number");
      }
      if (event != kNoColumn && cells[event].empty()) {
        return in.Bad("the ", in.header()[event], " is empty");
      }
      std::string_view user_key = cells[user];
      // Sales to somebody without an account, clicks before a login: such rows are no damage.
      if (NamesNobody(user_key, user_numbers)) return in.LeaveOut("the user is empty");
      if (NamesNobody(cells[item], item_numbers)) return in.LeaveOut("the item is empty");
      auto add_item = [&](std::string_view item_key) {
        uint32_t user_row = 0, item_row = 0;
        int64_t seconds = 0;
        if (time != kNoColumn && !cells[time].empty() &&
            !clock.Read(cells[time], out.size(), seconds)) {
          return in.Bad("the ", in.header()[time], " ", QuoteCell(cells[time]), " is ",
                        clock.Expected());
        }
        // Both keys are checked before either makes a row.
        if (!GoodKey(in, users_, user_zeros, user_key)) return false;
        if (!GoodKey(in, items_, item_zeros, item_key)) return false;
        if (items_.given && !RowOf(in, items_, item_key, item_row)) return false;
        if (!RowOf(in, users_, user_key, user_row)) return false;
        if (!items_.given) (void)RowOf(in, items_, item_key, item_row);
        if (title != kNoColumn) {
          if (item_row == items_.titles.size()) items_.titles.emplace_back();
          if (items_.titles[item_row].empty()) items_.titles[item_row] = cells[title];
        }
        if (event != kNoColumn) out.events.push_back(EventOf(in, events, cells[event]));
        out.users.push_back(user_row);
        out.items.push_back(item_row);
        out.ratings.push_back(static_cast<float>(stars));
        out.timestamps.push_back(seconds);
        return true;
      };
      if (separator == kNoSet) return add_item(cells[item]);
      bool some = false;
      SplitSet(cells[item], separator, [&](std::string_view key) {
        some = true;
        (void)add_item(key);
      });
      return some || in.LeaveOut("the item is empty");
    };
    while (in.Next()) (void)add();
    out_.skipped_lines += in.skipped();
    out.TakeInto(out_.interactions);
    const Interactions& rows = out_.interactions;
    if (rows.size() == 0) RefuseEmpty(in, "interactions");
    if (time != kNoColumn) clock.Finish(rows.timestamps, in.where(), in.header()[time]);
    if (clock.changes()) {
      out_.interactions.timestamps = SpoolEach<int64_t>(
          rows.size(), [&](size_t i) { return clock.Seconds(i, rows.timestamps[i]); });
    }
    std::vector<std::string> not_read;
    for (size_t i = 0; i < in.header().size(); ++i) {
      if (i != user && i != item && i != rating && i != time && i != event && i != title) {
        not_read.push_back(in.header()[i]);
      }
    }
    ReportTable(in, rows.size(), std::move(not_read), report_.interactions);
    report_.interactions.numbers_with_zeros = user_zeros || item_zeros;
    if (time == kNoColumn) return;
    report_.interactions.time_form = clock.form();
    report_.interactions.times_are_order = clock.is_order();
  }

  uint16_t EventOf(const TableReader& in, std::unordered_map<std::string, uint16_t>& events,
                   std::string_view cell) {
    std::vector<std::string>& names = out_.interactions.event_names;
    auto [at, added] = events.try_emplace(std::string(cell), static_cast<uint16_t>(names.size()));
    if (!added) return at->second;
    if (names.size() == UINT16_MAX) {
      Fail(Status::kInvalidArgument, in.where(), ": the column of events has more than ",
           UINT16_MAX, " values; is it the right one?");
    }
    names.emplace_back(cell);
    return at->second;
  }

  // Stated kinds and sets of columns that no table has.
  void CheckUsed() const {
    for (size_t i = 0; i < used_.size(); ++i) {
      if (used_[i]) continue;
      Fail(Status::kInvalidArgument, "there is no column \"", spec_.kinds[i].first,
           "\" of users or items that could be a ", KindName(spec_.kinds[i].second));
    }
    for (size_t i = 0; i < sets_used_.size(); ++i) {
      if (sets_used_[i]) continue;
      Fail(Status::kInvalidArgument, "there is no column \"", spec_.sets[i].first,
           "\" of users or items that could be a set");
    }
  }

  // Inputs of a description read columns by name, and users and items share its names.
  void SeparateNames() {
    auto named = [](SideData& side, const std::string& name) -> Column* {
      for (Column& column : side.columns) {
        if (column.name == name) return &column;
      }
      return nullptr;
    };
    if (users_.key_name == items_.key_name) {
      Fail(Status::kInternal, "users and items have the same key column");
    }
    for (Column& column : users_.columns) {
      Column* other = named(items_, column.name);
      if (other == nullptr) continue;
      other->name.insert(0, "item_");
      column.name.insert(0, "user_");
    }
    // A side table may also have a column that is called as the key is in the interactions.
    for (SideData* side : {&users_, &items_}) {
      for (Column& column : side->columns) {
        if (column.name != users_.key_name && column.name != items_.key_name) continue;
        column.name.insert(0, StrCat(side->word, "s."));
      }
    }
  }

  void Finish(SideData& side, EntityTable& table) {
    table.columns = std::move(side.columns);
    table.titles = std::move(side.titles);
    side.keys.MoveTo(table, side.key_name);
  }

  const TablesSpec& spec_;
  TablesReport& report_;
  std::vector<bool> used_, sets_used_;  // spec_.kinds and spec_.sets that some table has
  SideData users_{"user", "users.", Role::kUserKey, spec_.roles.user_key, spec_.roles.user};
  SideData items_{"item", "items.", Role::kItemKey, spec_.roles.item_key, spec_.roles.item};
  Dataset out_;
};

}  // namespace

Dataset ReadTables(const TablesSpec& spec, TablesReport* report) {
  auto open = [](const std::string& path) {
    TableSource source;
    source.where = path;
    if (!path.empty()) source.bytes = OpenBytes(path);
    return source;
  };
  if (spec.interactions.empty()) {
    Fail(Status::kInvalidArgument, "a file with the interactions is needed");
  }
  TablesSpec named = spec;
  if (named.name.empty()) {
    named.name = std::filesystem::path(spec.interactions).filename().string();
    named.name.resize(std::min(named.name.find('.'), named.name.size()));
  }
  if (named.name.empty()) named.name = "data";
  return ReadTables(named, open(spec.interactions), open(spec.users), open(spec.items), report);
}

Dataset ReadTables(const TablesSpec& spec, TableSource interactions, TableSource users,
                   TableSource items, TablesReport* report) {
  TablesReport ignored;
  return TablesReader(spec, report != nullptr ? *report : ignored)
      .Run(std::move(interactions), std::move(users), std::move(items));
}

}  // namespace duomo::data
