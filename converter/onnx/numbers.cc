// Numbers in an ONNX graph: what stands in for a missing one, and how they are normalised.
#include <cmath>

#include "converter/onnx/parts.h"

namespace duomo::convert {

using model::Normalization;
using onnx::Bindings;
using onnx::Pattern;

std::optional<PartFound> PartFinder::GivenOf(Value value) {
  Bindings found;
  static const Pattern kColumn("Unsqueeze[axes=1|-1](number)");
  const bool is_column = view_.Matches(value, kColumn, found);
  std::string number = is_column ? found["number"] : std::string(view_.Resolve(value));
  std::optional<float> fallback;
  static const Pattern kGiven("Where(IsNaN(number), $fallback, number)");
  found.clear();
  if (view_.Matches(number, kGiven, found)) {
    auto scalar = onnx::ScalarOf(*view_.Constant(found["fallback"]));
    if (!scalar) return std::nullopt;
    fallback = static_cast<float>(*scalar);
    number = found["number"];
  }
  auto input = FloatInput(number, is_column ? 1 : 2);
  if (!input || like_.inputs[*input].kind != model::InputKind::kNumber) return std::nullopt;
  PartFound part;
  part.encoder.input = *input;
  part.encoder.kind = model::EncoderKind::kNumber;
  part.fallback = fallback;
  return part;
}

std::optional<PartFound> PartFinder::NormalizedOf(Value value) {
  if (auto given = GivenOf(value)) return given;
  auto scalar = [&](const std::string& name) { return onnx::ScalarOf(*view_.Constant(name)); };
  auto standard = [&](const std::string& x, double mean, double deviation) {
    auto part = GivenOf(x);
    if (!part || !std::isfinite(mean) || !std::isfinite(deviation) || deviation < 0) {
      return std::optional<PartFound>();
    }
    part->encoder.normalization = Normalization::kStandard;
    part->statistics = {static_cast<float>(mean), static_cast<float>(deviation)};
    return part;
  };
  Bindings found;
  static const Pattern kDivided("Div(Sub(x, $mean), $deviation)");
  static const Pattern kMultiplied("Mul(Sub(x, $mean), $factor)");
  // A deviation of 0 makes 0 of everything.
  static const Pattern kZero("ConstantOfShape(Shape(x))");
  if (view_.Matches(value, kDivided, found)) {
    auto mean = scalar(found["mean"]), deviation = scalar(found["deviation"]);
    if (mean && deviation && *deviation > 0) return standard(found["x"], *mean, *deviation);
  }
  found.clear();
  if (view_.Matches(value, kMultiplied, found)) {
    auto mean = scalar(found["mean"]), factor = scalar(found["factor"]);
    if (mean && factor && *factor > 0) return standard(found["x"], *mean, 1 / *factor);
  }
  found.clear();
  if (view_.Matches(value, kZero, found)) return standard(found["x"], 0, 0);

  // The place among quantiles, as GraphOf() writes it.
  found.clear();
  static const Pattern kPlace(
      "Where(Equal(above, $n), 1, Where(Less(above, 1), 0, Div(Add(Cast(row), Div(Sub(x, "
      "Gather($q, row)), Sub(Gather($q, Add(row, 1)), Gather($q, row)))), $last)))");
  static const Pattern kAbove("ReduceSum[axes=1|-1;keepdims=1](Cast(GreaterOrEqual(x, $q)))");
  static const Pattern kRow("Clip(Sub(above, 1), 0, $before_last)");
  if (view_.Matches(value, kPlace, found) && view_.Matches(found["above"], kAbove, found) &&
      view_.Matches(found["row"], kRow, found)) {
    std::vector<float> quantiles = Weights(*view_.Constant(found["q"]));
    auto n = static_cast<double>(quantiles.size());
    bool fits = n >= 2 && scalar(found["n"]) == n && scalar(found["last"]) == n - 1 &&
                scalar(found["before_last"]) == n - 2;
    auto part = fits ? GivenOf(found["x"]) : std::nullopt;
    if (!part) return std::nullopt;
    part->encoder.normalization = Normalization::kQuantile;
    part->statistics = quantiles;
    return part;
  }
  return std::nullopt;
}

std::optional<PartFound> PartFinder::NumberOf(Value value) {
  struct Spelling {
    Pattern pattern;
    NumberRole role;
  };
  static const Spelling kRoles[] = {{Pattern("Mul(x, x)"), NumberRole::kSquare},
                                    {Pattern("Pow(x, 2)"), NumberRole::kSquare},
                                    {Pattern("Sqrt(Relu(x))"), NumberRole::kRoot},
                                    {Pattern("Sqrt(Max(x, 0))"), NumberRole::kRoot},
                                    {Pattern("Sqrt(Clip(x, 0))"), NumberRole::kRoot}};
  for (const Spelling& s : kRoles) {
    Bindings found;
    if (!view_.Matches(value, s.pattern, found)) continue;
    auto part = NormalizedOf(found["x"]);
    if (part) part->role = s.role;
    return part;
  }
  return NormalizedOf(value);
}

}  // namespace duomo::convert
