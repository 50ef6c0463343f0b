// Sets, texts and histories in an ONNX graph: embeddings of many rows, pooled to one vector.
#include <cmath>

#include "converter/onnx/parts.h"

namespace duomo::convert {

using model::EncoderKind;
using model::Pooling;
using onnx::Bindings;
using onnx::Node;
using onnx::Pattern;
using onnx::Tensor;

namespace {

// What stands for −∞ under a maximum.
constexpr double kVeryLow = -1e4;

bool IsVeryLow(const Tensor* constant) {
  auto number = constant == nullptr ? std::nullopt : onnx::ScalarOf(*constant);
  return number && *number <= kVeryLow;
}

// Of a layer's output with a maximum over time, both of which never decrease, the order is free.
std::optional<model::Activation> ActivationOf(const std::string& op) {
  if (op == "Tanh") return model::Activation::kTanh;
  if (op == "Relu") return model::Activation::kRelu;
  if (op == "Sigmoid") return model::Activation::kSigmoid;
  return std::nullopt;
}

}  // namespace

std::optional<PartFinder::Mask> PartFinder::MaskOf(Value value, int64_t axis) {
  Step step(*this, value);
  bool flipped = false, moved = false;
  while (const Node* node = view_.Maker(value)) {
    if (node->op == "Cast" && node->inputs.size() == 1) {
      value = node->inputs[0];
    } else if (node->op == "Not" && node->inputs.size() == 1) {
      flipped = !flipped;
      value = node->inputs[0];
    } else if (node->op == "Unsqueeze" && node->inputs.size() == 1 && !moved && axis >= 0) {
      // Of three dimensions, then.
      auto axes = onnx::IntsOf(*node, "axes");
      if (axes.size() != 1 || (axes[0] != axis && axes[0] != axis - 3)) return std::nullopt;
      moved = true;
      value = node->inputs[0];
    } else {
      break;
    }
  }
  if (axis >= 0 && !moved) return std::nullopt;
  struct Spelling {
    Pattern pattern;
    bool present;
  };
  static const Spelling kSpellings[] = {
      {Pattern("Greater(rows, -1)"), true}, {Pattern("GreaterOrEqual(rows, 0)"), true},
      {Pattern("Less(rows, 0)"), false},    {Pattern("LessOrEqual(rows, -1)"), false},
      {Pattern("Equal(rows, -1)"), false},
  };
  for (const Spelling& s : kSpellings) {
    Bindings found;
    if (!view_.Matches(value, s.pattern, found)) continue;
    auto input = RowsInput(found["rows"], 2);
    if (!input) return std::nullopt;
    return Mask{*input, 0, s.present != flipped};
  }
  // Only so many from one end.
  for (bool reverse : {false, true}) {
    static const Pattern kLimits[] = {
        Pattern("And(some, Less(CumSum[exclusive=1;reverse=0](Cast(some), 1), $limit))"),
        Pattern("And(some, Less(CumSum[exclusive=1;reverse=1](Cast(some), 1), $limit))")};
    Bindings found;
    if (!view_.Matches(value, kLimits[reverse ? 1 : 0], found)) continue;
    auto mask = MaskOf(found["some"], -1);
    auto limit = onnx::ScalarOf(*view_.Constant(found["limit"]));
    if (!mask || !mask->present || mask->max_length > 0 || flipped) return std::nullopt;
    if (!limit || !(*limit >= 1 && *limit <= UINT32_MAX)) return std::nullopt;
    bool is_history = like_.inputs[mask->input].kind == model::InputKind::kHistory;
    if (is_history != reverse)
      FailAt(value, "texts and sets keep their beginning, histories their end");
    mask->max_length = static_cast<uint64_t>(*limit);
    return mask;
  }
  return std::nullopt;
}

bool PartFinder::IsCountOf(Value value, uint32_t input) {
  Step step(*this, value);
  static const Pattern kAtLeastOne[] = {Pattern("Max(count, 1)"), Pattern("Clip(count, 1)"),
                                        Pattern("Clip(count, 1, $most)")};
  for (const Pattern& pattern : kAtLeastOne) {
    Bindings found;
    if (!view_.Matches(value, pattern, found)) continue;
    return IsCountOf(view_.Resolve(found["count"]), input);
  }
  static const Pattern kCounts[] = {
      Pattern("ReduceSum[axes=1|-1;keepdims=1](mask)"),
      Pattern("Unsqueeze[axes=1|-1](ReduceSum[axes=1|-1;keepdims=0](mask))")};
  for (const Pattern& pattern : kCounts) {
    Bindings found;
    if (!view_.Matches(value, pattern, found)) continue;
    auto mask = MaskOf(found["mask"], -1);
    return mask && mask->present && mask->input == input;
  }
  return false;
}

std::optional<PartFinder::ListFound> PartFinder::ListOf(Value value) {
  Step step(*this, value);
  Bindings found;
  static const Pattern kGather("Gather[axis=0]($table, rows)");
  if (view_.Matches(value, kGather, found)) {
    auto input = RowsInput(found["rows"], 2);
    if (!input) return std::nullopt;
    ListFound out;
    out.part.encoder.input = *input;
    out.part.table.constant = view_.Resolve(found["table"]);
    return out;
  }
  struct Spelling {
    Pattern pattern;
    bool present;  // what the mask says where the embedding stays
  };
  static const Spelling kMasked[] = {{Pattern("Mul(embeddings, mask)"), true},
                                     {Pattern("Mul(mask, embeddings)"), true},
                                     {Pattern("Where(mask, embeddings, 0)"), true},
                                     {Pattern("Where(mask, 0, embeddings)"), false}};
  for (const Spelling& s : kMasked) {
    found.clear();
    const Node* node = view_.Maker(value);
    if (node == nullptr || !view_.Matches(value, s.pattern, found)) continue;
    // Either may be the mask of a product.
    auto mask = MaskOf(found["mask"], 2);
    if (!mask || mask->present != s.present) {
      if (node->op != "Mul") continue;
      std::swap(found["mask"], found["embeddings"]);
      mask = MaskOf(found["mask"], 2);
      if (!mask || !mask->present) continue;
    }
    auto list = ListOf(found["embeddings"]);
    if (!list || list->masked || list->part.encoder.input != mask->input) return std::nullopt;
    list->masked = true;
    list->part.max_length = mask->max_length;
    return list;
  }
  return std::nullopt;
}

std::optional<PartFound> PartFinder::BagSumOf(Value value) {
  static const Pattern kSum("ReduceSum[axes=1|-2;keepdims=0](embeddings)");
  Bindings found;
  if (!view_.Matches(value, kSum, found)) return std::nullopt;
  auto list = ListOf(found["embeddings"]);
  if (!list) return std::nullopt;
  list->part.encoder.kind = EncoderKind::kBag;
  list->part.encoder.pooling = Pooling::kSum;
  return list->part;
}

std::optional<PartFound> PartFinder::PooledOf(Value value) {
  if (auto sum = BagSumOf(value)) return sum;
  Bindings found;
  static const Pattern kMean("Div(sum, count)");
  if (view_.Matches(value, kMean, found)) {
    auto part = BagSumOf(found["sum"]);
    if (part && IsCountOf(found["count"], part->encoder.input)) {
      part->encoder.pooling = Pooling::kMean;
      return part;
    }
  }
  static const Pattern kWholeMean("ReduceMean[axes=1|-2;keepdims=0](embeddings)");
  found.clear();
  if (view_.Matches(value, kWholeMean, found)) {
    auto list = ListOf(found["embeddings"]);
    if (list && !list->masked) {
      list->part.encoder.kind = EncoderKind::kBag;
      list->part.encoder.pooling = Pooling::kMean;
      return list->part;
    }
  }
  return ConvolvedOf(value);
}

std::optional<PartFound> PartFinder::ConvolvedOf(Value value) {
  Step step(*this, value);
  // An empty text has nothing to take the maximum of.
  static const Pattern kIfAny("Where(Greater(count, 0), pooled, 0)");
  Bindings found;
  if (view_.Matches(value, kIfAny, found)) {
    auto part = ConvolvedOf(found["pooled"]);
    if (!part || !IsCountOf(found["count"], part->encoder.input)) return std::nullopt;
    return part;
  }
  static const Pattern kMaxima[] = {Pattern("ReduceMax[axes=2|-1;keepdims=0](y)"),
                                    Pattern("Squeeze[axes=2|-1](GlobalMaxPool(y))"),
                                    Pattern("Flatten(GlobalMaxPool(y))"),
                                    Pattern("Squeeze[axes=2|-1](ReduceMax[axes=2|-1](y))")};
  for (const Pattern& pattern : kMaxima) {
    found.clear();
    if (!view_.Matches(value, pattern, found)) continue;
    Value y = view_.Resolve(found["y"]);
    Bindings where;
    static const Pattern kMasked("Where(mask, a, b)");
    std::optional<Mask> mask;
    if (view_.Matches(y, kMasked, where)) {
      mask = MaskOf(where["mask"], 1);
      if (!mask) return std::nullopt;
      y = mask->present ? where["a"] : where["b"];
      if (!IsVeryLow(view_.Constant(mask->present ? where["b"] : where["a"]))) return std::nullopt;
    }
    // `y` may be a view into `where`.
    auto part = ConvolutionOf(std::string(y));
    if (!part || (mask && mask->input != part->encoder.input)) return std::nullopt;
    part->encoder.pooling = Pooling::kMax;
    return part;
  }
  static const Pattern kSum("ReduceSum[axes=2|-1;keepdims=0](y)");
  static const Pattern kWholeMean("ReduceMean[axes=2|-1;keepdims=0](y)");
  static const Pattern kMasked("Mul(y, mask)");
  found.clear();
  const bool is_mean = view_.Matches(value, kWholeMean, found);
  if (is_mean || view_.Matches(value, kSum, found)) {
    std::string y = found["y"];
    Bindings product;
    std::optional<Mask> mask;
    if (!is_mean && view_.Matches(y, kMasked, product)) {
      mask = MaskOf(product["mask"], 1);
      y = product["y"];
      if (!mask) {
        mask = MaskOf(product["y"], 1);
        y = product["mask"];
      }
      if (!mask || !mask->present) return std::nullopt;
    }
    auto part = ConvolutionOf(y);
    if (!part || (mask && mask->input != part->encoder.input)) return std::nullopt;
    part->encoder.pooling = is_mean ? Pooling::kMean : Pooling::kSum;
    return part;
  }
  static const Pattern kMean("Div(sum, count)");
  found.clear();
  if (view_.Matches(value, kMean, found)) {
    auto part = ConvolvedOf(found["sum"]);
    if (!part || part->encoder.pooling != Pooling::kSum) return std::nullopt;
    if (!IsCountOf(found["count"], part->encoder.input)) return std::nullopt;
    part->encoder.pooling = Pooling::kMean;
    return part;
  }
  return std::nullopt;
}

std::optional<PartFound> PartFinder::ConvolutionOf(Value value) {
  Step step(*this, value);
  const Node* node = view_.Maker(value);
  if (node == nullptr) return std::nullopt;
  if (auto activation = ActivationOf(node->op)) {
    auto part = ConvolutionOf(node->inputs.at(0));
    if (!part || part->encoder.activation != model::Activation::kIdentity) return std::nullopt;
    part->encoder.activation = *activation;
    return part;
  }
  if (node->op != "Conv") return std::nullopt;
  Bindings found;
  static const Pattern kBiased("Conv(Transpose[perm=0.2.1](embeddings), $weight, $bias)");
  static const Pattern kPlain("Conv(Transpose[perm=0.2.1](embeddings), $weight)");
  bool biased = view_.Matches(value, kBiased, found);
  if (!biased && !view_.Matches(value, kPlain, found)) {
    FailAt(*node, "a convolution is one over the embeddings of a text, transposed to [n, dim, m]");
  }
  auto list = ListOf(found["embeddings"]);
  if (!list) FailAt(*node, "its input is no embedding of a list of rows");

  const Tensor& weight = *view_.Constant(found["weight"]);
  if (weight.dims.size() != 3) FailAt(*node, "its weight is not [filters, dim, window]");
  const auto filters = static_cast<size_t>(weight.dims[0]),
             dim = static_cast<size_t>(weight.dims[1]),
             window = static_cast<size_t>(weight.dims[2]);
  if (filters == 0 || dim == 0 || window == 0 || window > UINT32_MAX || filters > UINT32_MAX) {
    FailAt(*node, "its weight is empty");
  }
  auto is = [&](const char* attribute, const std::vector<int64_t>& expected) {
    auto ints = onnx::IntsOf(*node, attribute);
    return ints.empty() || ints == expected;
  };
  const auto left = static_cast<int64_t>((window - 1) / 2);
  std::vector<int64_t> pads = onnx::IntsOf(*node, "pads");
  if (pads.empty()) pads = {0, 0};
  if (!is("strides", {1}) || !is("dilations", {1}) || !is("group", {1}) ||
      pads != std::vector<int64_t>{left, static_cast<int64_t>(window) - 1 - left}) {
    FailAt(*node,
           "a convolution moves by one word and gives as many outputs as there are words: "
           "stride, dilation and group 1, (window - 1) / 2 words of padding before and the "
           "rest behind");
  }
  WindowFound out;
  out.size = static_cast<uint32_t>(window);
  std::vector<float> turned = Weights(weight);
  out.weight.resize(turned.size());
  for (size_t f = 0; f < filters; ++f) {
    for (size_t c = 0; c < dim; ++c) {
      for (size_t j = 0; j < window; ++j) {
        out.weight[(j * dim + c) * filters + f] = turned[(f * dim + c) * window + j];
      }
    }
  }
  out.bias.assign(filters, 0.0f);
  if (biased) out.bias = Weights(*view_.Constant(found["bias"]));
  if (out.bias.size() != filters) FailAt(*node, "its bias has not one number a filter");
  PartFound part = list->part;
  part.encoder.kind = EncoderKind::kConvolution;
  part.encoder.filters = static_cast<uint32_t>(filters);
  part.encoder.windows = {out.size};
  part.windows.push_back(std::move(out));
  return part;
}

}  // namespace duomo::convert
