// The head and the output in an ONNX graph: from towers to the prediction.
#include "converter/onnx/parts.h"

namespace duomo::convert {

using onnx::Bindings;
using onnx::Node;
using onnx::Pattern;
using onnx::Tensor;

namespace {

constexpr int kMostColumns = 2;  // of biases; what is inside of them is a part of the tower

}  // namespace

// A column [n, 1] that is a value's own bias, and a constant where there is one.
std::optional<ColumnFound> PartFinder::BiasOf(Value value) {
  Bindings found;
  ColumnFound column;
  static const Pattern kSum("Add(bias, $constant)");
  std::string bias(value);
  if (view_.Matches(value, kSum, found)) {
    auto constant = onnx::ScalarOf(*view_.Constant(found["constant"]));
    if (!constant) return std::nullopt;
    column.constant = static_cast<float>(*constant);
    bias = found["bias"];
  }
  auto part = EmbeddingOf(bias);
  if (!part) return std::nullopt;
  const Tensor& table = *view_.Constant(part->table.constant);
  if (table.dims.size() != 2 || table.dims[1] != 1) return std::nullopt;
  column.input = static_cast<int32_t>(part->encoder.input);
  column.table = part->table;
  return column;
}

VectorFound PartFinder::SideOf(Value value, int columns) {
  Step step(*this, value);
  static const Pattern kUnit[] = {
      Pattern("Div(x, Max(ReduceL2[axes=1|-1;keepdims=1](x), $tiny))"),
      Pattern("Div(x, Clip(ReduceL2[axes=1|-1;keepdims=1](x), $tiny))"),
      Pattern("Div(x, Clip(ReduceL2[axes=1|-1;keepdims=1](x), $tiny, $huge))"),
      Pattern("Div(x, ReduceL2[axes=1|-1;keepdims=1](x))"),
      Pattern("Div(x, Expand(Max(ReduceL2[axes=1|-1;keepdims=1](x), $tiny), Shape(x)))"),
      Pattern("Div(x, Expand(Clip(ReduceL2[axes=1|-1;keepdims=1](x), $tiny), Shape(x)))"),
      Pattern("Div(x, Expand(ReduceL2[axes=1|-1;keepdims=1](x), Shape(x)))"),
      Pattern("LpNormalization[axis=1|-1](x)")};
  for (const Pattern& pattern : kUnit) {
    Bindings found;
    if (!view_.Matches(value, pattern, found)) continue;
    VectorFound v = VectorOf(found["x"]);
    v.unit = true;
    return v;
  }
  if (columns == kMostColumns) return VectorOf(value);
  Bindings found;
  static const Pattern kConstantColumn("Pad(x, $pads, $constant)");
  if (view_.Matches(value, kConstantColumn, found)) {
    auto constant = onnx::ScalarOf(*view_.Constant(found["constant"]));
    if (onnx::FloatsOf(*view_.Constant(found["pads"])) != std::vector<float>{0, 0, 0, 1} ||
        !constant) {
      FailAt(value, "padding adds one column of a constant to a vector");
    }
    VectorFound v = SideOf(found["x"], columns + 1);
    v.columns.push_back({static_cast<float>(*constant), -1, {}});
    return v;
  }
  static const Pattern kOwnColumn("Concat[axis=1|-1](x, bias)");
  found.clear();
  if (view_.Matches(value, kOwnColumn, found)) {
    const Node* before = view_.Maker(found["x"]);
    bool is_column = columns > 0 || (before != nullptr && before->op == "Pad");
    auto bias = is_column ? BiasOf(found["bias"]) : std::nullopt;
    if (bias) {
      VectorFound v = SideOf(found["x"], columns + 1);
      v.columns.push_back(*bias);
      return v;
    }
  }
  return VectorOf(value);
}

ScoreFound PartFinder::Core(Value value) {
  // Cosines of vectors that are not normalised before: (a·b) / (|a| |b|).
  static const Pattern kCosines[] = {
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Max(Sqrt(Mul(ReduceSum[axes=1|-1](Mul(a, a)), "
              "ReduceSum[axes=1|-1](Mul(b, b)))), $tiny))"),
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Clip(Sqrt(Mul(ReduceSum[axes=1|-1](Mul(a, a)), "
              "ReduceSum[axes=1|-1](Mul(b, b)))), $tiny))"),
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Sqrt(Clip(Mul(ReduceSum[axes=1|-1](Mul(a, a)), "
              "ReduceSum[axes=1|-1](Mul(b, b))), $tiny, $huge)))"),
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Sqrt(Mul(ReduceSum[axes=1|-1](Mul(a, a)), "
              "ReduceSum[axes=1|-1](Mul(b, b)))))"),
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Max(Mul(ReduceL2[axes=1|-1](a), "
              "ReduceL2[axes=1|-1](b)), $tiny))"),
      Pattern("Div(ReduceSum[axes=1|-1](Mul(a, b)), Mul(ReduceL2[axes=1|-1](a), "
              "ReduceL2[axes=1|-1](b)))"),
      Pattern(
          "ReduceSum[axes=1|-1](Mul(Div(a, Expand(Max(ReduceL2[axes=1|-1;keepdims=1](a), $tiny), "
          "Shape(a))), Div(b, Expand(Max(ReduceL2[axes=1|-1;keepdims=1](b), $tiny), Shape(b)))))")};
  ScoreFound out;
  for (const Pattern& pattern : kCosines) {
    Bindings found;
    if (!view_.Matches(value, pattern, found)) continue;
    out.left = VectorOf(found["a"]);
    out.right = VectorOf(found["b"]);
    out.cosine = true;
    return out;
  }
  static const Pattern kDot("ReduceSum[axes=1|-1](Mul(a, b))");
  Bindings found;
  if (view_.Matches(value, kDot, found)) {
    out.left = SideOf(found["a"]);
    out.right = SideOf(found["b"]);
    if (out.left.unit != out.right.unit) {
      FailAt(value, "one of the two vectors is divided by its length and the other is not");
    }
    out.cosine = out.left.unit;
    return out;
  }
  out.joint = true;
  out.left = VectorOf(value);
  if (out.left.layers.empty() || out.left.layers.back().units != 1 ||
      out.left.layers.back().activation != model::Activation::kIdentity) {
    FailAt(value, "a prediction comes from two vectors' product, or a last layer with one unit");
  }
  return out;
}

ScoreFound PartFinder::ScoreOf(Value value) {
  Step step(*this, value);
  Bindings found;
  auto matches = [&](const Pattern& pattern) {
    found.clear();
    return view_.Matches(value, pattern, found);
  };
  // [n, 1] to [n], or a copy.
  static const Pattern kSqueezes[] = {Pattern("Squeeze(x)"), Pattern("Squeeze[axes=1|-1](x)"),
                                      Pattern("Flatten(x)"), Pattern("Reshape(x, -1)")};
  for (const Pattern& pattern : kSqueezes) {
    if (matches(pattern)) return ScoreOf(found["x"]);
  }
  static const Pattern kClip("Clip(x, -1, 1)");
  if (matches(kClip)) {
    ScoreFound s = ScoreOf(found["x"]);
    if (!s.cosine || !s.factors.empty() || s.offset != 0 || s.kind != model::OutputKind::kLinear) {
      FailAt(value, "only a cosine is clipped to its range");
    }
    return s;
  }
  struct Arithmetic {
    Pattern pattern;
    char op;
  };
  static const Arithmetic kArithmetic[] = {{Pattern("Mul(x, $c)"), '*'},
                                           {Pattern("Div(x, $c)"), '/'},
                                           {Pattern("Add(x, $c)"), '+'},
                                           {Pattern("Sub(x, $c)"), '-'}};
  for (const Arithmetic& s : kArithmetic) {
    if (!matches(s.pattern)) continue;
    auto constant = onnx::ScalarOf(*view_.Constant(found["c"]));
    if (!constant) break;  // a layer's bias
    ScoreFound score = ScoreOf(found["x"]);
    double c = s.op == '/' ? 1 / *constant : s.op == '-' ? -*constant : *constant;
    const bool is_head = score.kind == model::OutputKind::kLinear;
    if (s.op == '+' || s.op == '-') {
      (is_head ? score.offset : score.shift) += c;
    } else if (is_head) {
      score.factors.push_back(c);
      score.offset *= c;
    } else {
      score.scale *= c;
      score.shift *= c;
    }
    return score;
  }
  for (bool exponential : {true, false}) {
    static const Pattern kExp("Exp(x)"), kSigmoid("Sigmoid(x)");
    if (!matches(exponential ? kExp : kSigmoid)) continue;
    ScoreFound score = ScoreOf(found["x"]);
    if (score.kind != model::OutputKind::kLinear)
      FailAt(value, "an output has one of Exp and Sigmoid");
    score.kind = exponential ? model::OutputKind::kExponential : model::OutputKind::kSigmoid;
    return score;
  }
  // A bias of a user or an item beside the product.
  static const Pattern kSum("Add(a, b)");
  if (matches(kSum)) {
    for (auto [x, bias] : {std::pair(found["a"], found["b"]), std::pair(found["b"], found["a"])}) {
      Bindings squeezed;
      for (const Pattern& pattern : kSqueezes) {
        if (!view_.Matches(bias, pattern, squeezed)) continue;
        bias = squeezed["x"];
        break;
      }
      auto column = BiasOf(bias);
      if (!column) continue;
      ScoreFound score = ScoreOf(x);
      if (score.joint || score.cosine || !score.factors.empty() ||
          score.kind != model::OutputKind::kLinear) {
        FailAt(value, "a bias is added to the product of two vectors");
      }
      score.biases.push_back(*column);
      return score;
    }
  }
  return Core(value);
}

}  // namespace duomo::convert
