// Vectors in an ONNX graph: encoders, dense layers and concatenations of them.
#include <algorithm>

#include "converter/onnx/parts.h"
#include "core/error.h"

namespace duomo::convert {

using model::Activation;
using model::EncoderKind;
using onnx::Bindings;
using onnx::Node;
using onnx::Pattern;
using onnx::Tensor;

namespace {

// Deeper graphs than any network; and how often parts of one may be walked, since values are
// shared.
constexpr int kMostDepth = 300;
constexpr size_t kMostSteps = 100'000;

// Of a bias: [n], [1, n] or a scalar for one unit.
bool IsRow(const Tensor& t) {
  for (size_t i = 0; i + 1 < t.dims.size(); ++i) {
    if (t.dims[i] != 1) return false;
  }
  return true;
}

}  // namespace

PartFinder::Step::Step(PartFinder& finder, Value value) : finder_(finder) {
  if (++finder.depth_ > kMostDepth || ++finder.steps_ > kMostSteps) {
    finder.FailAt(value, "the graph around it is deeper or more entangled than networks are");
  }
}

std::vector<float> PartFinder::Weights(const Tensor& tensor) {
  if (copied_ == 0) {
    for (const Tensor& t : graph_.constants) may_copy_ += t.bytes().size() + 64;
    may_copy_ *= 4;
  }
  copied_ += tensor.bytes().size();
  if (copied_ > may_copy_) {
    Fail(Status::kUnsupported, "tensor \"", tensor.name, "\" stands in too many layers");
  }
  return onnx::FloatsOf(tensor);
}

uint32_t PartFinder::InputOf(const onnx::Value& value) const {
  auto renamed = names_.find(value.name);
  const std::string& name = renamed == names_.end() ? value.name : renamed->second;
  std::string possible;
  for (uint32_t i = 0; i < like_.inputs.size(); ++i) {
    if (like_.inputs[i].name == name) return i;
    possible += StrCat(possible.empty() ? "" : ", ", like_.inputs[i].name);
  }
  Fail(Status::kInvalidArgument, "the graph's input \"", value.name, "\"",
       name == value.name ? "" : StrCat(", renamed to \"", name, "\","),
       " is none of the model that supplies users and items; name it one of ", possible);
}

std::optional<uint32_t> PartFinder::RowsInput(Value value, size_t rank) const {
  const onnx::Value* input = view_.Input(value);
  if (input == nullptr || input->dims.size() != rank) return std::nullopt;
  if (input->type != onnx::Type::kInt64 && input->type != onnx::Type::kInt32) return std::nullopt;
  uint32_t index = InputOf(*input);
  model::InputKind kind = like_.inputs[index].kind;
  bool is_list = kind != model::InputKind::kCategory;
  if (kind == model::InputKind::kNumber || is_list != (rank == 2)) {
    Fail(Status::kInvalidArgument, "the graph's input \"", input->name, "\" has ", rank,
         " dimensions of rows, which the input of the model that supplies users and items has not");
  }
  return index;
}

std::optional<uint32_t> PartFinder::FloatInput(Value value, size_t rank) const {
  const onnx::Value* input = view_.Input(value);
  if (input == nullptr || input->dims.size() != rank || input->type != onnx::Type::kFloat) {
    return std::nullopt;
  }
  return InputOf(*input);
}

void PartFinder::FailAt(Value value, std::string_view why) const {
  if (const Node* node = view_.Maker(value)) FailAt(*node, why);
  Fail(Status::kUnsupported, "the value \"", value, "\" cannot be expressed: ", why);
}

void PartFinder::FailAt(const Node& node, std::string_view why) const {
  std::string inputs;
  for (const std::string& input : node.inputs) {
    inputs += StrCat(inputs.empty() ? "\"" : ", \"", input, "\"");
  }
  Fail(Status::kUnsupported, "node \"", node.name, "\" (", node.op, " of ", inputs,
       ") cannot be expressed: ", why);
}

VectorFound PartFinder::VectorOf(Value value) {
  Step step(*this, value);
  // What is made of a list or a number first: those nodes mean something else elsewhere.
  std::optional<PartFound> part = PooledOf(value);
  if (!part) part = AttentionOf(value);
  if (!part) part = NumberOf(value);
  if (!part) part = EmbeddingOf(value);
  if (part) return {{std::move(*part)}, {}, false, {}};
  const Node* node = view_.Maker(value);
  if (node == nullptr) {
    FailAt(value, "rows need an embedding, lists need pooling, and numbers are [n, 1]");
  }
  if (node->inputs.empty()) FailAt(*node, "it reads nothing");
  if (node->op == "Gemm" || node->op == "MatMul") return Linear(*node);
  if (node->op == "Add") return Sum(*node);
  if (node->op == "Concat") return Concatenation(*node);
  static const std::pair<const char*, Activation> kActivations[] = {
      {"Tanh", Activation::kTanh}, {"Sigmoid", Activation::kSigmoid}, {"Relu", Activation::kRelu}};
  for (auto [op, activation] : kActivations) {
    if (node->op != op) continue;
    VectorFound v = VectorOf(node->inputs[0]);
    Activate(v, activation, *node);
    return v;
  }
  FailAt(*node,
         "as a part of a tower; there are Gather, Gemm, MatMul, Add, Tanh, Sigmoid, Relu, "
         "Concat, pooled lists and normalised numbers");
}

std::optional<PartFound> PartFinder::EmbeddingOf(Value value) {
  static const Pattern kGather("Gather[axis=0]($table, row)");
  Bindings found;
  if (!view_.Matches(value, kGather, found)) return std::nullopt;
  auto input = RowsInput(found["row"], 1);
  if (!input) return std::nullopt;
  PartFound part;
  part.encoder.input = *input;
  part.encoder.kind = EncoderKind::kEmbedding;
  part.table.constant = found["table"];
  return part;
}

VectorFound PartFinder::Linear(const Node& node) {
  if (node.inputs.size() < 2) FailAt(node, "it has no weight");
  const Tensor* weight = view_.Constant(node.inputs[1]);
  if (weight == nullptr || weight->dims.size() != 2) {
    FailAt(node, "a dense layer's weight is a constant with two dimensions");
  }
  const bool is_gemm = node.op == "Gemm";
  const bool transposed = is_gemm && onnx::IntsOf(node, "transB") == std::vector<int64_t>{1};
  if (is_gemm && (onnx::IntsOf(node, "transA") != std::vector<int64_t>{0} ||
                  onnx::FloatOf(node, "alpha", 1) != 1 || onnx::FloatOf(node, "beta", 1) != 1)) {
    FailAt(node, "a dense layer has alpha 1, beta 1 and an input that is not transposed");
  }
  LayerFound layer;
  layer.in = static_cast<uint64_t>(weight->dims[transposed ? 1 : 0]);
  layer.units = static_cast<uint64_t>(weight->dims[transposed ? 0 : 1]);
  layer.bias.assign(layer.units, 0.0f);
  if (is_gemm && node.inputs.size() == 3) {
    const Tensor* bias = view_.Constant(node.inputs[2]);
    if (bias == nullptr || !IsRow(*bias)) FailAt(node, "a dense layer's bias is a constant row");
    layer.bias = Weights(*bias);
    if (layer.bias.size() != layer.units) FailAt(node, "its bias has not one number a unit");
  }
  // A set as a multi-hot vector: its weight is a table.
  auto input = FloatInput(node.inputs[0], 2);
  if (input && like_.inputs[*input].kind == model::InputKind::kCategorySet) {
    PartFound part;
    part.encoder.input = *input;
    part.encoder.kind = EncoderKind::kMultiHot;
    part.table = {weight->name, transposed};
    part.bias = layer.bias;
    return {{std::move(part)}, {}, false, {}};
  }
  VectorFound v = VectorOf(node.inputs[0]);
  std::vector<float> values = Weights(*weight);
  if (transposed) {
    layer.weight.resize(values.size());
    for (size_t i = 0; i < layer.in; ++i) {
      for (size_t j = 0; j < layer.units; ++j) {
        layer.weight[i * layer.units + j] = values[j * layer.in + i];
      }
    }
  } else {
    layer.weight = std::move(values);
  }
  v.layers.push_back(std::move(layer));
  return v;
}

VectorFound PartFinder::Sum(const Node& node) {
  if (node.inputs.size() != 2) FailAt(node, "it has not two inputs");
  for (size_t i = 0; i < 2; ++i) {
    const Tensor* bias = view_.Constant(node.inputs[i]);
    if (bias == nullptr) continue;
    if (!IsRow(*bias)) FailAt(node, "what is added to a layer is a constant row");
    VectorFound v = VectorOf(node.inputs[1 - i]);
    AddBias(v, Weights(*bias), node);
    return v;
  }
  // x U + y V = [x y] [U V]
  VectorFound x = VectorOf(node.inputs[0]), y = VectorOf(node.inputs[1]);
  auto is_product = [](const VectorFound& v) {
    return !v.layers.empty() && v.layers.back().activation == Activation::kIdentity;
  };
  if (!is_product(x) || !is_product(y) || x.layers.back().units != y.layers.back().units) {
    FailAt(node, "what is added up are products with weights, of one width");
  }
  LayerFound u = std::move(x.layers.back()), v = std::move(y.layers.back());
  x.layers.pop_back();
  y.layers.pop_back();
  VectorFound out;
  out.parts = Encoders(std::move(x), node);
  for (PartFound& part : Encoders(std::move(y), node)) out.parts.push_back(std::move(part));
  u.in += v.in;
  u.weight.insert(u.weight.end(), v.weight.begin(), v.weight.end());
  for (size_t i = 0; i < u.bias.size(); ++i) u.bias[i] += v.bias[i];
  out.layers.push_back(std::move(u));
  return out;
}

void PartFinder::AddBias(VectorFound& v, const std::vector<float>& bias, const Node& node) {
  PartFound* part = v.parts.size() == 1 ? v.parts.data() : nullptr;
  if (v.layers.empty() && part != nullptr && part->encoder.kind == EncoderKind::kBag &&
      part->encoder.pooling == model::Pooling::kSum) {
    part->encoder.kind = EncoderKind::kMultiHot;
    part->encoder.pooling = model::Pooling::kMax;  // as descriptions have it where it says nothing
    part->bias = bias;
    return;
  }
  std::vector<float>* own = nullptr;
  if (!v.layers.empty() && v.layers.back().activation == Activation::kIdentity) {
    own = &v.layers.back().bias;
  } else if (v.layers.empty() && part != nullptr && part->encoder.kind == EncoderKind::kMultiHot &&
             part->encoder.activation == Activation::kIdentity) {
    own = &part->bias;
  }
  if (own == nullptr) FailAt(node, "a bias follows a product with weights, or the sum of a set");
  if (own->size() != bias.size()) FailAt(node, "the bias has not one number a unit");
  for (size_t i = 0; i < bias.size(); ++i) (*own)[i] += bias[i];
}

void PartFinder::Activate(VectorFound& v, Activation activation, const Node& node) {
  Activation* own = nullptr;
  if (!v.layers.empty()) {
    own = &v.layers.back().activation;
  } else if (v.parts.size() == 1) {
    PartFound& part = v.parts[0];
    // Behind a maximum as good as before it, but for what an empty text gives.
    bool pooled = part.encoder.kind == EncoderKind::kConvolution &&
                  part.encoder.pooling == model::Pooling::kMax &&
                  activation != Activation::kSigmoid;
    if (pooled || part.encoder.kind == EncoderKind::kMultiHot) own = &part.encoder.activation;
  }
  if (own == nullptr || *own != Activation::kIdentity) {
    FailAt(node,
           "an activation follows a dense layer, the sum of a set with a bias, or a "
           "convolution's maximum, and each has one");
  }
  *own = activation;
}

std::vector<PartFound> PartFinder::Encoders(VectorFound v, const Node& node) {
  if (v.layers.empty()) return std::move(v.parts);
  if (v.parts.size() != 1) {
    FailAt(node, "a concatenation with a layer of its own stands inside another; a tower has one");
  }
  auto& layers = v.parts[0].layers;
  std::move(v.layers.begin(), v.layers.end(), std::back_inserter(layers));
  return std::move(v.parts);
}

VectorFound PartFinder::Concatenation(const Node& node) {
  auto axis = onnx::IntsOf(node, "axis");
  if (axis != std::vector<int64_t>{1} && axis != std::vector<int64_t>{-1}) {
    FailAt(node, "parts are put side by side along axis 1");
  }
  VectorFound out;
  for (const std::string& input : node.inputs) {
    for (PartFound& part : Encoders(VectorOf(input), node)) {
      PartFound* last = out.parts.empty() ? nullptr : &out.parts.back();
      if (last != nullptr && Joins(*last, part)) continue;
      out.parts.push_back(std::move(part));
    }
  }
  return out;
}

// Several windows over one text, and a number with its square and root, are one encoder.
bool PartFinder::Joins(PartFound& last, PartFound& part) {
  model::Encoder &a = last.encoder, &b = part.encoder;
  if (a.kind != b.kind || a.input != b.input || !last.layers.empty() || !part.layers.empty()) {
    return false;
  }
  if (a.kind == EncoderKind::kNumber) {
    if (a.normalization != b.normalization || last.statistics != part.statistics ||
        last.fallback != part.fallback || last.role != NumberRole::kValue) {
      return false;
    }
    if (part.role == NumberRole::kSquare && !a.square && !a.root) return a.square = true;
    if (part.role == NumberRole::kRoot && !a.root) return a.root = true;
    return false;
  }
  if (a.kind != EncoderKind::kConvolution || last.table != part.table || a.pooling != b.pooling ||
      a.activation != b.activation || a.filters != b.filters ||
      last.max_length != part.max_length) {
    return false;
  }
  for (uint32_t window : b.windows) {
    if (std::find(a.windows.begin(), a.windows.end(), window) != a.windows.end()) return false;
  }
  a.windows.insert(a.windows.end(), b.windows.begin(), b.windows.end());
  std::move(part.windows.begin(), part.windows.end(), std::back_inserter(last.windows));
  return true;
}

}  // namespace duomo::convert
