// First what each input reads is found, then vocabularies follow the columns, then what is left
// over is cut out of the description.
#include "data/bind.h"

#include <algorithm>
#include <unordered_set>

#include "core/error.h"
#include "data/propose.h"

namespace duomo::data {
namespace {

using model::Description;
using model::Input;
using model::InputKind;
using model::KeyKind;
using model::Scope;
using model::Vocabulary;

// What presets call these columns.
constexpr std::string_view kUserKey = "user_id", kItemKey = "movie_id", kTitle = "title",
                           kSet = "genres";
// A scale like that of 1 to 5 stars, for which presets are set up.
constexpr float kLowest = 0, kHighest = 5, kLeastSpread = 1.5f;

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string List(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += StrCat(out.empty() ? "" : ", ", name);
  return out;
}

bool Readable(const Input& input, const Column& column) {
  switch (input.kind) {
    case InputKind::kCategory:
      return column.kind == ColumnKind::kInteger || column.kind == ColumnKind::kString;
    case InputKind::kCategorySet:
      return column.kind == ColumnKind::kSet;
    case InputKind::kTokens:
      return column.kind == ColumnKind::kString;
    case InputKind::kNumber:
      return column.kind == ColumnKind::kNumber || column.kind == ColumnKind::kInteger;
    case InputKind::kHistory:
      return false;
  }
  return false;
}

const Column* KeyColumn(const EntityTable& table) {
  for (const Column& c : table.columns) {
    if (c.kind == ColumnKind::kInteger && table.keys.empty() && c.integers == table.ids) return &c;
    if (c.kind == ColumnKind::kString && !table.keys.empty() && c.texts == table.keys) return &c;
  }
  return nullptr;
}

// True where every value of the column has a row in what the vocabulary lists.
bool Holds(const Vocabulary& v, const Column& column) {
  if (column.kind == ColumnKind::kString) {
    std::unordered_set<std::string_view> listed(v.strings.begin(), v.strings.end());
    return std::all_of(column.texts.begin(), column.texts.end(), [&](const std::string& value) {
      return value.empty() || listed.count(value) > 0;
    });
  }
  std::unordered_set<int64_t> listed(v.integers.begin(), v.integers.end());
  return std::all_of(column.integers.begin(), column.integers.end(),
                     [&](int64_t value) { return listed.count(value) > 0; });
}

class Binder {
 public:
  Binder(Description& description, const Dataset& dataset, const BindOptions& options)
      : d_(description), dataset_(dataset), options_(options), columns_(d_.inputs.size()) {}

  BoundPreset Run() {
    FindColumns();
    for (Vocabulary& v : d_.vocabularies) Follow(v);
    Rename();
    for (Input& input : d_.inputs) {
      // Texts have no order.
      if (input.bucketed)
        input.bucketed = d_.vocabularies[VocabularyOf(input)].keys == KeyKind::kInt64;
    }
    if (!out_.left_out.empty()) LeaveOut();
    if (options_.learns_ratings) StretchOutput();
    if (options_.learns_order) RequireOrder();
    model::Validate(d_, false);
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  [[noreturn]] void Cannot(const Parts&... why) const {
    Fail(Status::kInvalidArgument, "the preset ", options_.preset, ' ', why...,
         "; run `duomo train` without --preset for a model that fits these data");
  }

  const EntityTable& TableOf(Scope scope) const {
    return scope == Scope::kUser ? dataset_.users : dataset_.items;
  }

  bool ReadsColumn(const Input& input) const {
    return input.scope != Scope::kPair && input.kind != InputKind::kHistory &&
           !Contains(options_.computed, input.name);
  }

  const Column* ByRole(const Input& input) const {
    const EntityTable& table = TableOf(input.scope);
    if (input.scope == Scope::kUser) return input.name == kUserKey ? KeyColumn(table) : nullptr;
    if (input.name == kItemKey) return KeyColumn(table);
    for (const Column& c : table.columns) {
      if (input.name == kSet && c.kind == ColumnKind::kSet) return &c;
      bool title = c.kind == ColumnKind::kString && !table.titles.empty();
      if (input.name == kTitle && title && c.texts == table.titles) return &c;
    }
    return nullptr;
  }

  void FindColumns() {
    std::vector<std::string> missing[2], unreadable;  // missing: of users, of items
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      const Input& input = d_.inputs[i];
      if (!ReadsColumn(input)) continue;
      const Column* column = TableOf(input.scope).Find(input.name);
      if (column == nullptr || !Readable(input, *column)) {
        const Column* other = ByRole(input);
        if (other != nullptr && Readable(input, *other)) column = other;
      }
      if (column != nullptr && Readable(input, *column)) {
        columns_[i] = column;
        continue;
      }
      out_.left_out.push_back(input.name);
      if (column == nullptr) {
        missing[input.scope == Scope::kItem].push_back(input.name);
      } else {
        unreadable.push_back(input.name);
      }
    }
    for (bool item : {false, true}) {
      if (missing[item].empty()) continue;
      Note(options_.preset, " without ", List(missing[item]), ": the ", item ? "items" : "users",
           "' table has no such column");
    }
    if (!unreadable.empty()) {
      Note(options_.preset, " without ", List(unreadable),
           ": the data's columns of these names are of another kind");
    }
    for (const std::string& name : options_.needed) {
      if (!Contains(out_.left_out, name)) continue;
      Cannot("cannot do without ", name, ", and ", dataset_.name, " has no such column");
    }
  }

  template <typename... Parts>
  void Note(const Parts&... parts) {
    out_.notes.push_back(StrCat(parts...));
  }

  // Takes the kind and the values of the columns that are read through it.
  void Follow(Vocabulary& v) {
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      const Input& input = d_.inputs[i];
      if (input.kind == InputKind::kNumber || &d_.vocabularies[VocabularyOf(input)] != &v) continue;
      if (input.kind == InputKind::kHistory) {
        bool strings = !dataset_.items.keys.empty();
        if (v.keys != KeyKind::kRange) v.keys = strings ? KeyKind::kString : KeyKind::kInt64;
      } else if (input.kind == InputKind::kCategory && columns_[i] != nullptr) {
        FollowColumn(v, input, *columns_[i]);
      }
    }
  }

  static size_t VocabularyOf(const Input& input) { return static_cast<size_t>(input.vocabulary); }

  void FollowColumn(Vocabulary& v, const Input& input, const Column& column) {
    if (column.kind == ColumnKind::kString) {
      bool listed = v.keys == KeyKind::kString && !v.strings.empty();
      if (v.keys == KeyKind::kString && (!listed || Holds(v, column))) return;
      TakeFromData(v, KeyKind::kString);
      return Note(listed ? "its values of " : "", input.name,
                  listed ? " are those of the data" : ": a list of its own, for they are texts");
    }
    if (column.integers.empty()) return;
    auto [least, most] = std::minmax_element(column.integers.begin(), column.integers.end());
    if (v.keys == KeyKind::kRange) {
      auto room = static_cast<int64_t>(v.size > 0 ? v.size : 2 * column.integers.size() + 1001);
      if (*least >= 0 && *most < room) return;
      Note(input.name, ": a list of its own, for the numbers are ",
           v.size > 0 ? "not the preset's" : "sparse");
    } else if (v.keys == KeyKind::kInt64) {
      if (v.integers.empty() || Holds(v, column)) return;
      Note("its values of ", input.name, " are those of the data");
    } else {
      Note(input.name, ": a list of its own, for they are numbers");
    }
    TakeFromData(v, KeyKind::kInt64);
  }

  static void TakeFromData(Vocabulary& v, KeyKind keys) {
    v.keys = keys;
    v.size = 0;
    v.integers.clear();
    v.strings.clear();
  }

  void Rename() {
    std::string list;
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      Input& input = d_.inputs[i];
      if (columns_[i] == nullptr || columns_[i]->name == input.name) continue;
      list += StrCat(list.empty() ? "" : ", ", input.name, " is \"", columns_[i]->name, '"');
      out_.renamed.emplace_back(input.name, columns_[i]->name);
      input.name = columns_[i]->name;
      // Layers of towers have names of that form.
      if (!input.name.starts_with("dense") && !input.name.starts_with("convolution")) continue;
      for (model::Tower& tower : d_.towers) {
        for (model::Encoder& e : tower.encoders) {
          if (e.input == i && e.name.empty()) e.name = "column " + input.name;
        }
      }
    }
    if (!list.empty()) Note(list);
  }

  // Cuts the inputs out, and what nothing else uses.
  void LeaveOut() {
    std::vector<uint8_t> kept;
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      kept.push_back(!ReadsColumn(d_.inputs[i]) || columns_[i] != nullptr ? 1 : 0);
    }
    for (model::Tower& tower : d_.towers) {
      std::vector<std::string> lost;
      for (const model::Encoder& e : tower.encoders) {
        if (!kept[e.input]) lost.push_back(d_.inputs[e.input].name);
      }
      std::erase_if(tower.encoders, [&](const auto& e) { return !kept[e.input]; });
      if (tower.encoders.empty()) {
        Cannot("learns about ", tower.side == model::Side::kUser ? "users" : "items", " from ",
               List(lost), " alone, and ", dataset_.name, " has no such column");
      }
    }
    for (int32_t* bias : {&d_.head.user_bias, &d_.head.item_bias}) {
      if (*bias >= 0 && !kept[static_cast<size_t>(*bias)]) *bias = -1;
    }
    DropUnused(d_, kept);
    if (d_.towers.size() == 2 && TowerWidth(d_, d_.towers[0]) != TowerWidth(d_, d_.towers[1])) {
      Cannot("compares its inputs number by number, and ", dataset_.name, " has no ",
             List(out_.left_out));
    }
  }

  void StretchOutput() {
    const auto& ratings = dataset_.interactions.ratings;
    if (ratings.size() < 2) return;  // no scale can be told
    auto [low, high] = std::minmax_element(ratings.begin(), ratings.end());
    if (*low == *high) {
      Cannot("learns to predict ratings, and all ", ratings.size(), " of ", dataset_.name, " are ",
             *low);
    }
    if (*low >= kLowest && *high <= kHighest && *high - *low >= kLeastSpread) return;
    double least = *low, spread = static_cast<double>(*high) - least;
    d_.output.scale *= spread / 4;
    d_.output.offset = least + (d_.output.offset - 1) * spread / 4;
    d_.output.unit = "rating";
    Note("ratings from ", *low, " to ", *high, ": the output's scale is theirs");
  }

  void RequireOrder() const {
    const auto& times = dataset_.interactions.timestamps;
    if (std::any_of(times.begin(), times.end(), [](int64_t time) { return time != 0; })) return;
    Cannot("learns from what came after what, and the rows of ", dataset_.name, " have no times");
  }

  Description& d_;
  const Dataset& dataset_;
  const BindOptions& options_;
  std::vector<const Column*> columns_;  // by input; nullptr: none, or none needed
  BoundPreset out_;
};

}  // namespace

BoundPreset BindToData(model::Description& description, const Dataset& dataset,
                       const BindOptions& options) {
  return Binder(description, dataset, options).Run();
}

}  // namespace duomo::data
