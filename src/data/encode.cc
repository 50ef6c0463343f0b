// Binds a description to a data set in two passes: all values into the vocabularies, then all
// columns into rows, because the unknown row's number is known only when a vocabulary is complete.
#include "data/encode.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/tokens.h"
#include "data/vocabulary.h"
#include "model/model.h"

namespace duomo::data {
namespace {

using model::FeatureColumn;
using model::Input;
using model::InputKind;
using model::KeyKind;
using model::Scope;

std::string_view NameOf(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kInteger:
      return "integers";
    case ColumnKind::kNumber:
      return "numbers";
    case ColumnKind::kString:
      return "strings";
    case ColumnKind::kSet:
      return "sets";
  }
  return "?";
}

// What an input may read.
bool Fits(const Input& input, KeyKind keys, ColumnKind column) {
  switch (input.kind) {
    case InputKind::kCategory:
      return column == (keys == KeyKind::kString ? ColumnKind::kString : ColumnKind::kInteger);
    case InputKind::kCategorySet:
      return column == ColumnKind::kSet && keys == KeyKind::kString;
    case InputKind::kTokens:
      return column == ColumnKind::kString;
    case InputKind::kNumber:
      return column == ColumnKind::kNumber || column == ColumnKind::kInteger;
    case InputKind::kHistory:
      return false;
  }
  return false;
}

std::string_view Wanted(const Input& input, KeyKind keys) {
  switch (input.kind) {
    case InputKind::kCategory:
      return keys == KeyKind::kString ? "strings (its vocabulary has string keys)"
                                      : "integers (its vocabulary has integer keys)";
    case InputKind::kCategorySet:
      return keys == KeyKind::kString ? "sets" : "a vocabulary with string keys for its sets";
    case InputKind::kTokens:
      return "strings";
    default:
      return "numbers or integers";
  }
}

class Encoder {
 public:
  Encoder(const model::Description& description, const Dataset& dataset,
          std::span<const std::string> computed)
      : dataset_(dataset), computed_(computed) {
    model::Validate(description, false);
    out_.description = description;
    for (const std::string& name : computed) {
      auto named = [&](const Input& input) { return input.name == name; };
      if (std::any_of(inputs().begin(), inputs().end(), named)) continue;
      Fail(Status::kInvalidArgument, "the description \"", description.name, "\" has no input \"",
           name, "\" that could be computed");
    }
    vocabularies_.reserve(description.vocabularies.size());
    for (const model::Vocabulary& v : description.vocabularies) vocabularies_.emplace_back(v);
  }

  Encoded Run() {
    for (const Input& input : inputs()) {
      if (input.kind == InputKind::kHistory) BindHistory(input);
    }
    for (Scope scope : {Scope::kUser, Scope::kItem}) {
      for (const Input& input : inputs()) {
        bool read = input.kind != InputKind::kHistory && !IsComputed(input);
        if (input.scope == scope && read) Collect(input);
      }
    }
    for (const Input& input : inputs()) {
      if (input.kind == InputKind::kHistory) CheckHistory(input);
    }
    WriteVocabularies();
    out_.users.count = dataset_.users.size();
    out_.items.count = dataset_.items.size();
    for (const Input& input : inputs()) {
      out_.user_columns.push_back(EncodeInput(input, Scope::kUser));
      out_.item_columns.push_back(EncodeInput(input, Scope::kItem));
    }
    for (const FeatureColumn& c : out_.user_columns) out_.users.inputs.push_back(c.view());
    for (const FeatureColumn& c : out_.item_columns) out_.items.inputs.push_back(c.view());
    return std::move(out_);
  }

 private:
  const std::vector<Input>& inputs() const { return out_.description.inputs; }

  VocabularyBuilder& VocabularyOf(const Input& input) {
    return vocabularies_[static_cast<size_t>(input.vocabulary)];
  }

  static std::string Name(const Input& input) { return StrCat("input \"", input.name, '"'); }

  bool IsComputed(const Input& input) const {
    return std::find(computed_.begin(), computed_.end(), input.name) != computed_.end();
  }

  const Column& ColumnOf(const Input& input) {
    bool user = input.scope == Scope::kUser;
    const EntityTable& table = user ? dataset_.users : dataset_.items;
    const Column* column = table.Find(input.name);
    if (column == nullptr) {
      std::string present;
      for (const Column& c : table.columns) present += StrCat(present.empty() ? "" : ", ", c.name);
      Fail(Status::kInvalidArgument, Name(input), ": the data set \"", dataset_.name, "\" has no ",
           user ? "user" : "item", " column \"", input.name, "\"; it has ",
           present.empty() ? "none" : present);
    }
    KeyKind keys = input.kind == InputKind::kNumber ? KeyKind::kRange : VocabularyOf(input).kind();
    if (!Fits(input, keys, column->kind)) {
      Fail(Status::kInvalidArgument, Name(input), ": the column \"", column->name, "\" holds ",
           NameOf(column->kind), ", but the input needs ", Wanted(input, keys));
    }
    return *column;
  }

  void BindHistory(const Input& input) {
    VocabularyBuilder& v = VocabularyOf(input);
    if (v.kind() == KeyKind::kRange) {
      if (dataset_.items.size() > 0) v.Add(static_cast<int64_t>(dataset_.items.size()) - 1);
      return;
    }
    bool strings = !dataset_.items.keys.empty();
    if (strings != (v.kind() == KeyKind::kString)) {
      Fail(Status::kInvalidArgument, Name(input), ": a history's vocabulary is that of the item ",
           "keys, which are ", strings ? "strings" : "integers", ", so \"", v.name(), "\" needs ",
           strings ? "string" : "integer", " keys or must be a range");
    }
    for (const std::string& key : dataset_.items.keys) v.Add(key);
    for (int64_t id : dataset_.items.ids) v.Add(id);
  }

  // Another input of the same vocabulary, or the description's own list, may have said otherwise.
  void CheckHistory(const Input& input) {
    const VocabularyBuilder& v = VocabularyOf(input);
    bool rows_are_items = v.size() == dataset_.items.size() &&
                          (v.kind() == KeyKind::kRange ||
                           (v.kind() == KeyKind::kString ? v.strings() == dataset_.items.keys
                                                         : v.integers() == dataset_.items.ids));
    if (rows_are_items) return;
    Fail(Status::kInvalidArgument, Name(input), ": its vocabulary \"", v.name(), "\" has ",
         v.size(), " rows, which are not the ", dataset_.items.size(), " items in their order; ",
         v.kind() == KeyKind::kRange
             ? "share integer keys with the item's id, or give the history a range of its own"
             : "give the history a vocabulary of its own");
  }

  void Collect(const Input& input) {
    const Column& column = ColumnOf(input);
    if (input.kind == InputKind::kNumber) return;
    VocabularyBuilder& v = VocabularyOf(input);
    if (v.closed()) return;
    if (column.kind == ColumnKind::kInteger) {
      try {
        for (int64_t value : column.integers) v.Add(value);
      } catch (const Error& error) {
        Fail(error.status(), Name(input), ": the column \"", column.name, "\": ", error.message());
      }
    } else if (input.kind == InputKind::kTokens) {
      for (const std::string& text : column.texts) {
        // Words beyond max_length are never read, so they need no row.
        for (const std::string& word : FirstWords(input, text)) v.Add(word);
      }
    } else {
      for (const std::string& value : column.texts) {
        if (!value.empty()) v.Add(value);
      }
    }
  }

  static std::vector<std::string> FirstWords(const Input& input, const std::string& text) {
    std::vector<std::string> words = Tokens(text, input.tokenizer);
    if (input.max_length > 0 && words.size() > input.max_length) words.resize(input.max_length);
    return words;
  }

  void WriteVocabularies() {
    for (size_t i = 0; i < vocabularies_.size(); ++i) {
      const VocabularyBuilder& v = vocabularies_[i];
      out_.description.vocabularies[i].size = v.size();
      std::string prefix = "vocabularies/" + v.name();
      if (v.kind() == KeyKind::kInt64) {
        model::AddKeys(out_.vocabularies, prefix, std::span<const int64_t>(v.integers()));
      } else if (v.kind() == KeyKind::kString) {
        model::AddKeys(out_.vocabularies, prefix, std::span<const std::string>(v.strings()));
      }
    }
    model::Validate(out_.description, true);
  }

  template <typename Value>
  uint32_t RowOf(const Input& input, size_t entity, const Value& value) {
    const VocabularyBuilder& v = VocabularyOf(input);
    uint32_t row = v.Find(value);
    if (row == v.size()) {
      Fail(Status::kInvalidArgument, Name(input), ": row ", entity, " of the column \"", input.name,
           "\" has the value ", value, ", which is not in the vocabulary \"", v.name(), "\" of ",
           v.size(), " values");
    }
    return row;
  }

  FeatureColumn EncodeInput(const Input& input, Scope scope) {
    FeatureColumn out;
    out.kind = input.kind;
    if (input.scope != scope || input.kind == InputKind::kHistory) return out;
    if (IsComputed(input)) return NotGiven(input);
    const Column& column = ColumnOf(input);
    switch (input.kind) {
      case InputKind::kCategory:
        EncodeCategory(input, column, out);
        break;
      case InputKind::kCategorySet:
        EncodeSet(input, column, out);
        break;
      case InputKind::kTokens: {
        const VocabularyBuilder& v = VocabularyOf(input);
        out.offsets.push_back(0);
        for (const std::string& text : column.texts) {
          for (const std::string& word : FirstWords(input, text)) out.rows.push_back(v.Find(word));
          out.offsets.push_back(out.rows.size());
        }
        break;
      }
      case InputKind::kNumber:
        out.numbers = column.numbers;
        for (int64_t value : column.integers) out.numbers.push_back(static_cast<float>(value));
        break;
      case InputKind::kHistory:
        break;
    }
    return out;
  }

  FeatureColumn NotGiven(const Input& input) {
    FeatureColumn out;
    out.kind = input.kind;
    size_t count = input.scope == Scope::kUser ? dataset_.users.size() : dataset_.items.size();
    if (input.kind == InputKind::kNumber) {
      out.numbers.assign(count, std::numeric_limits<float>::quiet_NaN());
    } else if (input.kind == InputKind::kCategory) {
      out.rows.assign(count, static_cast<uint32_t>(VocabularyOf(input).size()));
    } else {
      out.offsets.assign(count + 1, 0);
    }
    return out;
  }

  void EncodeCategory(const Input& input, const Column& column, FeatureColumn& out) {
    auto unknown = static_cast<uint32_t>(VocabularyOf(input).size());
    if (input.bucketed) {
      EncodeRanges(VocabularyOf(input).integers(), column.integers, out);
    } else if (column.kind == ColumnKind::kInteger) {
      out.rows.reserve(column.integers.size());
      for (size_t i = 0; i < column.integers.size(); ++i) {
        out.rows.push_back(RowOf(input, i, column.integers[i]));
      }
    } else {
      out.rows.reserve(column.texts.size());
      for (size_t i = 0; i < column.texts.size(); ++i) {
        const std::string& value = column.texts[i];
        out.rows.push_back(value.empty() ? unknown : RowOf(input, i, value));
      }
    }
  }

  // As model::KeyIndex::FindRange() says; `keys` in row order.
  static void EncodeRanges(const std::vector<int64_t>& keys, const std::vector<int64_t>& values,
                           FeatureColumn& out) {
    std::vector<std::pair<int64_t, uint32_t>> ascending;
    for (int64_t key : keys) ascending.emplace_back(key, static_cast<uint32_t>(ascending.size()));
    std::sort(ascending.begin(), ascending.end());
    out.rows.reserve(values.size());
    for (int64_t value : values) {
      auto above = std::upper_bound(ascending.begin(), ascending.end(),
                                    std::pair(value, std::numeric_limits<uint32_t>::max()));
      out.rows.push_back((above == ascending.begin() ? above : above - 1)->second);
    }
  }

  void EncodeSet(const Input& input, const Column& column, FeatureColumn& out) {
    out.offsets.push_back(0);
    for (size_t i = 0; i + 1 < column.offsets.size(); ++i) {
      auto begin = static_cast<std::ptrdiff_t>(out.rows.size());
      for (uint64_t t = column.offsets[i]; t < column.offsets[i + 1]; ++t) {
        if (column.texts[t].empty()) continue;
        uint32_t row = RowOf(input, i, column.texts[t]);
        bool repeated = std::find(out.rows.begin() + begin, out.rows.end(), row) != out.rows.end();
        if (!repeated) out.rows.push_back(row);
      }
      out.offsets.push_back(out.rows.size());
    }
  }

  const Dataset& dataset_;
  std::span<const std::string> computed_;
  Encoded out_;
  std::vector<VocabularyBuilder> vocabularies_;
};

}  // namespace

Encoded Encode(const model::Description& description, const Dataset& dataset,
               std::span<const std::string> computed) {
  return Encoder(description, dataset, computed).Run();
}

}  // namespace duomo::data
