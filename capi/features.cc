// Raw features: from a host's values to rows of vocabularies, as training encoded them.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/narrow.h"
#include "core/sort.h"
#include "core/text.h"
#include "core/tokens.h"

namespace duomo::capi {
namespace {

using model::InputKind;
using model::KeyIndex;
using model::KeyKind;

const char* NameOf(model::Scope scope) {
  switch (scope) {
    case model::Scope::kUser:
      return "users";
    case model::Scope::kItem:
      return "items";
    case model::Scope::kPair:
      return "pairs";
  }
  return "?";
}

// Which of the five functions sets an input.
enum class Setter { kIntegers, kStrings, kNumbers, kIntegerLists, kStringLists };

const char* NameOf(Setter setter) {
  switch (setter) {
    case Setter::kIntegers:
      return "duomo_features_set_integers";
    case Setter::kStrings:
      return "duomo_features_set_strings";
    case Setter::kNumbers:
      return "duomo_features_set_numbers";
    case Setter::kIntegerLists:
      return "duomo_features_set_integer_lists";
    case Setter::kStringLists:
      return "duomo_features_set_string_lists";
  }
  return "?";
}

Setter SetterOf(const model::Description& d, const model::Input& input) {
  bool strings = input.vocabulary >= 0 &&
                 d.vocabularies[static_cast<size_t>(input.vocabulary)].keys == KeyKind::kString;
  switch (input.kind) {
    case InputKind::kCategory:
      return strings ? Setter::kStrings : Setter::kIntegers;
    case InputKind::kCategorySet:
      return strings ? Setter::kStringLists : Setter::kIntegerLists;
    case InputKind::kTokens:
      return Setter::kStrings;
    case InputKind::kHistory:
      return Setter::kIntegerLists;
    case InputKind::kNumber:
      return Setter::kNumbers;
  }
  return Setter::kNumbers;
}

// One call of a setter: finds the input, fills a new column, swaps it in when it is whole.
class Assignment {
 public:
  Assignment(duomo_features* features, const char* name, Setter setter)
      : features_(Need(features, "features")),
        model_(features_.model->model()),
        name_(&Need(name, "input")),
        next_(features_.next) {
    const model::Description& d = model_.description();
    auto found = std::find_if(d.inputs.begin(), d.inputs.end(),
                              [&](const model::Input& i) { return i.name == name_; });
    if (found == d.inputs.end()) {
      throw MakeError(Status::kNotFound, Kind::kUnknownName, "input", ErrorDetail::kNoPosition,
                      StrCat("the model has no input \"", name_, "\""));
    }
    index_ = static_cast<size_t>(found - d.inputs.begin());
    if (input().scope != features_.scope) {
      FailArgument(Status::kInvalidArgument, Kind::kConflict, "input", " \"", name_,
                   "\" belongs to ", NameOf(input().scope), ", these features to ",
                   NameOf(features_.scope));
    }
    Setter expected = SetterOf(d, input());
    // Items are named by ids, or by their string keys.
    bool keys_of_items = setter == Setter::kStringLists && input().kind == InputKind::kHistory &&
                         items().ids.strings();
    if (expected != setter && !keys_of_items) {
      FailArgument(Status::kInvalidArgument, Kind::kConflict, "input", " \"", name_,
                   "\" is set with ", NameOf(expected), ", not with ", NameOf(setter));
    }
    next_.kind = input().kind;
    next_.offsets.clear();
    next_.rows.clear();
    next_.numbers.clear();
  }

  size_t count() const { return features_.count; }
  const model::Input& input() const { return model_.description().inputs[index_]; }
  const model::Entities& items() const { return model_.items(); }
  const KeyIndex& vocabulary() const {
    return model_.vocabulary(static_cast<uint32_t>(input().vocabulary));
  }
  HostColumn& next() { return next_; }

  // Of what the vocabulary does not have. (Ranges may be larger than the rows of any table.)
  uint32_t unknown() const {
    return static_cast<uint32_t>(std::min<uint64_t>(vocabulary().size(), KeyIndex::kAbsent));
  }

  template <typename Key>
  uint32_t RowOf(const Key& key) const {
    return static_cast<uint32_t>(
        std::min<uint64_t>(vocabulary().Find(key).value_or(unknown()), unknown()));
  }

  bool strict() const { return features_.strict; }

  // The same of a value that stands at a position of what the caller gave.
  template <typename Key>
  uint32_t RowOf(const Key& key, size_t position) const {
    uint32_t row = RowOf(key);
    if (row == unknown() && strict()) FailUnknown(key, position);
    return row;
  }

  template <typename... Parts>
  [[noreturn]] void FailValue(Status status, Kind kind, size_t position,
                              const Parts&... parts) const {
    throw MakeError(status, kind, "values", position,
                    StrCat("input \"", name_, "\": values[", position, "] is ", parts...));
  }
  [[noreturn]] void FailUnknown(int64_t key, size_t position) const {
    FailValue(Status::kNotFound, Kind::kUnknownValue, position, key,
              ", which the model does not know");
  }
  [[noreturn]] void FailUnknown(std::string_view key, size_t position) const {
    FailValue(Status::kNotFound, Kind::kUnknownValue, position, '"', key,
              "\", which the model does not know");
  }

  // The text at a position of `values`; NULL where that is allowed gives nothing.
  std::optional<std::string_view> Text(const char* text, size_t position, bool may_be_null) const {
    if (text == nullptr) {
      if (may_be_null) return std::nullopt;
      FailValue(Status::kInvalidArgument, Kind::kNull, position, "NULL");
    }
    std::string_view view = text;
    if (!IsUtf8(view)) {
      FailValue(Status::kInvalidArgument, Kind::kNotUtf8, position, "not UTF-8");
    }
    return view;
  }

  void StartLists() { next_.offsets.push_back(0); }

  // Ends a list; of a set, what stands there twice is dropped, as training did.
  void EndList() {
    if (next_.kind == InputKind::kCategorySet) DropRepeated(ToSize(next_.offsets.back()));
    next_.offsets.push_back(next_.rows.size());
  }

  void Finish() { std::swap(features_.columns[index_], next_); }

 private:
  // Keeps the first of each row from `begin` on.
  void DropRepeated(size_t begin) {
    AlignedVector<uint32_t>& rows = next_.rows;
    auto first = rows.begin() + static_cast<std::ptrdiff_t>(begin);
    auto last = first;
    if (rows.size() - begin <= 64) {
      for (auto i = first; i != rows.end(); ++i) {
        if (std::find(first, last, *i) == last) *last++ = *i;
      }
      rows.erase(last, rows.end());
      return;
    }
    // By row and place; of equal rows the first comes first.
    const MemoryScope scope(features_.model->memory.get());
    AlignedVector<std::pair<uint32_t, size_t>> places;
    places.reserve(rows.size() - begin);
    for (size_t i = begin; i < rows.size(); ++i) places.emplace_back(rows[i], i);
    SortSmall(places);
    auto same_row = [](const auto& a, const auto& b) { return a.first == b.first; };
    places.erase(std::unique(places.begin(), places.end(), same_row), places.end());
    SortSmall(places, [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& place : places) *last++ = place.first;
    rows.erase(last, rows.end());
  }

  duomo_features& features_;
  const model::Model& model_;
  const std::string_view name_;
  HostColumn& next_;
  size_t index_ = 0;
};

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_features_create(duomo_features** out, duomo_model* model, int32_t scope,
                                   size_t count, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    Need(model, "model");
    CheckEnum(scope, DUOMO_PAIR, "scope");
    auto wanted = static_cast<model::Scope>(scope);
    const auto& inputs = model->description().inputs;
    if (std::none_of(inputs.begin(), inputs.end(),
                     [&](const model::Input& i) { return i.scope == wanted; })) {
      FailLacking("the model has no input of ", NameOf(wanted));
    }
    if (count > UINT32_MAX) {
      FailAbout(Status::kInvalidArgument, Kind::kValue, "features", "count is ", count,
                ", too many rows");
    }
    const MemoryScope of_model(model->memory.get());
    *out = new duomo_features(model, wanted, count);
  });
}

void duomo_features_release(duomo_features* features) { delete features; }

duomo_status duomo_features_set_strict(duomo_features* features, int32_t strict,
                                       duomo_error* error) {
  return Guard(error, [&] {
    duomo_features& f = Need(features, "features");
    CheckEnum(strict, 1, "strict");
    f.strict = strict != 0;
  });
}

duomo_status duomo_features_set_integers(duomo_features* features, const char* input,
                                         const int64_t* values, duomo_error* error) {
  return Guard(error, [&] {
    Assignment a(features, input, Setter::kIntegers);
    auto given = NeedArray(values, a.count(), "values");
    a.next().rows.resize(given.size());
    const uint32_t unknown = a.unknown();
    if (a.input().bucketed) {
      for (size_t i = 0; i < given.size(); ++i) {
        auto row = a.vocabulary().FindRange(given[i]);
        a.next().rows[i] =
            static_cast<uint32_t>(std::min<uint64_t>(row.value_or(unknown), unknown));
      }
    } else {
      a.vocabulary().FindAll(given, a.next().rows.data());
      for (uint32_t& row : a.next().rows) row = std::min(row, unknown);
    }
    for (size_t i = 0; i < given.size() && a.strict(); ++i) {
      if (a.next().rows[i] == unknown) a.FailUnknown(given[i], i);
    }
    a.Finish();
  });
}

duomo_status duomo_features_set_strings(duomo_features* features, const char* input,
                                        const char* const* values, duomo_error* error) {
  return Guard(error, [&] {
    Assignment a(features, input, Setter::kStrings);
    auto given = NeedArray(values, a.count(), "values");
    bool is_text = a.input().kind == model::InputKind::kTokens;
    if (is_text) a.StartLists();
    for (size_t i = 0; i < given.size(); ++i) {
      auto text = a.Text(given[i], i, /*may_be_null=*/true);
      if (is_text) {
        for (const std::string& word : Tokens(text.value_or(""), a.input().tokenizer)) {
          a.next().rows.push_back(a.RowOf(std::string_view(word)));
        }
        a.EndList();
      } else {
        a.next().rows.push_back(text ? a.RowOf(*text, i) : a.unknown());
      }
    }
    a.Finish();
  });
}

duomo_status duomo_features_set_numbers(duomo_features* features, const char* input,
                                        const float* values, duomo_error* error) {
  return Guard(error, [&] {
    Assignment a(features, input, Setter::kNumbers);
    auto given = NeedArray(values, a.count(), "values");
    for (size_t i = 0; i < given.size(); ++i) {
      if (std::isinf(given[i])) {
        a.FailValue(Status::kInvalidArgument, Kind::kNotFinite, i, "infinite");
      }
    }
    a.next().numbers.assign(given.begin(), given.end());
    a.Finish();
  });
}

duomo_status duomo_features_set_integer_lists(duomo_features* features, const char* input,
                                              const size_t* offsets, const int64_t* values,
                                              duomo_error* error) {
  return Guard(error, [&] {
    Assignment a(features, input, Setter::kIntegerLists);
    auto given = NeedArray(values, CheckOffsets(offsets, a.count(), "offsets"), "values");
    bool is_history = a.input().kind == model::InputKind::kHistory;
    a.StartLists();
    for (size_t i = 0; i < a.count(); ++i) {
      for (size_t j = offsets[i]; j < offsets[i + 1]; ++j) {
        if (!is_history) {
          a.next().rows.push_back(a.RowOf(given[j], j));
        } else if (auto row = RowOfId(a.items(), given[j])) {
          a.next().rows.push_back(static_cast<uint32_t>(*row));
        } else if (a.strict()) {
          a.FailUnknown(given[j], j);
        }
      }
      a.EndList();
    }
    a.Finish();
  });
}

duomo_status duomo_features_set_string_lists(duomo_features* features, const char* input,
                                             const size_t* offsets, const char* const* values,
                                             duomo_error* error) {
  return Guard(error, [&] {
    Assignment a(features, input, Setter::kStringLists);
    auto given = NeedArray(values, CheckOffsets(offsets, a.count(), "offsets"), "values");
    a.StartLists();
    for (size_t i = 0; i < a.count(); ++i) {
      for (size_t j = offsets[i]; j < offsets[i + 1]; ++j) {
        const std::string_view text = *a.Text(given[j], j, /*may_be_null=*/false);
        if (a.input().kind != model::InputKind::kHistory) {
          a.next().rows.push_back(a.RowOf(text, j));
        } else if (auto row = a.items().ids.FindKey(text)) {
          a.next().rows.push_back(static_cast<uint32_t>(*row));
        } else if (a.strict()) {
          a.FailUnknown(text, j);
        }
      }
      a.EndList();
    }
    a.Finish();
  });
}
