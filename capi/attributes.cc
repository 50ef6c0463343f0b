// Attributes of items: what there are, and their values.
#include <cmath>
#include <cstring>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/narrow.h"

namespace duomo::capi {
namespace {

using model::Attribute;
using model::AttributeKind;

const char* WordsOf(AttributeKind kind) {
  static constexpr const char* kWords[] = {"a category", "a set", "an integer", "a number",
                                           "a time"};
  return kWords[static_cast<size_t>(kind)];
}

const Attribute& Find(const duomo_model* model, const char* name) {
  const model::Model& m = Need(model, "model").model();
  const Attribute* found = m.FindAttribute(&Need(name, "attribute"));
  if (found != nullptr) return *found;
  FailArgument(Status::kNotFound, Kind::kUnknownName, "attribute",
               ": the model has no attribute \"", name, '"');
}

[[noreturn]] void FailKind(const Attribute& a, const char* wanted) {
  FailArgument(Status::kInvalidArgument, Kind::kConflict, "attribute", " \"", a.name, "\" is ",
               WordsOf(a.kind), ", ", wanted);
}

// Calls work(i, row) for each id; row is kNoRow where the model does not know it.
template <typename Work>
void ForRows(const duomo_model& model, std::span<const int64_t> ids, const Work& work) {
  // Some at a time: their keys come from all over the file, and are waited for together.
  uint32_t rows[256];
  for (size_t begin = 0; begin < ids.size(); begin += std::size(rows)) {
    const size_t count = std::min(std::size(rows), ids.size() - begin);
    RowsOfIds(model.model().items(), ids.subspan(begin, count), rows);
    for (size_t i = 0; i < count; ++i) work(begin + i, rows[i]);
  }
}

template <typename T>
T At(std::span<const T> values, uint32_t row, T missing) {
  return row < values.size() ? values[row] : missing;
}

duomo_text TextAt(const Attribute& a, uint32_t row) {
  if (row >= a.values.size()) return {};
  duomo_text text = CheckedText(a.values.StringAt(row), "a value");
  // A text of a damaged file may lie nowhere; a missing one is told by NULL alone.
  if (text.data == nullptr) text.data = "";
  return text;
}

uint32_t FirstOf(std::span<const uint32_t> rows) { return rows.empty() ? kNoRow : rows[0]; }

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_model_get_attribute(duomo_attribute_info* out, const duomo_model* model,
                                       uint64_t index, duomo_error* error) {
  return Guard(error, [&] {
    size_t size = Need(out, "out").struct_size;
    CheckStructSize<duomo_attribute_info>(size, "duomo_attribute_info");
    const auto& attributes = Need(model, "model").model().attributes();
    if (index >= attributes.size()) {
      Fail(Status::kNotFound, "index ", index, ": the model has ", attributes.size(),
           " attributes");
    }
    const Attribute& a = attributes[ToSize(index)];
    duomo_attribute_info info{};
    info.struct_size = static_cast<uint32_t>(size);
    info.kind = static_cast<int32_t>(a.kind);
    info.value_count = a.values.size();
    info.name = TextOf(a.name);
    std::memcpy(out, &info, std::min(size, sizeof(info)));
  });
}

duomo_status duomo_attribute_numbers(double* values, const duomo_model* model,
                                     const char* attribute, const int64_t* item_ids, size_t n,
                                     duomo_error* error) {
  return Guard(error, [&] {
    const Attribute& a = Find(model, attribute);
    auto out = NeedArray(values, n, "values");
    auto ids = NeedArray(item_ids, n, "item_ids");
    if (a.listed()) FailKind(a, "and no number; duomo_attribute_texts and _set read it");
    ForRows(*model, ids, [&](size_t i, uint32_t row) {
      if (a.kind == AttributeKind::kNumber) {
        out[i] = At(a.numbers, row, model::kMissingNumber);
        return;
      }
      int64_t integer = At(a.integers, row, model::kMissingInteger);
      out[i] =
          integer == model::kMissingInteger ? model::kMissingNumber : static_cast<double>(integer);
    });
  });
}

duomo_status duomo_attribute_integers(int64_t* values, const duomo_model* model,
                                      const char* attribute, const int64_t* item_ids, size_t n,
                                      duomo_error* error) {
  return Guard(error, [&] {
    const Attribute& a = Find(model, attribute);
    auto out = NeedArray(values, n, "values");
    auto ids = NeedArray(item_ids, n, "item_ids");
    if (a.kind != AttributeKind::kInteger && a.kind != AttributeKind::kTime) {
      FailKind(a, "and no integer or time");
    }
    ForRows(*model, ids,
            [&](size_t i, uint32_t row) { out[i] = At(a.integers, row, model::kMissingInteger); });
  });
}

duomo_status duomo_attribute_texts(duomo_text* values, const duomo_model* model,
                                   const char* attribute, const int64_t* item_ids, size_t n,
                                   duomo_error* error) {
  return Guard(error, [&] {
    const Attribute& a = Find(model, attribute);
    auto out = NeedArray(values, n, "values");
    auto ids = NeedArray(item_ids, n, "item_ids");
    if (a.kind != AttributeKind::kCategory) {
      FailKind(a, "and no category; duomo_attribute_set reads sets");
    }
    // Nothing is written where one of the texts is damaged.
    ForRows(*model, ids, [&](size_t, uint32_t row) { TextAt(a, FirstOf(a.rows.RowsOf(row))); });
    ForRows(*model, ids,
            [&](size_t i, uint32_t row) { out[i] = TextAt(a, FirstOf(a.rows.RowsOf(row))); });
  });
}

duomo_status duomo_attribute_set(size_t* count, duomo_text* texts, size_t capacity,
                                 const duomo_model* model, const char* attribute, int64_t item_id,
                                 duomo_error* error) {
  return Guard(error, [&] {
    Need(count, "count");
    const Attribute& a = Find(model, attribute);
    auto out = NeedArray(texts, capacity, "texts");
    if (!a.listed()) FailKind(a, "and has no texts");
    std::span<const uint32_t> rows;
    if (auto row = RowOfId(model->model().items(), item_id)) rows = a.rows.RowsOf(ToSize(*row));
    // Rows beyond the values are missing ones.
    auto for_texts = [&](const auto& take) {
      size_t n = 0;
      for (uint32_t row : rows) {
        if (row < a.values.size()) take(n++, row);
      }
      return n;
    };
    for_texts([&](size_t i, uint32_t row) {
      if (i < out.size()) TextAt(a, row);
    });
    *count = for_texts([&](size_t i, uint32_t row) {
      if (i < out.size()) out[i] = TextAt(a, row);
    });
  });
}
