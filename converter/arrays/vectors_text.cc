// Vectors in a table: a key and its numbers a row; and keys, which are integers while all of them
// are.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "converter/arrays/vectors.h"
#include "converter/output.h"
#include "converter/tables/records.h"
#include "core/error.h"
#include "data/key_table.h"
#include "data/roles.h"

namespace duomo::convert {
namespace {

// What is too large or too small for a float.
float Rounded(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc()) return static_cast<float>(value);
  return text.find("e-") != text.npos || text.find("E-") != text.npos ? 0.0f : HUGE_VALF;
}

bool Number(std::string_view text, float& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range) value = Rounded(text);
  return true;
}

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// The rows of one table as vectors.
class VectorRows {
 public:
  explicit VectorRows(data::TableReader& table) : table_(table) {
    const auto& header = table.header();
    FindKey(header);
    if (header.size() < 2) {
      Fail(Status::kCorrupt, table.where(), ": there is no number behind the key; a row is a key ",
           "and its numbers");
    }
    if (header.size() - 1 > kLargestVectorWidth) {
      Fail(Status::kUnsupported, table.where(), ": more than ", kLargestVectorWidth, " numbers");
    }
  }

  // Whether the current row, the first of a table without names so far, has them: no cell beside
  // the key's is a number, or all are 0, 1, 2 … as programs count columns.
  bool IsNames() {
    auto cells = table_.fields();
    size_t numbers = 0, counted = 0;
    for (size_t c = 1; c < cells.size(); ++c) {
      float value = 0;
      bool number = Number(Trim(cells[c]), value) || Trim(cells[c]).starts_with('[');
      numbers += number;
      counted += number && value == static_cast<float>(c - 1) && StrCat(c - 1) == Trim(cells[c]);
    }
    float value = 0;
    bool names = numbers == 0 || (counted + 1 == cells.size() && !Number(cells[0], value));
    if (names) FindKey(cells);
    return names;
  }

  // Reads the current row; false where it is refused.
  bool Read() {
    values_.clear();
    auto cells = table_.fields();
    if (cells[key_].empty()) return table_.Bad("the key is empty");
    for (size_t c = 0; c < cells.size(); ++c) {
      if (c == key_) continue;
      if (table_.has_null(c)) return table_.Bad("null is not a number");
      bool list = cells.size() == 2 &&
                  (cells[c].starts_with(data::kListMark) || Trim(cells[c]).starts_with('['));
      if (list) {
        for (const std::string& value : ListOf(cells[c])) {
          if (!Take(value)) return false;
        }
      } else if (!Take(cells[c])) {
        return false;
      }
    }
    if (width_ == 0) width_ = values_.size();
    if (values_.size() == width_ && width_ > 0) return true;
    return table_.Bad(values_.size(), " numbers, and the first row has ", width_);
  }

  std::string_view key() const { return table_.fields()[key_]; }
  std::span<const float> values() const { return values_; }
  uint64_t width() const { return width_; }

 private:
  // The key is in front, unless a column is called "id".
  void FindKey(const auto& names) {
    auto id = std::find(names.begin(), names.end(), "id");
    if (id != names.end()) key_ = static_cast<size_t>(id - names.begin());
  }

  bool Take(std::string_view cell) {
    float value = 0;
    bool good = Number(cell, value) || Number(Trim(cell), value);
    if (!good && table_.decimal_comma()) {
      decimal_ = Trim(cell);
      std::replace(decimal_.begin(), decimal_.end(), ',', '.');
      good = Number(decimal_, value);
    }
    if (!good) return table_.Bad("\"", Clip(cell, 40), "\" is no number");
    values_.push_back(value);
    return true;
  }

  data::TableReader& table_;
  size_t key_ = 0;
  uint64_t width_ = 0;
  std::vector<float> values_;
  std::string decimal_;
};

}  // namespace

void Keys::Add(std::string_view key) {
  if (strings_.empty()) {
    if (int64_t number = 0; data::IsPlainInteger(key, number)) return integers_.push_back(number);
    for (int64_t number : integers_) strings_.push_back(StrCat(number));
    integers_ = {};
  }
  strings_.emplace_back(key);
}

void Keys::Add(int64_t key) {
  if (strings_.empty()) return integers_.push_back(key);
  strings_.push_back(StrCat(key));
}

std::string Keys::At(size_t row) const {
  return strings_.empty() ? StrCat(integers_[row]) : strings_[row];
}

void Keys::AddTo(std::vector<file::OwnedTensor>& out, const std::string& prefix) const {
  if (strings_.empty()) {
    model::AddKeys(out, prefix, std::span<const int64_t>(integers_));
  } else {
    model::AddKeys(out, prefix, std::span<const std::string>(strings_));
  }
}

TextVectors ReadVectorText(std::unique_ptr<data::ByteSource> bytes, const std::string& where,
                           bool skip_bad_lines, Keys& keys,
                           const std::function<void(std::span<const float>)>& sink) {
  data::TableOptions form;
  form.skip_bad_lines = skip_bad_lines;
  form.header = false;  // a key may be any word, also one that columns are called; see IsNames()
  auto table = data::OpenTable(std::move(bytes), where, form);
  VectorRows rows(*table);
  bool first = !table->form().starts_with("JSON");
  while (table->Next()) {
    if (std::exchange(first, false) && rows.IsNames()) continue;
    if (!rows.Read()) continue;
    keys.Add(rows.key());
    sink(rows.values());
  }
  if (!table->late_columns().empty()) {
    const data::LateColumn& late = table->late_columns()[0];
    Fail(Status::kCorrupt, where, ", line ", late.first_line, ": \"", late.name,
         "\" is in this row and not in the first ones; all must have the same");
  }
  return {rows.width(), table->skipped()};
}

}  // namespace duomo::convert
