#include "capi/limits.h"

#include <algorithm>
#include <string_view>

#include "capi/arguments.h"
#include "capi/ids.h"

namespace duomo::capi {
namespace {

using model::InputKind;
using model::Scope;
using model::Side;

constexpr const char* kLimits = "request.limits";

// The listed values of the attribute, or else the input, of that name.
retrieval::Column FindColumn(const model::Model& model, Side side, std::string_view name,
                             size_t position) {
  auto wrong = [&](Status status, Kind kind, const auto&... parts) {
    FailElement(status, kind, kLimits, position, parts...);
  };
  if (side == Side::kItem) {
    if (const model::Attribute* attribute = model.FindAttribute(name)) {
      if (attribute->listed()) return {attribute->rows, attribute->values.size()};
      wrong(Status::kInvalidArgument, Kind::kConflict, ": the attribute \"", name,
            "\" is a number; results are limited by a value of a category or set");
    }
  }
  const auto& inputs = model.description().inputs;
  auto input = std::find_if(inputs.begin(), inputs.end(),
                            [&](const model::Input& i) { return i.name == name; });
  if (input == inputs.end()) {
    wrong(Status::kNotFound, Kind::kUnknownName, ": the model has no attribute or input \"", name,
          '"');
  }
  bool listed = input->kind == InputKind::kCategory || input->kind == InputKind::kCategorySet;
  if (!listed || input->scope != (side == Side::kItem ? Scope::kItem : Scope::kUser)) {
    wrong(Status::kInvalidArgument, Kind::kConflict, ": results cannot be limited by the input \"",
          name, "\"; a category or set of ", NameOf(side), "s can");
  }
  return {model.side(side).features.inputs[static_cast<size_t>(input - inputs.begin())],
          model.vocabulary(static_cast<uint32_t>(input->vocabulary)).size()};
}

}  // namespace

AlignedVector<retrieval::Limit> ReadLimits(const duomo_model& model, Side side,
                                           const duomo_limit* limits, size_t n) {
  NeedArray(limits, n, kLimits);
  AlignedVector<retrieval::Limit> out;
  // A newer client's array has a wider stride; its first element tells.
  const auto* bytes = reinterpret_cast<const unsigned char*>(limits);
  for (size_t i = 0; i < n; ++i) {
    const size_t stride = limits->struct_size;
    const auto* given = reinterpret_cast<const duomo_limit*>(bytes + i * stride);
    if (given->struct_size != stride) {
      FailElement(Status::kInvalidArgument, Kind::kStructSize, kLimits, i, ".struct_size is ",
                  given->struct_size, ", that of the first is ", stride);
    }
    const duomo_limit limit = ReadStruct(given, "duomo_limit");
    if (limit.at_most == 0) {
      FailElement(Status::kInvalidArgument, Kind::kValue, kLimits, i,
                  ".at_most is 0, must be at least 1; a filter leaves values out");
    }
    if (limit.input == nullptr) {
      FailElement(Status::kInvalidArgument, Kind::kNull, kLimits, i, ".input is NULL");
    }
    out.push_back({FindColumn(model.model(), side, limit.input, i), limit.at_most});
  }
  return out;
}

}  // namespace duomo::capi
