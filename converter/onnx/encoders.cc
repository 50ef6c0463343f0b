#include "converter/onnx/encoders.h"

#include <limits>

#include "core/error.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::convert {

using model::EncoderKind;
using model::InputKind;
using model::Pooling;
using onnx::Ints;
using onnx::Name;
using onnx::Names;

namespace {

// Values of Cast's attribute "to".
constexpr auto kToFloat = static_cast<int64_t>(onnx::Type::kFloat);
constexpr auto kToInt64 = static_cast<int64_t>(onnx::Type::kInt64);

const char* OpOf(model::Activation activation) {
  switch (activation) {
    case model::Activation::kTanh:
      return "Tanh";
    case model::Activation::kSigmoid:
      return "Sigmoid";
    case model::Activation::kRelu:
      return "Relu";
    case model::Activation::kIdentity:
      break;
  }
  return nullptr;
}

}  // namespace

EncoderBuilder::EncoderBuilder(const model::Model& model) : model_(model), d_(model.description()) {
  for (const model::Parameter& p : model::ParametersOf(d_)) shapes_[p.name] = p.shape;
}

// A parameter as it lies in the model; widened where that is not as floats.
Name EncoderBuilder::Parameter(const std::string& name) {
  const std::vector<uint64_t>& shape = shapes_.at(name);
  const model::Rows rows = model_.parameter(name);
  Ints dims(shape.begin(), shape.end());
  if (rows.dtype == file::DType::kF32) return View(name, dims, std::as_bytes(rows.floats()));
  std::vector<float> widened(rows.size());
  runtime::CopyRows(rows, 0, rows.count, widened.data());
  return Shared<float>(name, dims, widened);
}

Name EncoderBuilder::Activate(model::Activation activation, const Name& name, const Name& x) {
  const char* op = OpOf(activation);
  return op == nullptr ? x : Node(op, name, {x});
}

Name EncoderBuilder::Use(uint32_t index) {
  used.insert(index);
  return d_.inputs[index].name;
}

const EncoderBuilder::List& EncoderBuilder::ListOf(uint32_t index, uint32_t most) {
  const model::Input& input = d_.inputs[index];
  uint32_t limit = input.max_length;
  if (most > 0 && (limit == 0 || most < limit)) limit = most;
  auto [place, is_new] = lists_.try_emplace(std::pair(index, limit));
  if (!is_new) return place->second;
  const Name prefix = input.name + "/";
  List list;
  list.rows = Use(index);
  list.present = Node("Greater", prefix + "present", {list.rows, Integer(-1)});
  if (limit > 0) {
    // How many stand before (in a history: behind) each.
    Name ones = Node("Cast", prefix + "ones", {list.present}, {{"to", kToInt64}});
    int64_t reverse = input.kind == InputKind::kHistory ? 1 : 0;
    Name nearer = Node("CumSum", prefix + "nearer", {ones, Integer(1)},
                       {{"exclusive", int64_t{1}}, {"reverse", reverse}});
    Name within = Node("Less", prefix + "within", {nearer, Integer(limit)});
    list.present = Node("And", prefix + "counts", {list.present, within});
  }
  Name flags = Node("Cast", prefix + "flags", {list.present}, {{"to", kToFloat}});
  list.count = Node("ReduceSum", prefix + "count", {flags, Axes({1})}, {{"keepdims", int64_t{1}}});
  list.mask = Node("Unsqueeze", prefix + "mask", {flags, Axes({2})});
  return place->second = list;
}

// The embeddings of a list, zeros where nothing is: [n, m, dim].
Name EncoderBuilder::Embeddings(const model::Encoder& e, const Name& prefix) {
  auto key = std::pair(e.input, e.table);
  auto [place, is_new] = embedded_.try_emplace(key);
  if (is_new) {
    const List& list = ListOf(e.input);
    Name found = Node("Gather", prefix + "/embeddings", {Table(e), list.rows});
    place->second = Node("Mul", prefix + "/embeddings_present", {found, list.mask});
  }
  return place->second;
}

Name EncoderBuilder::Table(const model::Encoder& e) {
  return Parameter(model::TableName(d_, static_cast<uint32_t>(e.table)));
}

Name EncoderBuilder::Encode(model::Side side, const model::Encoder& e) {
  const std::string prefix = model::EncoderPrefix(d_, side, e);
  Name x;
  switch (e.kind) {
    case EncoderKind::kEmbedding:
      // −1 is the last row, the unknown one.
      x = Node("Gather", prefix + "/embedding", {Table(e), Use(e.input)});
      break;
    case EncoderKind::kBag:
    case EncoderKind::kMultiHot:
      x = Bag(e, prefix);
      break;
    case EncoderKind::kConvolution:
      x = Convolution(e, prefix);
      break;
    case EncoderKind::kNumber:
      x = Number(e, prefix);
      break;
    case EncoderKind::kAttention:
      x = Attention(e, prefix);
      break;
  }
  return Layers(prefix, e.layers, x);
}

Name EncoderBuilder::Bag(const model::Encoder& e, const std::string& prefix) {
  Name sum = Node("ReduceSum", prefix + "/sum", {Embeddings(e, prefix), Axes({1})},
                  {{"keepdims", int64_t{0}}});
  if (e.kind == EncoderKind::kMultiHot) {
    Name biased = Node("Add", prefix + "/biased", {sum, Parameter(prefix + "/bias")});
    return Activate(e.activation, prefix + "/activation", biased);
  }
  return e.pooling == Pooling::kMean ? Mean(sum, ListOf(e.input), prefix) : sum;
}

Name EncoderBuilder::Mean(const Name& sum, const List& list, const std::string& prefix) {
  Name count = Node("Max", prefix + "/count", {list.count, Scalar(1.0f)});
  return Node("Div", prefix + "/mean", {sum, count});
}

Name EncoderBuilder::Convolution(const model::Encoder& e, const std::string& prefix) {
  const List list = ListOf(e.input);
  // The convolution's form: channels before time.
  Name words =
      Node("Transpose", prefix + "/words", {Embeddings(e, prefix)}, {{"perm", Ints{0, 2, 1}}});
  Name present = Node("Unsqueeze", prefix + "/present", {list.present, Axes({1})});
  Name mask = Node("Cast", prefix + "/flags", {present}, {{"to", kToFloat}});
  Name some = Node("Greater", prefix + "/some", {list.count, Scalar(0.0f)});
  Names parts;
  for (uint32_t window : e.windows) {
    const std::string name = StrCat(prefix, "/convolution", window);
    const int64_t left = (window - 1) / 2;
    Name y = Node("Conv", name, {words, Filters(name, window, e), Parameter(name + "/bias")},
                  {{"kernel_shape", Ints{window}}, {"pads", Ints{left, window - 1 - left}}});
    y = Activate(e.activation, name + "/activation", y);
    if (e.pooling == Pooling::kMax) {
      Name lowest = Scalar(std::numeric_limits<float>::lowest());
      y = Node("Where", name + "/present", {present, y, lowest});
      y = Node("ReduceMax", name + "/maximum", {y}, {{"axes", Ints{2}}, {"keepdims", int64_t{0}}});
      y = Node("Where", name + "/pooled", {some, y, Scalar(0.0f)});
    } else {
      y = Node("Mul", name + "/present", {y, mask});
      y = Node("ReduceSum", name + "/sum", {y, Axes({2})}, {{"keepdims", int64_t{0}}});
      if (e.pooling == Pooling::kMean) y = Mean(y, list, name);
    }
    parts.push_back(y);
  }
  return Concat(prefix + "/pooled", parts);
}
// From [window · dim, filters] to [filters, dim, window].
Name EncoderBuilder::Filters(const std::string& name, uint32_t window, const model::Encoder& e) {
  const model::Rows rows = model_.parameter(name + "/weight");
  AlignedVector<float> widened;
  std::span<const float> weight(runtime::FloatsOf(rows, 0, rows.count, widened), rows.size());
  const size_t filters = e.filters, dim = weight.size() / filters / window;
  std::vector<float> turned(weight.size());
  for (size_t f = 0; f < filters; ++f) {
    for (size_t c = 0; c < dim; ++c) {
      for (size_t j = 0; j < window; ++j) {
        turned[(f * dim + c) * window + j] = weight[(j * dim + c) * filters + f];
      }
    }
  }
  Ints dims = {static_cast<int64_t>(filters), static_cast<int64_t>(dim), window};
  return Constant<float>(name + "/weight", dims, turned);
}

Name EncoderBuilder::Number(const model::Encoder& e, const std::string& prefix) {
  const model::Input& input = d_.inputs[e.input];
  Name given = Use(e.input);
  Name none = Node("IsNaN", prefix + "/none", {given});
  Name x = Node("Where", prefix + "/given", {none, Scalar(input.fallback), given});
  x = Node("Unsqueeze", prefix + "/number", {x, Axes({1})});
  std::span<const float> statistics = model_.statistics(e.input);
  if (e.normalization == model::Normalization::kStandard) {
    if (statistics.size() < 2 || !(statistics[1] > 0)) {
      x = Zero(prefix, x);
    } else {
      x = Node("Sub", prefix + "/centred", {x, Scalar(statistics[0])});
      x = Node("Div", prefix + "/standard", {x, Scalar(statistics[1])});
    }
  } else if (e.normalization == model::Normalization::kQuantile) {
    x = statistics.size() < 2 ? Zero(prefix, x) : Quantile(prefix, x, statistics);
  }
  Names parts = {x};
  if (e.square) parts.push_back(Node("Mul", prefix + "/square", {x, x}));
  if (e.root) {
    Name positive = Node("Relu", prefix + "/positive", {x});
    parts.push_back(Node("Sqrt", prefix + "/root", {positive}));
  }
  return Concat(prefix + "/numbers", parts);
}
// 0 whatever x is, infinity as well, which a product would not be.
Name EncoderBuilder::Zero(const std::string& prefix, const Name& x) {
  Name shape = Node("Shape", prefix + "/shape", {x});
  return Node("ConstantOfShape", prefix + "/zero", {shape});
}
// x's place among the quantiles, [n, 1], as model::Normalize().
Name EncoderBuilder::Quantile(const std::string& prefix, const Name& x,
                              std::span<const float> quantiles) {
  const auto n = static_cast<int64_t>(quantiles.size());
  Name all = Constant<float>(prefix + "/quantiles", {n}, quantiles);
  Name passed = Node("GreaterOrEqual", prefix + "/passed", {x, all});  // [batch, n]
  passed = Node("Cast", prefix + "/passed_integer", {passed}, {{"to", kToInt64}});
  Name above =
      Node("ReduceSum", prefix + "/above", {passed, Axes({1})}, {{"keepdims", int64_t{1}}});
  Name below = Node("Sub", prefix + "/below", {above, Integer(1)});
  // Inside the table even where x is outside: what is read there is not used.
  Name low_row = Node("Clip", prefix + "/low_row", {below, Integer(0), Integer(n - 2)});
  Name high_row = Node("Add", prefix + "/high_row", {low_row, Integer(1)});
  Name low = Node("Gather", prefix + "/low", {all, low_row});
  Name high = Node("Gather", prefix + "/high", {all, high_row});
  Name rise = Node("Sub", prefix + "/rise", {x, low});
  Name width = Node("Sub", prefix + "/width", {high, low});
  Name fraction = Node("Div", prefix + "/fraction", {rise, width});
  Name row = Node("Cast", prefix + "/row", {low_row}, {{"to", kToFloat}});
  Name place = Node("Add", prefix + "/place", {row, fraction});
  place = Node("Div", prefix + "/place_of_1", {place, Scalar(static_cast<float>(n - 1))});
  Name first = Node("Less", prefix + "/before_first", {above, Integer(1)});
  Name last = Node("Equal", prefix + "/behind_last", {above, Integer(n)});
  place = Node("Where", prefix + "/at_least", {first, Scalar(0.0f), place});
  return Node("Where", prefix + "/at_most", {last, Scalar(1.0f), place});
}

Name EncoderBuilder::Layers(const std::string& prefix, const std::vector<model::Dense>& layers,
                            Name x) {
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string name = StrCat(prefix, "/dense", i);
    x = Node("Gemm", name, {x, Parameter(name + "/weight"), Parameter(name + "/bias")});
    x = Activate(layers[i].activation, name + "/activation", x);
  }
  return x;
}

}  // namespace duomo::convert
