#include "converter/edit/attribute_columns.h"

#include <algorithm>
#include <vector>

#include "converter/edit/entities.h"

namespace duomo::convert {
namespace {

using model::AttributeColumn;
using model::AttributeKind;

}  // namespace

AttributeColumn ColumnOf(const model::Attribute& a, std::span<const uint32_t> rows) {
  AttributeColumn out;
  out.info = {a.name, a.kind};
  if (!a.listed()) {
    for (uint32_t row : rows) {
      if (a.kind == AttributeKind::kNumber) {
        out.numbers.push_back(row < a.numbers.size() ? a.numbers[row] : model::kMissingNumber);
      } else {
        out.integers.push_back(row < a.integers.size() ? a.integers[row] : model::kMissingInteger);
      }
    }
    return out;
  }
  const uint64_t values = a.values.size();
  std::vector<uint32_t> now(values, kNoRow);  // marks those in use first
  auto list = [&](uint32_t row) {
    return row == kNoRow ? std::span<const uint32_t>() : a.rows.RowsOf(row);
  };
  for (uint32_t row : rows) {
    for (uint32_t value : list(row)) {
      if (value < values) now[value] = 0;
    }
  }
  for (uint32_t value = 0; value < values; ++value) {
    if (now[value] == kNoRow) continue;
    now[value] = static_cast<uint32_t>(out.texts.size());
    out.texts.emplace_back(a.values.StringAt(value));
  }
  const bool set = a.kind == AttributeKind::kSet;
  out.rows.kind = set ? model::InputKind::kCategorySet : model::InputKind::kCategory;
  if (set) out.rows.offsets.push_back(0);
  for (uint32_t row : rows) {
    const size_t before = out.rows.rows.size();
    for (uint32_t value : list(row)) {
      if (value < values) out.rows.rows.push_back(now[value]);
    }
    if (set) {
      out.rows.offsets.push_back(out.rows.rows.size());
    } else if (out.rows.rows.size() == before) {
      out.rows.rows.push_back(static_cast<uint32_t>(out.texts.size()));
    }
  }
  return out;
}

void PutAttribute(Draft& draft, const AttributeColumn& column) {
  const std::string prefix = model::AttributePrefix(column.info.name);
  const bool compress = std::ranges::any_of(draft.contents.sources, [&](const auto& source) {
    return source.name.starts_with(prefix) && source.compress;
  });
  draft.RemoveIf([&](std::string_view name) { return name.starts_with(prefix); });
  std::vector<file::OwnedTensor> made;
  model::AddAttribute(made, column);
  for (file::OwnedTensor& t : made) {
    t.compress = compress;
    draft.Put(std::move(t));
  }
  auto& list = draft.contents.attributes;
  auto known = std::ranges::find(list, column.info.name, &model::AttributeInfo::name);
  if (known == list.end()) {
    list.push_back(column.info);
  } else {
    known->kind = column.info.kind;
  }
}

bool RemoveAttribute(Draft& draft, std::string_view name) {
  const std::string prefix = model::AttributePrefix(name);
  draft.RemoveIf([&](std::string_view tensor) { return tensor.starts_with(prefix); });
  return std::erase_if(draft.contents.attributes,
                       [&](const model::AttributeInfo& a) { return a.name == name; }) > 0;
}

void KeepAttributeRows(Draft& draft, std::span<const uint32_t> rows) {
  for (const model::Attribute& a : draft.model().attributes()) {
    PutAttribute(draft, ColumnOf(a, rows));
  }
}

}  // namespace duomo::convert
