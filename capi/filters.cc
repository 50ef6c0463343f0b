#include "capi/filters.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "capi/arguments.h"
#include "capi/ids.h"
#include "core/text.h"
#include "model/key_finder.h"
#include "retrieval/filter.h"
#include "retrieval/range_filter.h"

namespace duomo::capi {
namespace {

using model::AttributeKind;
using model::InputKind;
using model::Scope;
using model::Side;

// One filter of an array.
class Filter {
 public:
  Filter(const duomo_model& model, Side side, const duomo_filter& filter, const char* array,
         size_t position, AlignedVector<uint32_t>& values)
      : model_(model.model()),
        side_(side),
        f_(filter),
        array_(array),
        position_(position),
        values_(values) {}

  void Apply(retrieval::RowMask& mask) {
    Check();
    const std::string_view name = f_.input;
    const model::Attribute* attribute = side_ == Side::kItem ? model_.FindAttribute(name) : nullptr;
    if (attribute != nullptr) return ApplyTo(*attribute, mask);
    const auto& inputs = model_.description().inputs;
    auto input = std::find_if(inputs.begin(), inputs.end(),
                              [&](const model::Input& i) { return i.name == name; });
    if (input == inputs.end()) {
      Wrong(Status::kNotFound, Kind::kUnknownName, ": the model has no attribute or input \"", name,
            '"');
    }
    ApplyTo(*input, static_cast<size_t>(input - inputs.begin()), mask);
  }

 private:
  template <typename... Parts>
  [[noreturn]] void Wrong(Status status, Kind kind, const Parts&... parts) const {
    FailElement(status, kind, array_, position_, parts...);
  }

  bool is_range() const { return f_.mode == DUOMO_RANGE; }
  // Whether a value that the input or attribute does not have is an error.
  bool strict() const { return (f_.flags & DUOMO_STRICT_VALUES) != 0; }

  void Check() const {
    constexpr uint32_t kEnds = DUOMO_ABOVE_MINIMUM | DUOMO_BELOW_MAXIMUM;
    if (f_.mode < DUOMO_ANY || f_.mode > DUOMO_RANGE) {
      Wrong(Status::kInvalidArgument, Kind::kValue, ".mode is ", f_.mode, ", which duomo ",
            kVersion, " does not know");
    }
    if ((f_.flags & ~(kEnds | DUOMO_STRICT_VALUES)) != 0) {
      Wrong(Status::kInvalidArgument, Kind::kValue, ".flags has bits that duomo ", kVersion,
            " does not know");
    }
    if (f_.reserved != 0) Wrong(Status::kInvalidArgument, Kind::kValue, ".reserved must be 0");
    if (f_.input == nullptr) Wrong(Status::kInvalidArgument, Kind::kNull, ".input is NULL");
    if (!is_range()) {
      if ((f_.flags & kEnds) == 0) return;
      Wrong(Status::kInvalidArgument, Kind::kConflict,
            ".flags: DUOMO_ABOVE_MINIMUM and DUOMO_BELOW_MAXIMUM go with DUOMO_RANGE");
    }
    if (f_.value_count > 0) {
      Wrong(Status::kInvalidArgument, Kind::kConflict,
            ": DUOMO_RANGE takes minimum and maximum, no values");
    }
    if (std::isnan(f_.minimum) || std::isnan(f_.maximum)) {
      Wrong(Status::kInvalidArgument, Kind::kNotFinite, ": the range has NaN");
    }
  }

  template <typename T>
  void Within(std::span<const T> numbers, retrieval::RowMask& mask) const {
    retrieval::ApplyRange(numbers,
                          {f_.minimum, f_.maximum, (f_.flags & DUOMO_ABOVE_MINIMUM) != 0,
                           (f_.flags & DUOMO_BELOW_MAXIMUM) != 0},
                          mask);
  }

  // A column and the way to ask for it have to go together.
  void RequireMode(bool number) const {
    if (number == is_range()) return;
    Wrong(Status::kInvalidArgument, Kind::kConflict, ": \"", f_.input,
          number ? "\" is a number: give a range of it, with DUOMO_RANGE"
                 : "\" has listed values; DUOMO_RANGE is for numbers, integers and times");
  }

  void ApplyTo(const model::Attribute& a, retrieval::RowMask& mask) {
    RequireMode(!a.listed());
    switch (a.kind) {
      case AttributeKind::kNumber:
        return Within(a.numbers, mask);
      case AttributeKind::kInteger:
      case AttributeKind::kTime:
        return Within(a.integers, mask);
      case AttributeKind::kCategory:
      case AttributeKind::kSet:
        return ApplyValues(a.rows, a.values, mask);
    }
  }

  void ApplyTo(const model::Input& input, size_t index, retrieval::RowMask& mask) {
    const bool number = input.kind == InputKind::kNumber;
    const bool fits =
        input.scope == (side_ == Side::kItem ? Scope::kItem : Scope::kUser) &&
        (number || input.kind == InputKind::kCategory || input.kind == InputKind::kCategorySet);
    if (!fits) {
      Wrong(Status::kInvalidArgument, Kind::kConflict, ": the input \"", input.name,
            "\" cannot be filtered by; a category, a set or a number of ", NameOf(side_), "s can");
    }
    RequireMode(number);
    const model::FeatureView& view = model_.side(side_).features.inputs[index];
    if (number) return Within(view.numbers, mask);
    const auto vocabulary = static_cast<uint32_t>(input.vocabulary);
    ApplyValues(view, model_.vocabulary(vocabulary), mask);
  }

  void ApplyValues(const model::FeatureView& view, const model::KeyIndex& vocabulary,
                   retrieval::RowMask& mask) {
    FindValues(vocabulary);
    retrieval::ApplyFilter(view, vocabulary.size(), static_cast<retrieval::FilterMode>(f_.mode),
                           values_, mask);
  }

  // The vocabulary's rows of the values, into `values_`.
  void FindValues(const model::KeyIndex& vocabulary) {
    const bool strings = vocabulary.kind() == model::KeyKind::kString;
    if (strings ? f_.integers != nullptr : f_.strings != nullptr) {
      Wrong(Status::kInvalidArgument, Kind::kConflict, ": the values of \"", f_.input, "\" are ",
            strings ? "strings" : "integers");
    }
    const bool given = strings ? f_.strings != nullptr : f_.integers != nullptr;
    if (!given && f_.value_count > 0) {
      Wrong(Status::kInvalidArgument, Kind::kNull, strings ? ".strings" : ".integers",
            " is NULL, but ", f_.value_count, " values are expected");
    }
    values_.resize(f_.value_count);
    if (strings) {
      FindTexts(vocabulary);
    } else {
      FindIntegers(vocabulary);
    }
  }

  void FindIntegers(const model::KeyIndex& vocabulary) {
    for (size_t i = 0; i < f_.value_count; ++i) {
      const std::optional<uint64_t> row = vocabulary.Find(f_.integers[i]);
      if (!row && strict()) RefuseUnknown(f_.integers[i]);
      // What is beyond every row no item has.
      values_[i] = static_cast<uint32_t>(std::min<uint64_t>(row.value_or(kNoRow), kNoRow));
    }
  }

  void FindTexts(const model::KeyIndex& vocabulary) {
    AlignedVector<std::string_view> texts(f_.value_count);
    for (size_t i = 0; i < texts.size(); ++i) texts[i] = TextAt(i);
    model::FindAll(vocabulary, texts, values_.data());
    for (size_t i = 0; i < texts.size(); ++i) {
      if (values_[i] != kNoRow) continue;
      if (!IsUtf8(texts[i])) {
        Wrong(Status::kInvalidArgument, Kind::kNotUtf8, ".strings[", i, "] is not UTF-8");
      }
      if (strict()) RefuseUnknown(StrCat('"', texts[i], '"'));
    }
  }

  template <typename Value>
  [[noreturn]] void RefuseUnknown(const Value& value) const {
    Wrong(Status::kNotFound, Kind::kUnknownValue, ": \"", f_.input, "\" has no value ", value);
  }

  std::string_view TextAt(size_t i) const {
    if (f_.strings[i] == nullptr) {
      Wrong(Status::kInvalidArgument, Kind::kNull, ".strings[", i, "] is NULL");
    }
    return f_.strings[i];
  }

  const model::Model& model_;
  const Side side_;
  const duomo_filter& f_;
  const char* array_;
  const size_t position_;
  AlignedVector<uint32_t>& values_;
};

}  // namespace

void ApplyFilters(const duomo_model& model, Side side, const duomo_filter* filters, size_t n,
                  const char* name, retrieval::RowMask& mask, AlignedVector<uint32_t>& values) {
  NeedArray(filters, n, name);
  // A newer client's array has a wider stride; its first element tells.
  const auto* bytes = reinterpret_cast<const unsigned char*>(filters);
  for (size_t i = 0; i < n; ++i) {
    const size_t stride = filters->struct_size;
    const auto* filter = reinterpret_cast<const duomo_filter*>(bytes + i * stride);
    if (filter->struct_size != stride) {
      FailElement(Status::kInvalidArgument, Kind::kStructSize, name, i, ".struct_size is ",
                  filter->struct_size, ", that of the first is ", stride);
    }
    const duomo_filter known = ReadStruct(filter, "duomo_filter");
    Filter(model, side, known, name, i, values).Apply(mask);
  }
}

}  // namespace duomo::capi
