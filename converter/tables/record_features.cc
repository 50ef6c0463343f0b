#include "converter/tables/record_features.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "converter/tables/records.h"
#include "core/error.h"
#include "core/tokens.h"
#include "data/key_table.h"
#include "data/list_cell.h"

namespace duomo::convert {
namespace {

using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;

// Reads one cell for one input.
class CellReader {
 public:
  CellReader(const model::Model& model, const model::Input& input, FeatureValue& out)
      : keys_(model.vocabulary(static_cast<uint32_t>(input.vocabulary))),
        input_(input),
        out_(out) {}

  void Value(std::string_view text) {
    auto row = Find(text);
    if (!row) ++out_.unknown;
    uint32_t known = row.value_or(static_cast<uint32_t>(keys_.size()));
    bool set = input_.kind == InputKind::kCategorySet;
    if (!set || std::find(out_.rows.begin(), out_.rows.end(), known) == out_.rows.end()) {
      out_.rows.push_back(known);
    }
  }

  void Set(std::string_view cell, bool blanks) {
    char separator = cell.starts_with(data::kListMark) ? data::kListMark
                     : cell.starts_with('[')           ? data::kListText
                     : blanks                          ? ' '
                                                       : '|';
    data::SplitSet(cell, separator, [&](std::string_view value) {
      if (separator != '|' || !Parts(value)) Value(value);
    });
  }

  void Text(std::string_view cell) {
    std::vector<std::string> words =
        cell.starts_with(data::kListMark) ? ListOf(cell) : Tokens(cell, input_.tokenizer);
    for (const std::string& word : words) Value(word);
  }

 private:
  // The vocabulary may have a value that is as one of another table, "Drama, Comedy".
  bool Parts(std::string_view value) {
    for (char separator : {',', ';'}) {
      if (value.find(separator) == value.npos || keys_.kind() != KeyKind::kString) continue;
      bool all = !keys_.Find(value).has_value();
      data::SplitSet(value, separator,
                     [&](std::string_view part) { all = all && keys_.Find(part).has_value(); });
      if (!all) continue;
      data::SplitSet(value, separator, [&](std::string_view part) { Value(part); });
      return true;
    }
    return false;
  }

  std::optional<uint32_t> Find(std::string_view text) const {
    bool number = keys_.kind() == KeyKind::kString || IntegerKey(text);
    if (!number) {
      Fail(Status::kInvalidArgument, input_.name, ": \"", text, "\" is not a whole number");
    }
    return FindKey(keys_, text, input_.bucketed);
  }

  const model::KeyIndex& keys_;
  const model::Input& input_;
  FeatureValue& out_;
};

}  // namespace

std::optional<int64_t> IntegerKey(std::string_view text) {
  data::TakeZeroFraction(text);
  int64_t value = 0;
  if (!data::IsPlainInteger(text, value)) return std::nullopt;
  return value;
}

std::optional<uint32_t> FindKey(const model::KeyIndex& keys, std::string_view text, bool bucketed) {
  std::optional<uint64_t> row;
  if (keys.kind() == KeyKind::kString) {
    row = keys.Find(text);
  } else if (auto number = IntegerKey(text)) {
    row = bucketed ? keys.FindRange(*number) : keys.Find(*number);
  }
  return row ? std::optional(static_cast<uint32_t>(*row)) : std::nullopt;
}

float FiniteFloat(std::string_view text, std::string_view what) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!whole || !std::isfinite(static_cast<float>(value))) {
    Fail(Status::kInvalidArgument, what, ": \"", text, "\" is no finite number");
  }
  return static_cast<float>(value);
}

FeatureValue ReadFeature(const model::Model& model, size_t index, std::string_view cell,
                         bool blanks) {
  const model::Input& input = model.description().inputs[index];
  FeatureValue out;
  if (input.kind == InputKind::kNumber) {
    out.number =
        cell.empty() ? std::numeric_limits<float>::quiet_NaN() : FiniteFloat(cell, input.name);
    return out;
  }
  CellReader reader(model, input, out);
  if (input.kind == InputKind::kCategory) {
    if (cell.starts_with(data::kListMark)) {
      Fail(Status::kInvalidArgument, input.name, ": is one value, and no list");
    }
    if (cell.empty()) {
      const auto& keys = model.vocabulary(static_cast<uint32_t>(input.vocabulary));
      out.rows.push_back(static_cast<uint32_t>(keys.size()));
    } else {
      reader.Value(cell);
    }
  } else if (!cell.empty()) {
    input.kind == InputKind::kTokens ? reader.Text(cell) : reader.Set(cell, blanks);
  }
  return out;
}

void AppendValue(FeatureColumn& column, const FeatureValue& value) {
  if (column.kind == InputKind::kNumber) {
    column.numbers.push_back(value.number);
    return;
  }
  column.rows.insert(column.rows.end(), value.rows.begin(), value.rows.end());
  if (column.kind == InputKind::kCategory) return;
  if (column.offsets.empty()) column.offsets.push_back(0);
  column.offsets.push_back(column.rows.size());
}

FeatureValue ValueAt(const model::FeatureView& view, size_t row) {
  FeatureValue out;
  if (view.kind == InputKind::kNumber) {
    out.number = view.numbers[row];
  } else {
    auto rows = view.RowsOf(row);
    out.rows.assign(rows.begin(), rows.end());
  }
  return out;
}

bool SameValue(InputKind kind, const FeatureValue& a, const FeatureValue& b) {
  if (kind != InputKind::kNumber) return a.rows == b.rows;
  return a.number == b.number || (std::isnan(a.number) && std::isnan(b.number));
}

}  // namespace duomo::convert
