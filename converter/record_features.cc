#include "converter/record_features.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/tokens.h"

namespace duomo::convert {

using description::Fields;
using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;

std::optional<int64_t> Integer(const Json& json) {
  if (json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX) return std::nullopt;
  if (json.is_number_integer()) return json.get<int64_t>();
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> Real(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

FeatureReader::FeatureReader(const model::Model& model, model::Side side)
    : m_(model),
      d_(model.description()),
      scope_(side == model::Side::kItem ? model::Scope::kItem : model::Scope::kUser),
      columns_(d_.inputs.size()) {
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    InputKind kind = columns_[i].kind = d_.inputs[i].kind;
    bool list = kind == InputKind::kCategorySet || kind == InputKind::kTokens;
    if (Reads(i) && list) columns_[i].offsets = {0};
  }
}

bool FeatureReader::Reads(size_t i) const {
  return d_.inputs[i].scope == scope_ && d_.inputs[i].kind != InputKind::kHistory;
}

void FeatureReader::Add(Fields& features) {
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    if (Reads(i)) AddFeature(i, features);
  }
  features.Finish();
}

// The row of a value, the unknown one where the vocabulary does not have it.
uint32_t FeatureReader::RowOf(const model::Input& input, const Json& value, Fields& f) {
  const model::KeyIndex& keys = m_.vocabulary(static_cast<uint32_t>(input.vocabulary));
  std::optional<uint64_t> row;
  if (keys.kind() == KeyKind::kString) {
    if (!value.is_string()) f.Wrong(input.name.c_str(), value.dump(), " is not a text");
    row = keys.Find(value.get_ref<const std::string&>());
  } else {
    auto number = Integer(value);
    if (!number) f.Wrong(input.name.c_str(), value.dump(), " is not a whole number");
    row = input.bucketed ? keys.FindRange(*number) : keys.Find(*number);
  }
  if (!row) ++unknown_[input.name];
  return static_cast<uint32_t>(row.value_or(keys.size()));
}

void FeatureReader::AddFeature(size_t i, Fields& f) {
  const model::Input& input = d_.inputs[i];
  FeatureColumn& column = columns_[i];
  const char* name = input.name.c_str();
  static const Json kNull;
  const Json& value = f.Has(name) ? f.Get(name) : kNull;
  switch (input.kind) {
    case InputKind::kNumber: {
      auto number = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : Real(value);
      if (!number || std::isinf(static_cast<float>(*number))) {
        f.Wrong(name, value.dump(), " is no finite number");
      }
      column.numbers.push_back(static_cast<float>(*number));
      return;
    }
    case InputKind::kCategory: {
      const auto& keys = m_.vocabulary(static_cast<uint32_t>(input.vocabulary));
      column.rows.push_back(value.is_null() ? static_cast<uint32_t>(keys.size())
                                            : RowOf(input, value, f));
      return;
    }
    default:
      AddList(input, value, f, column);
  }
}

void FeatureReader::AddList(const model::Input& input, const Json& value, Fields& f,
                            FeatureColumn& column) {
  bool text = input.kind == InputKind::kTokens;
  std::vector<Json> values;
  if (value.is_array()) {
    values.assign(value.begin(), value.end());
  } else if (value.is_string() && text) {
    for (std::string& word : Tokens(value.get_ref<const std::string&>(), input.tokenizer)) {
      values.emplace_back(std::move(word));
    }
  } else if (value.is_string()) {  // CSV
    std::string all = value.get<std::string>();
    for (size_t at = 0; at <= all.size();) {
      size_t end = std::min(all.find('|', at), all.size());
      values.emplace_back(all.substr(at, end - at));
      at = end + 1;
    }
  } else if (!value.is_null()) {
    f.Wrong(input.name.c_str(), "must be a list", text ? ", or a text" : "");
  }
  size_t begin = column.rows.size();
  for (const Json& one : values) {
    uint32_t row = RowOf(input, one, f);
    auto first = column.rows.begin() + static_cast<ptrdiff_t>(begin);
    bool repeated = !text && std::find(first, column.rows.end(), row) != column.rows.end();
    if (!repeated) column.rows.push_back(row);
  }
  column.offsets.push_back(column.rows.size());
}

}  // namespace duomo::convert
