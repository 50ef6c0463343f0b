// Tables to a data set: the side tables first, so that every interaction can be checked at once.
#include "data/tables.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include <fstream>
#include "data/zip.h"
#include "core/error.h"
#include "data/key_table.h"
#include "data/roles.h"
#include "data/values.h"

namespace duomo::data {
namespace {

// A cell for a message: short, and never cut inside a character.
std::string Quote(std::string_view cell) {
  size_t size = std::min<size_t>(cell.size(), 40);
  while (size < cell.size() && size > 0 && (static_cast<uint8_t>(cell[size]) & 0xC0) == 0x80) {
    --size;
  }
  return StrCat('"', cell.substr(0, size), size < cell.size() ? "…\"" : "\"");
}

class TablesReader {
 public:
  explicit TablesReader(const TablesSpec& spec) : spec_(spec), used_(spec.kinds.size()) {}

  Dataset Run(TableSource interactions, TableSource users, TableSource items) {
    out_.name = spec_.name;
    users_.where = users.where;
    items_.where = items.where;
    if (users.bytes != nullptr) ReadSide(users_, *Open(users));
    if (items.bytes != nullptr) ReadSide(items_, *Open(items));
    ReadInteractions(*Open(interactions));
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

  std::unique_ptr<TableReader> Open(TableSource& source) const {
    TableOptions options;
    options.separator = spec_.separator;
    options.quotes = source.quotes ? source.quotes : spec_.quotes;
    options.latin1 = spec_.latin1;
    options.skip_bad_lines = spec_.skip_bad_lines;
    options.header = spec_.header;
    options.columns = source.names;
    return OpenTable(std::move(source.bytes), source.where, options);
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
  bool GoodKey(TableReader& in, const SideData& side, std::string_view key) {
    if (key.empty()) return in.Bad("the ", side.word, " is empty");
    if (!side.integers_only || Fits(key, ColumnKind::kInteger)) return true;
    return in.Bad("the ", side.word, ' ', Quote(key), " is not an integer");
  }

  void ReadSide(SideData& side, TableReader& in) {
    size_t columns = in.header().size();
    // The name that was given for the interactions is as good here, where this table has it.
    bool shared = side.wish.empty() && std::find(in.header().begin(), in.header().end(),
                                                 side.other_wish) != in.header().end();
    size_t key = FindRole(side.role, in.header(), shared ? side.other_wish : side.wish, in.where());
    if (key == kNoColumn) NoColumn(side.role, in);
    StateKeys(side, in.header()[key]);
    size_t title = kNoColumn;
    if (side.role == Role::kItemKey) {
      title = FindRole(Role::kTitle, in.header(), spec_.roles.title, in.where());
      if (title == key) title = kNoColumn;
    }
    std::vector<ColumnGuess> guesses(columns, ColumnGuess(std::optional<char>(spec_.set_separator)));
    std::vector<const ColumnKind*> kinds(columns);
    constexpr static ColumnKind kText = ColumnKind::kString;
    for (size_t i = 0; i < columns; ++i) {
      kinds[i] = KindOf(side, in.header()[i]);
      if (i == title && kinds[i] == nullptr) kinds[i] = &kText;
    }
    side.given = true;
    side.key_name = in.header()[key];
    auto add = [&] {
      auto cells = in.fields();
      if (!GoodKey(in, side, cells[key])) return false;
      for (size_t i = 0; i < columns; ++i) {
        if (i == key || kinds[i] == nullptr || Fits(cells[i], *kinds[i])) continue;
        return in.Bad(Quote(cells[i]), " in the column \"", in.header()[i], "\" is not a ",
                      KindName(*kinds[i]));
      }
      size_t before = side.keys.size();
      if (side.keys.Add(cells[key]) != before) {
        return in.Bad(side.word, ' ', Quote(cells[key]), " stands there twice");
      }
      for (size_t i = 0; i < columns; ++i) {
        if (i != key && !in.unnamed(i)) guesses[i].Add(cells[i]);
      }
      if (title != kNoColumn) side.titles.emplace_back(cells[title]);
      return true;
    };
    while (in.Next()) (void)add();
    out_.skipped_lines += in.skipped();
    if (side.keys.size() == 0) Nothing(in, StrCat(side.word, 's'));
    for (size_t i = 0; i < columns; ++i) {
      const std::string& name = in.header()[i];
      if (i == key || in.unnamed(i)) continue;
      side.columns.push_back(
          guesses[i].Make(name, kinds[i] != nullptr ? *kinds[i] : guesses[i].Kind()));
    }
  }

  // The row of a key in the interactions; says what is wrong where there is none.
  bool RowOf(TableReader& in, SideData& side, std::string_view key, uint32_t& row) {
    if (!GoodKey(in, side, key)) return false;
    if (side.given) {
      if (side.keys.Find(key, row)) return true;
      return in.Bad(side.word, ' ', Quote(key), " is not in ", side.where);
    }
    row = side.keys.Add(key);
    return true;
  }

  void ReadInteractions(TableReader& in) {
    const ColumnRoles& roles = spec_.roles;
    size_t user = FindRole(Role::kUser, in.header(), roles.user, in.where());
    size_t item = FindRole(Role::kItem, in.header(), roles.item, in.where());
    size_t rating = FindRole(Role::kRating, in.header(), roles.rating, in.where());
    size_t time = FindRole(Role::kTimestamp, in.header(), roles.timestamp, in.where());
    if (user == kNoColumn) NoColumn(Role::kUser, in);
    if (item == kNoColumn) NoColumn(Role::kItem, in);
    if (user == item) {
      Fail(Status::kInvalidArgument, in.where(), ": \"", in.header()[user],
           "\" cannot be both the user and the item");
    }
    users_.key_name = in.header()[user];
    items_.key_name = in.header()[item];
    if (!users_.given) StateKeys(users_, users_.key_name);
    if (!items_.given) StateKeys(items_, items_.key_name);
    for (size_t i = 0; i < used_.size(); ++i) {
      if (used_[i]) continue;
      Fail(Status::kInvalidArgument, "there is no column \"", spec_.kinds[i].first,
           "\" of users or items that could be a ", KindName(spec_.kinds[i].second));
    }
    Interactions& out = out_.interactions;
    auto add = [&] {
      auto cells = in.fields();
      double stars = 1;
      int64_t seconds = 0;
      if (rating != kNoColumn && !ParseNumber(cells[rating], stars)) {
        return in.Bad("the ", in.header()[rating], " ", Quote(cells[rating]), " is not a number");
      }
      if (time != kNoColumn && !cells[time].empty() && !ParseTime(cells[time], seconds)) {
        return in.Bad("the ", in.header()[time], " ", Quote(cells[time]),
                      " is no time since 1970 (seconds or milliseconds, or 2020-05-31T12:30:59Z)");
      }
      uint32_t user_row = 0, item_row = 0;
      // Both keys are checked before either makes a row.
      if (!GoodKey(in, items_, cells[item])) return false;
      if (items_.given && !RowOf(in, items_, cells[item], item_row)) return false;
      if (!RowOf(in, users_, cells[user], user_row)) return false;
      if (!items_.given) (void)RowOf(in, items_, cells[item], item_row);
      out.users.push_back(user_row);
      out.items.push_back(item_row);
      out.ratings.push_back(static_cast<float>(stars));
      out.timestamps.push_back(seconds);
      return true;
    };
    while (in.Next()) (void)add();
    out_.skipped_lines += in.skipped();
    if (out.size() == 0) Nothing(in, "interactions");
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

  [[noreturn]] void NoColumn(Role role, const TableReader& in) const {
    std::string list;
    for (const std::string& name : in.header()) list += StrCat(list.empty() ? "" : ", ", name);
    Fail(Status::kInvalidArgument, in.where(), ": none of the columns ", list, " looks like the ",
         RoleName(role), "; name it with --map ", RoleName(role), "=COLUMN");
  }

  [[noreturn]] void Nothing(const TableReader& in, std::string_view what) const {
    Fail(Status::kInvalidArgument, in.where(), " has no ", what,
         in.skipped() > 0 ? StrCat("; all of its ", in.skipped(), " lines were bad and skipped")
                          : "");
  }

  const TablesSpec& spec_;
  std::vector<bool> used_;  // spec_.kinds that some table has
  SideData users_{"user", "users.", Role::kUserKey, spec_.roles.user_key, spec_.roles.user};
  SideData items_{"item", "items.", Role::kItemKey, spec_.roles.item_key, spec_.roles.item};
  Dataset out_;
};

}  // namespace

TableOptions TableOptionsOf(const TablesSpec& spec) {
  TableOptions o; o.separator = spec.separator; o.quotes = spec.quotes; o.latin1 = spec.latin1; o.header = spec.header; return o;
}
std::vector<ListedFile> ListFiles(const std::string& path) {
  std::vector<ListedFile> out;
  if (std::filesystem::is_directory(path)) {
    for (auto& e : std::filesystem::directory_iterator(path)) if (e.is_regular_file()) out.push_back({e.path().string(), e.file_size()});
  } else {
    Zip zip = Zip::Open(path);
    for (const auto& e : zip.entries()) if (!e.name.ends_with('/')) out.push_back({path + "/" + e.name, 1});
  }
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.path < b.path; });
  return out;
}
bool IsArchive(const std::string& path) {
  std::string head(4, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), 4);
  return head == "PK\3\4" || head == "PK\5\6";
}
void ApplyMapping(TablesSpec& spec, std::string_view wish) {
  size_t equals = wish.find('='), colon = wish.rfind(':');
  if (equals != wish.npos && equals > 0 && equals + 1 < wish.size()) {
    std::string column(wish.substr(equals + 1));
    std::string* const roles[] = {&spec.roles.user,      &spec.roles.item,     &spec.roles.rating,
                                  &spec.roles.timestamp, &spec.roles.user_key, &spec.roles.item_key,
                                  &spec.roles.title};
    for (size_t i = 0; i < std::size(roles); ++i) {
      if (wish.substr(0, equals) != RoleName(static_cast<Role>(i))) continue;
      *roles[i] = std::move(column);
      return;
    }
  } else if (equals == wish.npos && colon != wish.npos && colon > 0) {
    for (ColumnKind kind :
         {ColumnKind::kInteger, ColumnKind::kNumber, ColumnKind::kString, ColumnKind::kSet}) {
      if (wish.substr(colon + 1) != KindName(kind)) continue;
      spec.kinds.emplace_back(wish.substr(0, colon), kind);
      return;
    }
  }
  Fail(Status::kInvalidArgument, "\"", wish,
       "\" is neither ROLE=COLUMN (roles: user, item, rating, "
       "timestamp, users.id, items.id, title) nor COLUMN:KIND (kinds: integer, number, string, "
       "set)");
}

Dataset ReadTables(const TablesSpec& spec) {
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
  return ReadTables(named, open(spec.interactions), open(spec.users), open(spec.items));
}

Dataset ReadTables(const TablesSpec& spec, TableSource interactions, TableSource users,
                   TableSource items) {
  return TablesReader(spec).Run(std::move(interactions), std::move(users), std::move(items));
}

}  // namespace duomo::data
