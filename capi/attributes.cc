// Attributes of items: what there are, and their values.
#include <cstring>
#include <type_traits>

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

duomo_text FirstText(const Attribute& a, uint32_t row) {
  const auto rows = a.rows.RowsOf(row);
  return rows.empty() ? duomo_text{} : TextAt(a, rows[0]);
}

bool HasIntegers(const Attribute& a) {
  return a.kind == AttributeKind::kInteger || a.kind == AttributeKind::kTime;
}

double NumberAt(const Attribute& a, uint32_t row) {
  if (!HasIntegers(a)) return At(a.numbers, row, model::kMissingNumber);
  const int64_t integer = At(a.integers, row, model::kMissingInteger);
  return integer == model::kMissingInteger ? model::kMissingNumber : static_cast<double>(integer);
}

// Writes value_at(attribute, row) of each item; the row is kNoRow where the model does not know it.
// `wanted`: what to say of an attribute that does not fit.
template <typename T, typename Fits, typename ValueAt>
duomo_status ReadValues(T* values, const duomo_model* model, const char* attribute,
                        const int64_t* item_ids, size_t n, duomo_error* error, const Fits& fits,
                        const char* wanted, const ValueAt& value_at) {
  return Guard(error, [&] {
    const Attribute& a = Find(model, attribute);
    auto out = NeedArray(values, n, "values");
    const Names names{NeedArray(item_ids, n, "item_ids").data(), nullptr, n, "item_ids"};
    if (!fits(a)) FailKind(a, wanted);
    auto for_all = [&](const auto& work) {
      ForRowsOf(model->model().items(), names, [&](size_t begin, auto rows) {
        for (size_t i = 0; i < rows.size(); ++i) work(begin + i, rows[i]);
      });
    };
    // Nothing is written where one of the texts is damaged.
    if constexpr (std::is_same_v<T, duomo_text>) {
      for_all([&](size_t, uint32_t row) { (void)value_at(a, row); });
    }
    for_all([&](size_t i, uint32_t row) { out[i] = value_at(a, row); });
  });
}

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
    const Attribute& a =
        attributes[NeedIndex("index", index, attributes.size(), "attributes", "the model")];
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
  return ReadValues(
      values, model, attribute, item_ids, n, error, [](const Attribute& a) { return !a.listed(); },
      "and no number; duomo_attribute_texts and _set read it", NumberAt);
}

duomo_status duomo_attribute_integers(int64_t* values, const duomo_model* model,
                                      const char* attribute, const int64_t* item_ids, size_t n,
                                      duomo_error* error) {
  return ReadValues(
      values, model, attribute, item_ids, n, error, HasIntegers, "and no integer or time",
      [](const Attribute& a, uint32_t row) { return At(a.integers, row, model::kMissingInteger); });
}

duomo_status duomo_attribute_texts(duomo_text* values, const duomo_model* model,
                                   const char* attribute, const int64_t* item_ids, size_t n,
                                   duomo_error* error) {
  return ReadValues(
      values, model, attribute, item_ids, n, error,
      [](const Attribute& a) { return a.kind == AttributeKind::kCategory; },
      "and no category; duomo_attribute_set reads sets", FirstText);
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
