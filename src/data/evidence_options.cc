// Options of evidence as people type them.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/numbers.h"
#include "data/evidence.h"

namespace duomo::data {

std::string_view ValueKindName(ValueKind kind) {
  constexpr std::string_view kNames[] = {"none", "rating", "count"};
  return kNames[static_cast<size_t>(kind)];
}

ValueKind ParseValueKind(std::string_view text) {
  for (ValueKind kind : {ValueKind::kNone, ValueKind::kRating, ValueKind::kCount}) {
    if (text == ValueKindName(kind)) return kind;
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is none of rating, count and none");
}

bool Condition::Holds(float x) const {
  switch (sign) {
    case Sign::kAtLeast:
      return x >= value;
    case Sign::kAbove:
      return x > value;
    case Sign::kAtMost:
      return x <= value;
    case Sign::kBelow:
      return x < value;
    case Sign::kEqual:
      return x == value;
  }
  return false;
}

Condition ParseCondition(std::string_view text) {
  constexpr std::pair<std::string_view, Condition::Sign> kSigns[] = {
      {">=", Condition::Sign::kAtLeast}, {"<=", Condition::Sign::kAtMost},
      {"==", Condition::Sign::kEqual},   {">", Condition::Sign::kAbove},
      {"<", Condition::Sign::kBelow},    {"=", Condition::Sign::kEqual}};
  for (const auto& [sign, meaning] : kSigns) {
    size_t at = text.find(sign);
    if (at == text.npos) continue;
    std::string_view number = text.substr(at + sign.size());
    while (number.starts_with(' ')) number.remove_prefix(1);
    std::optional<double> value = FiniteNumber(number);
    if (!value || !std::isfinite(static_cast<float>(*value))) break;
    return {meaning, static_cast<float>(*value), std::string(text)};
  }
  Fail(Status::kInvalidArgument, '"', text,
       "\" is no condition on the rating; write for example rating>=4");
}

Repeats ParseRepeats(std::string_view text) {
  for (Repeats r : {Repeats::kSum, Repeats::kLast, Repeats::kFirst, Repeats::kKeep}) {
    if (text == RepeatsName(r)) return r;
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is none of sum, last, first and keep");
}

std::string_view RepeatsName(Repeats repeats) {
  constexpr std::string_view kNames[] = {"auto", "sum", "last", "first", "keep"};
  return kNames[static_cast<size_t>(repeats)];
}

std::vector<std::pair<std::string, double>> ParseEventWeights(std::string_view text) {
  std::vector<std::pair<std::string, double>> out;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    size_t equals = one.rfind('=');
    bool named = equals != one.npos && equals > 0;
    std::optional<double> weight = named ? FiniteNumber(one.substr(equals + 1)) : std::nullopt;
    if (!weight || *weight < 0) {
      Fail(Status::kInvalidArgument, "\"", one,
           "\" is not EVENT=WEIGHT with a weight of 0 or more, as in view=1,purchase=10");
    }
    out.emplace_back(one.substr(0, equals), *weight);
  }
  return out;
}

}  // namespace duomo::data
