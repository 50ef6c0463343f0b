#include "converter/tables/attribute_table.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <unordered_map>

#include "converter/tables/records.h"
#include "core/error.h"
#include "core/text.h"
#include "data/bytes.h"
#include "data/key_table.h"
#include "data/list_cell.h"
#include "data/roles.h"
#include "data/time_column.h"
#include "data/values.h"
#include "model/description.h"

namespace duomo::convert {
namespace {

using model::AttributeColumn;
using model::AttributeKind;

constexpr int64_t kAnyTime = INT64_MIN + 1;  // also before 1970

// The cells of one column, by row of the model's items; empty: missing.
struct Cells {
  std::string name;
  size_t column = 0;  // of the table
  std::optional<AttributeKind> kind;
  std::vector<std::string> cells;
};

class Reader {
 public:
  Reader(const model::Model& model, const AttributeTableOptions& options)
      : items_(model.items()), o_(options), has_titles_(!items_.title_offsets.empty()) {}

  AttributeTable Run() {
    Open();
    ChooseColumns();
    ReadRows();
    out_.form = in_->form();
    out_.skipped = in_->skipped_reasons();
    for (const data::LateColumn& late : in_->late_columns()) {
      out_.late.emplace_back(late.name, late.first_line);
    }
    for (Cells& c : columns_) out_.columns.push_back(Make(c));
    return std::move(out_);
  }

 private:
  void Open() {
    const std::string where = NameOfTable(o_.path);
    in_ = data::OpenTable(OpenTableBytes(o_.path), where, o_.table);
    if (in_->first_row_looks_like_data()) {
      Fail(Status::kInvalidArgument, where, ": its first row looks like data, not like the names ",
           "of columns; put a row of names first");
    }
  }

  size_t ColumnOf(const std::string& name) const {
    const auto& header = in_->header();
    auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
      std::string names;
      for (const std::string& n : header) names += StrCat(names.empty() ? "" : ", ", n);
      Fail(Status::kNotFound, in_->where(), " has no column \"", name, "\"; its columns are ",
           names);
    }
    return static_cast<size_t>(found - header.begin());
  }

  void ChooseColumns() {
    const auto& header = in_->header();
    key_ = o_.item.empty() ? data::FindRole(data::Role::kItemKey, header, "", in_->where())
                           : ColumnOf(o_.item);
    if (key_ == data::kNoColumn && !header.empty() && !o_.columns.empty()) key_ = 0;
    if (key_ == data::kNoColumn) {
      Fail(Status::kInvalidArgument, in_->where(), ": no column is called like the items' keys ",
           "(item_id, id, …); name it with --item");
    }
    for (const AttributeWish& wish : o_.columns) {
      columns_.push_back({wish.name, ColumnOf(wish.name), wish.kind, {}});
    }
    if (o_.columns.empty()) {
      const size_t title = has_titles_
                               ? data::FindRole(data::Role::kTitle, header, "", in_->where())
                               : data::kNoColumn;
      for (size_t i = 0; i < header.size(); ++i) {
        if (i == key_) continue;
        if (i == title) {
          out_.left_out.push_back(header[i]);
        } else {
          columns_.push_back({header[i], i, {}, {}});
        }
      }
    }
    for (Cells& c : columns_) {
      if (const char* wrong = model::WrongName(c.name)) {
        Fail(Status::kInvalidArgument, in_->where(), ": the name of the column \"",
             Utf8Prefix(c.name, 100), "\" ", wrong, "; choose others with --columns");
      }
      c.cells.resize(items_.count);
    }
    if (columns_.empty()) {
      Fail(Status::kInvalidArgument, in_->where(), " has no column but that of the items' keys");
    }
    lines_.resize(items_.count);
  }

  std::optional<uint64_t> RowOf(std::string_view key) const {
    if (items_.keys.kind() == model::KeyKind::kString) return items_.keys.Find(key);
    int64_t integer = 0;
    if (!data::IsPlainInteger(key, integer)) {
      data::TakeZeroFraction(key);
      if (!data::IsPlainInteger(key, integer)) return std::nullopt;
    }
    return items_.keys.Find(integer);
  }

  void ReadRows() {
    while (in_->Next()) {
      auto fields = in_->fields();
      const std::string_view key = fields[key_];
      if (key.empty()) {
        (void)in_->Bad("the item has no key");
        continue;
      }
      auto row = RowOf(key);
      if (!row || *row >= items_.count) {
        if (out_.unknown++ == 0) out_.first_unknown = key;
        ++out_.rows;
        continue;
      }
      if (lines_[*row] != 0) {
        (void)in_->Bad("the item ", key, " stands in line ", lines_[*row], " already");
        continue;
      }
      ++out_.rows;
      ++out_.matched;
      lines_[*row] = in_->line();
      for (Cells& c : columns_) c.cells[*row] = fields[c.column];
    }
  }

  template <typename... Parts>
  [[noreturn]] void Wrong(const Cells& c, size_t row, const Parts&... parts) const {
    Fail(Status::kInvalidArgument, in_->where(), ", line ", lines_[row], ": \"",
         Utf8Prefix(c.cells[row], 100), "\" in the column \"", c.name, "\" ", parts...);
  }

  template <typename Test>
  static bool All(const Cells& c, const Test& test) {
    bool some = false;
    for (const std::string& cell : c.cells) {
      if (cell.empty()) continue;
      some = true;
      if (!test(cell)) return false;
    }
    return some;
  }

  AttributeKind KindOf(const Cells& c) const {
    if (std::any_of(c.cells.begin(), c.cells.end(),
                    [](const auto& cell) { return cell.starts_with(data::kListMark); })) {
      return AttributeKind::kSet;
    }
    if (All(c, [](std::string_view cell) { return IsInteger(cell); }))
      return AttributeKind::kInteger;
    if (All(c, [&](std::string_view cell) { return IsNumber(cell); }))
      return AttributeKind::kNumber;
    std::vector<std::string_view> views(c.cells.begin(), c.cells.end());
    if (data::LookLikeTimes(views, kAnyTime)) return AttributeKind::kTime;
    return data::FindSetSeparator(c.cells) == data::kNoSet ? AttributeKind::kCategory
                                                           : AttributeKind::kSet;
  }

  static bool IsInteger(std::string_view cell) {
    int64_t integer = 0;
    data::TakeZeroFraction(cell);
    return data::IsPlainInteger(cell, integer);
  }
  bool IsNumber(std::string_view cell) const {
    double number = 0;
    return data::ParseNumber(cell, in_->decimal_comma(), number);
  }

  AttributeColumn Make(Cells& c) {
    AttributeColumn out;
    out.info = {c.name, c.kind ? *c.kind : KindOf(c)};
    out_.missing.push_back(static_cast<uint64_t>(std::ranges::count(c.cells, "")));
    switch (out.info.kind) {
      case AttributeKind::kInteger:
        MakeIntegers(c, out.integers);
        break;
      case AttributeKind::kNumber:
        MakeNumbers(c, out.numbers);
        break;
      case AttributeKind::kTime:
        MakeTimes(c, out.integers);
        break;
      case AttributeKind::kCategory:
      case AttributeKind::kSet:
        MakeTexts(c, out);
        break;
    }
    c.cells = {};
    return out;
  }

  void MakeIntegers(const Cells& c, std::vector<int64_t>& out) const {
    for (size_t row = 0; row < c.cells.size(); ++row) {
      std::string_view cell = c.cells[row];
      int64_t integer = model::kMissingInteger;
      data::TakeZeroFraction(cell);
      if (!cell.empty() && !data::IsPlainInteger(cell, integer)) {
        Wrong(c, row, "is no whole number that 64 bits hold");
      }
      out.push_back(integer);
    }
  }

  void MakeNumbers(const Cells& c, std::vector<double>& out) const {
    for (size_t row = 0; row < c.cells.size(); ++row) {
      double number = model::kMissingNumber;
      if (!c.cells[row].empty() && !data::ParseNumber(c.cells[row], in_->decimal_comma(), number)) {
        Wrong(c, row, "is no number");
      }
      out.push_back(number);
    }
  }

  void MakeTimes(const Cells& c, std::vector<int64_t>& out) const {
    std::vector<std::string_view> views(c.cells.begin(), c.cells.end());
    data::TimeColumn column(views, o_.date_format, kAnyTime);
    std::vector<int64_t> values;
    for (size_t row = 0; row < views.size(); ++row) {
      int64_t value = 0;
      if (views[row].empty()) continue;
      if (!column.Read(views[row], values.size(), value)) Wrong(c, row, "is ", column.Expected());
      values.push_back(value);
    }
    column.Finish(values, in_->where(), c.name);
    if (column.is_order()) {
      Fail(Status::kInvalidArgument, in_->where(), ": the numbers in \"", c.name,
           "\" are too small for times; say ", c.name, "=integer");
    }
    size_t next = 0;
    for (std::string_view view : views) {
      out.push_back(view.empty() ? model::kMissingInteger : values[next++]);
    }
  }

  void MakeTexts(const Cells& c, AttributeColumn& out) const {
    const bool set = out.info.kind == AttributeKind::kSet;
    std::unordered_map<std::string, uint32_t> rows;
    auto row_of = [&](std::string_view text) {
      auto [found, added] =
          rows.try_emplace(std::string(text), static_cast<uint32_t>(out.texts.size()));
      if (added) out.texts.emplace_back(text);
      return found->second;
    };
    out.rows.kind = set ? model::InputKind::kCategorySet : model::InputKind::kCategory;
    if (set) {
      const bool marked = std::any_of(c.cells.begin(), c.cells.end(), [](const auto& cell) {
        return cell.starts_with(data::kListMark);
      });
      char separator = marked ? data::kListMark : data::FindSetSeparator(c.cells);
      if (separator == data::kNoSet) separator = '|';
      out.rows.offsets.push_back(0);
      for (const std::string& cell : c.cells) {
        data::SplitSet(cell, separator,
                       [&](std::string_view value) { out.rows.rows.push_back(row_of(value)); });
        out.rows.offsets.push_back(out.rows.rows.size());
      }
      return;
    }
    for (std::string cell : c.cells) {
      // A list that shall be no set is its values.
      if (cell.starts_with(data::kListMark)) cell.erase(0, 1);
      std::ranges::replace(cell, data::kListMark, '|');
      out.rows.rows.push_back(cell.empty() ? UINT32_MAX : row_of(cell));
    }
    for (uint32_t& row : out.rows.rows)
      row = std::min(row, static_cast<uint32_t>(out.texts.size()));
  }

  const model::Entities& items_;
  const AttributeTableOptions& o_;
  const bool has_titles_;
  std::unique_ptr<data::TableReader> in_;
  size_t key_ = data::kNoColumn;
  std::vector<Cells> columns_;
  std::vector<uint64_t> lines_;  // by row of the items; 0: none
  AttributeTable out_;
};

}  // namespace

AttributeTable ReadAttributeTable(const model::Model& model, const AttributeTableOptions& options) {
  return Reader(model, options).Run();
}

}  // namespace duomo::convert
