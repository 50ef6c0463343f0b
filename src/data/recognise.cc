#include "data/recognise.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "data/evidence.h"
#include "data/roles.h"

namespace duomo::data {
namespace {

constexpr std::string_view kNone = "none";

// "customer_no" to "customerno".
std::string Plain(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '_' || c == '-' || c == ' ' || c == '.') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

template <size_t N>
bool Has(const std::string& name, const std::array<std::string_view, N>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != name.npos; });
}

constexpr std::array<std::string_view, 12> kUserParts = {
    "user",   "customer", "member",   "visitor", "reader",   "client",
    "person", "session",  "reviewer", "buyer",   "listener", "household"};
constexpr std::array<std::string_view, 27> kItemParts = {
    "item",  "product", "movie",   "film",   "book", "song",  "track",  "artist",   "game",
    "anime", "article", "video",   "recipe", "sku",  "stock", "isbn",   "business", "venue",
    "place", "poi",     "content", "show",   "app",  "joke",  "course", "location", "music"};
constexpr std::array<std::string_view, 3> kTimeParts = {"time", "date", "when"};
// Numbers of another sense than how much somebody likes something.
constexpr std::array<std::string_view, 13> kNoValue = {
    "price", "cost", "year",  "age",  "lat",      "lon",    "zip",
    "phone", "id",   "index", "rank", "discount", "unnamed"};

constexpr ptrdiff_t kFewestOfMatrix = 8;  // columns

constexpr std::array<std::string_view, 4> kTitleParts = {"title", "name", "description", "label"};

class Finder {
 public:
  Finder(const TableProfile& table, const ColumnRoles& stated, bool named)
      : table_(table), named_(named) {
    out_.roles = stated;
    for (const std::string* role : {&stated.user, &stated.item, &stated.rating, &stated.timestamp,
                                    &stated.event, &stated.item_title}) {
      if (!role->empty() && *role != kNone) taken_.push_back(*role);
    }
  }

  Recognised Run() {
    if (named_) {
      ByName(Role::kUser, out_.roles.user);
      ByName(Role::kItem, out_.roles.item);
      ByName(Role::kRating, out_.roles.rating);
      ByName(Role::kTimestamp, out_.roles.timestamp);
      ByName(Role::kEvent, out_.roles.event);
      ByParts(out_.roles.user, kUserParts);
      if (ByParts(out_.roles.item, kItemParts) && IsMatrix()) Release(out_.roles.item);
    }
    Times();
    if (!named_) {
      Events();
      Keys();
    }
    Values();
    const ColumnProfile* items = table_.Find(out_.roles.item);
    if (items != nullptr) out_.item_separator = FindKeySeparator(items->first);
    if (named_ && out_.item_separator == kNoSet) Titles();
    NameUnread();
    return std::move(out_);
  }

 private:
  bool Free(const ColumnProfile& column) const {
    return std::find(taken_.begin(), taken_.end(), column.name) == taken_.end();
  }
  void Take(std::string& role, const ColumnProfile& column) {
    role = column.name;
    taken_.push_back(column.name);
  }
  void Release(std::string& role) {
    std::erase(taken_, role);
    role.clear();
  }

  void ByName(Role role, std::string& wish) {
    if (!wish.empty()) return;
    size_t at = FindRole(role, table_.names(), "", table_.where);
    if (at != kNoColumn && Free(table_.columns[at])) Take(wish, table_.columns[at]);
  }

  // True where a column was found.
  template <size_t N>
  bool ByParts(std::string& role, const std::array<std::string_view, N>& parts) {
    if (!role.empty()) return false;
    const ColumnProfile* best = nullptr;
    for (const ColumnProfile& column : table_.columns) {
      if (!Free(column) || column.times || column.fractions || !Has(Plain(column.name), parts)) {
        continue;
      }
      // An identifier rather than a word about it, and the one that tells more apart.
      if (best == nullptr || column.distinct > best->distinct) best = &column;
    }
    if (best == nullptr || best->distinct < 2) return false;
    Take(role, *best);
    return true;
  }

  // Whether the column taken for the item is one of many alike ("Film A", "Film B", …), each with
  // ratings or marks of one item. Who means that has to say so: --matrix.
  bool IsMatrix() const {
    const auto& columns = table_.columns;
    return LooksLikeValue(*table_.Find(out_.roles.item)) &&
           std::count_if(columns.begin(), columns.end(), LooksLikeValue) >= kFewestOfMatrix;
  }

  void Times() {
    if (!out_.roles.timestamp.empty()) return;
    for (const ColumnProfile& column : table_.columns) {
      if (!Free(column) || !column.times) continue;
      if (named_ && !Has(Plain(column.name), kTimeParts) && column.numbers) continue;
      return Take(out_.roles.timestamp, column);
    }
  }

  // Looks a numeric column like how much somebody likes something?
  static bool LooksLikeValue(const ColumnProfile& column) {
    if (!column.numbers || column.times || column.distinct < 2) return false;
    if (Has(Plain(column.name), kNoValue)) return false;
    ValueReading reading = ReadValues(column.values, column.name);
    // Identifiers are whole, many and seldom repeat.
    bool identifies = column.integers && column.distinct > 101 &&
                      column.distinct * 20 > column.values.size() &&
                      reading.kind == ValueKind::kRating;
    return reading.kind != ValueKind::kNone && !identifies;
  }

  void Values() {
    if (!out_.roles.rating.empty()) return;
    std::vector<const ColumnProfile*> candidates;
    for (const ColumnProfile& column : table_.columns) {
      if (Free(column) && LooksLikeValue(column)) {
        candidates.push_back(&column);
      }
    }
    if (candidates.size() == 1) return Take(out_.roles.rating, *candidates[0]);
    // The least room for other readings first.
    auto is = [](const char* word) {
      return
          [word](const ColumnProfile* c) { return Plain(c->name).find(word) != std::string::npos; };
    };
    for (const char* word : {"rating", "stars", "score", "count", "quantity", "plays", "hours"}) {
      auto found = std::find_if(candidates.begin(), candidates.end(), is(word));
      if (found != candidates.end()) return Take(out_.roles.rating, **found);
    }
  }

  // Whether the second column is nearly always the same where the first one is.
  static bool Follows(const ColumnProfile& keys, const ColumnProfile& texts) {
    std::vector<uint32_t> first(keys.distinct, ColumnProfile::kMissing);
    size_t again = 0, same = 0;
    for (size_t row = 0; row < std::min(keys.codes.size(), texts.codes.size()); ++row) {
      uint32_t key = keys.codes[row], text = texts.codes[row];
      if (key == ColumnProfile::kMissing || text == ColumnProfile::kMissing) continue;
      if (first[key] == ColumnProfile::kMissing) {
        first[key] = text;
      } else {
        ++again;
        same += first[key] == text ? 1 : 0;
      }
    }
    return again > 0 && 10 * same >= 9 * again;
  }

  // What items are called, where the rows say so. Keys that are texts with blanks say it
  // themselves.
  void Titles() {
    if (!out_.roles.item_title.empty()) return;
    const ColumnProfile* items = table_.Find(out_.roles.item);
    if (items == nullptr || items->example.find(' ') != std::string::npos) return;
    for (const ColumnProfile& column : table_.columns) {
      std::string name = Plain(column.name);
      bool titles = !column.numbers && !column.times && 10 * column.distinct >= items->distinct &&
                    column.distinct > 1 && Has(name, kTitleParts) && !Has(name, kUserParts);
      if (Free(column) && titles && Follows(*items, column)) {
        return Take(out_.roles.item_title, column);
      }
    }
  }

  static bool CanBeKey(const ColumnProfile& c) {
    return !c.times && !c.fractions && c.distinct > 1;
  }

  void Events() {
    if (!out_.roles.event.empty()) return;
    for (const ColumnProfile& column : table_.columns) {
      bool words = !column.numbers && column.distinct > 1 && column.distinct <= 12 &&
                   column.distinct * 20 <= column.cells;
      if (Free(column) && words) return Take(out_.roles.event, column);
    }
  }

  // The user stands before the item nearly everywhere.
  void Keys() {
    for (std::string* role : {&out_.roles.user, &out_.roles.item}) {
      if (!role->empty()) continue;
      for (const ColumnProfile& column : table_.columns) {
        if (!Free(column) || !CanBeKey(column)) continue;
        Take(*role, column);
        break;
      }
    }
  }

  void NameUnread() {
    for (const ColumnProfile& column : table_.columns) {
      if (!Free(column)) continue;
      std::string how;
      if (column.distinct <= 1) {
        how = column.missing == column.cells ? "it is empty"
                                             : StrCat("it has one value only, \"", column.example,
                                                      column.missing > 0 ? "\", or none" : "\"",
                                                      "; --map ROLE=COLUMN would give it a role");
      } else if (LooksLikeValue(column)) {
        how = StrCat("--map rating=", column.name, " reads it as the rating or count");
      } else if (column.times) {
        how = StrCat("--map timestamp=", column.name, " reads it as the time");
      } else {
        how = "what tells about users or items belongs into --users or --items";
      }
      out_.unread.push_back(StrCat('"', column.name, "\" is not read: ", how));
    }
  }

  const TableProfile& table_;
  bool named_;
  Recognised out_;
  std::vector<std::string> taken_;
};

}  // namespace

Recognised RecogniseInteractions(const TableProfile& table, const ColumnRoles& stated, bool named) {
  return Finder(table, stated, named).Run();
}

namespace {

// What has a row for each of its users or items. One repeated key in a hundred is a mistake in a
// table, more of them are its purpose; so is a value beside the name of what it is the value of.
TableKind UnlessRepeated(TableKind kind, const TableProfile& table, const std::string& key) {
  auto plain = [&](const char* name) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const ColumnProfile& column) { return Plain(column.name) == name; });
  };
  const ColumnProfile* keys = table.Find(key);
  bool properties = plain("value") && (plain("property") || plain("attribute") || plain("key"));
  bool repeats = keys != nullptr && 100 * keys->distinct < 99 * (keys->cells - keys->missing);
  return properties || repeats ? TableKind::kSeveralRows : kind;
}

bool IsUnique(const TableProfile& table, const std::string& key) {
  const ColumnProfile* keys = table.Find(key);
  return keys != nullptr && keys->cells > 1 && keys->distinct == keys->cells;
}

TableKind KindByValues(const TableProfile& table) {
  if (table.columns.size() < 2) return TableKind::kOther;
  if (!IsUnique(table, table.columns[0].name)) return TableKind::kInteractions;
  std::string file = Plain(table.where.substr(table.where.rfind('/') + 1));
  if (Has(file, kUserParts)) return TableKind::kUsers;
  return Has(file, kItemParts) ? TableKind::kItems : TableKind::kOther;
}

}  // namespace

std::vector<std::string> NamesForSide(const TableProfile& table, TableKind kind) {
  std::vector<std::string> names = table.names();
  if (names.empty()) return names;
  names[0] = "id";
  for (size_t i = 1; i < names.size() && kind == TableKind::kItems; ++i) {
    const ColumnProfile& column = table.columns[i];
    if (column.numbers || column.times || 2 * column.distinct < column.cells) continue;
    names[i] = "title";
    break;
  }
  return names;
}

TableKind KindOfTable(const TableProfile& table, bool named) {
  if (!named) return KindByValues(table);
  std::vector<std::string> names = table.names();
  std::string found;  // the column
  auto has = [&](Role role) {
    found.clear();
    try {
      size_t at = FindRole(role, names, "", table.where);
      if (at != kNoColumn) found = names[at];
      return at != kNoColumn;
    } catch (const Error&) {
      return true;  // two of them
    }
  };
  bool user = has(Role::kUser);
  std::string user_key = found;
  bool item = has(Role::kItem);
  std::string item_key = found;
  auto mentions = [&](const auto& parts) {
    return std::count_if(names.begin(), names.end(),
                         [&](const std::string& name) { return Has(Plain(name), parts); });
  };
  auto friends = std::count_if(names.begin(), names.end(), [](const std::string& name) {
    std::string plain = Plain(name);
    return plain.find("friend") != plain.npos || plain.find("user") != plain.npos ||
           plain.find("trust") != plain.npos;
  });
  if (!item && friends >= 2 && names.size() <= 3) return TableKind::kFriends;
  // A user has one location and an item one publisher: words about what the table is of.
  bool one_side =
      (user && !item && IsUnique(table, user_key)) || (item && !user && IsUnique(table, item_key));
  if (!one_side && (user || mentions(kUserParts) > 0) && (item || mentions(kItemParts) > 0)) {
    return TableKind::kInteractions;
  }
  if (item) return UnlessRepeated(TableKind::kItems, table, item_key);
  if (user) return UnlessRepeated(TableKind::kUsers, table, user_key);
  if (!has(Role::kUserKey)) return TableKind::kOther;
  std::string id = found;
  return UnlessRepeated(has(Role::kTitle) ? TableKind::kItems : TableKind::kUsers, table, id);
}

}  // namespace duomo::data
