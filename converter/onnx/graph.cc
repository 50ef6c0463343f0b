#include "converter/onnx/graph.h"

#include <limits>

#include "converter/onnx/encoders.h"
#include "core/error.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using model::HeadKind;
using model::InputKind;
using model::Side;
using onnx::Ints;
using onnx::Name;
using onnx::Names;
using onnx::Type;

const char* const kUserVector = "user_vector";
const char* const kItemVector = "item_vector";
const char* const kPrediction = "prediction";

// One model's graph in the making.
class NetworkBuilder : private EncoderBuilder {
 public:
  explicit NetworkBuilder(const model::Model& model) : EncoderBuilder(model) {
    graph.name = d_.name;
    for (const char* output : {kUserVector, kItemVector, kPrediction}) Reserve(output);
    for (const model::Input& input : d_.inputs) {
      if (!Reserve(input.name)) {
        Fail(Status::kUnsupported, "the model has an input \"", input.name,
             "\", which is the name of an output of the ONNX graph");
      }
    }
  }

  onnx::Graph Build(std::optional<Side> only) {
    if (model::IsJoint(d_)) {
      if (only) {
        Fail(Status::kUnsupported, "the model \"", d_.name,
             "\" has one joint tower; it has no vectors of a side");
      }
      Name x = Tower(d_.towers[0]);
      Name head = Node("Gemm", "head", {x, Parameter("head/weight"), Parameter("head/bias")});
      Output(Node("Squeeze", "head/number", {head, Axes({1})}));
    } else {
      Name user, item;
      if (only != Side::kItem) user = Vector(d_.towers[0], kUserVector);
      if (only != Side::kUser) item = Vector(d_.towers[1], kItemVector);
      if (!only) Output(Dot(user, item));
    }
    // Inputs in the description's order, whatever order they were met in.
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      if (used.contains(static_cast<uint32_t>(i))) graph.inputs.push_back(InputOf(d_.inputs[i]));
    }
    return std::move(graph);
  }

 private:
  onnx::Value InputOf(const model::Input& input) const {
    onnx::Value value;
    value.name = input.name;
    value.dims = {{0, Batch(input.scope)}};
    if (input.kind == InputKind::kNumber) {
      value.about = StrCat("NaN stands for ", input.fallback);
      return value;
    }
    const model::Vocabulary& v = d_.vocabularies[static_cast<size_t>(input.vocabulary)];
    value.type = Type::kInt64;
    // "genre: rows below 18; 18 unknown; -1 nothing; the first 8 count"
    value.about = StrCat(v.name, ": rows below ", v.size, "; ", v.size);
    if (input.kind == InputKind::kCategory) {
      value.about += " or -1 unknown";
    } else {
      value.dims.push_back({0, input.name + "_length"});
      value.about += " unknown; -1 nothing";
      if (input.max_length > 0) {
        value.about += StrCat("; the ", input.kind == InputKind::kHistory ? "last " : "first ",
                              input.max_length, " count");
      }
    }
    return value;
  }
  std::string Batch(model::Scope scope) const {
    if (model::IsJoint(d_) || scope == model::Scope::kPair) return "pairs";
    return scope == model::Scope::kUser ? "users" : "items";
  }

  // ---- Towers -------------------------------------------------------------------

  Name Tower(const model::Tower& tower) {
    Names parts;
    for (const model::Encoder& e : tower.encoders) parts.push_back(Encode(tower.side, e));
    const std::string prefix = model::TowerPrefix(tower.side);
    return Layers(prefix, tower.layers, Concat(prefix + "/concatenated", parts));
  }

  // ---- Heads ---------------------------------------------------------------------------------

  // The vector that a host sees, as an output of the graph.
  Name Vector(const model::Tower& tower, const char* name) {
    Name x = Tower(tower);
    const std::string prefix = model::TowerPrefix(tower.side);
    const model::Head& head = d_.head;
    if (head.kind == HeadKind::kCosine) {
      Name norm =
          Node("ReduceL2", prefix + "/norm", {x}, {{"axes", Ints{1}}, {"keepdims", int64_t{1}}});
      norm =
          Node("Max", prefix + "/norm_positive", {norm, Scalar(std::numeric_limits<float>::min())});
      x = Node("Div", prefix + "/unit", {x, norm});
    } else if (model::VectorWidth(d_) != model::TowerWidth(d_, tower)) {
      x = tower.side == Side::kUser
              ? Column(prefix + "/one", Bias(prefix, x, head.user_bias, head.global_bias), 1)
              : Bias(prefix, Column(prefix + "/one", x, 1), head.item_bias, false);
    }
    Named(prefix + "/vector", x, name);
    auto width = static_cast<int64_t>(model::VectorWidth(d_));
    graph.outputs.push_back({name,
                             Type::kFloat,
                             {{0, tower.side == Side::kUser ? "users" : "items"}, {width, ""}},
                             ""});
    return name;
  }
  // x with one more column, a constant.
  Name Column(const Name& name, const Name& x, float value) {
    Name pads = Shared<int64_t>("one_more_column", {4}, {0, 0, 0, 1});
    return Node("Pad", name, {x, pads, Scalar(value)});
  }
  // x with one more column, the bias of the value of an input.
  Name Bias(const std::string& prefix, const Name& x, int32_t input, bool global) {
    float constant = global ? model_.parameter("head/global_bias").floats()[0] : 0;
    if (input < 0) return Column(prefix + "/bias", x, constant);
    std::string table = StrCat("head/", prefix, "_bias");
    Name bias =
        Node("Gather", prefix + "/own_bias", {Parameter(table), Use(static_cast<uint32_t>(input))});
    if (global) bias = Node("Add", prefix + "/bias", {bias, Parameter("head/global_bias")});
    return Concat(prefix + "/biased", {x, bias});
  }

  // The head's number of two vectors.
  Name Dot(const Name& user, const Name& item) {
    Name products = Node("Mul", "head/products", {user, item});
    Name dot = Node("ReduceSum", "head/dot", {products, Axes({1})}, {{"keepdims", int64_t{0}}});
    if (d_.head.kind == HeadKind::kCosine) {
      dot = Node("Clip", "head/cosine", {dot, Scalar(-1.0f), Scalar(1.0f)});
    }
    return Scaled("head/scaled", dot, d_.head.scale);
  }
  Name Scaled(const Name& name, const Name& x, double scale) {
    return scale == 1 ? x : Node("Mul", name, {x, Scalar(scale)});
  }

  void Output(Name head) {
    const model::Output& output = d_.output;
    if (output.kind == model::OutputKind::kExponential) head = Node("Exp", "output/exp", {head});
    if (output.kind == model::OutputKind::kSigmoid)
      head = Node("Sigmoid", "output/sigmoid", {head});
    head = Scaled("output/scaled", head, output.scale);
    if (output.offset != 0) head = Node("Add", "output/moved", {head, Scalar(output.offset)});
    Named("output", head, kPrediction);
    // Broadcast: as many as there are users or items, whichever is more.
    graph.outputs.insert(graph.outputs.begin(),
                         {kPrediction, Type::kFloat, {{0, "pairs"}}, output.unit});
  }
};

}  // namespace

onnx::Graph GraphOf(const model::Model& model, std::optional<Side> tower) {
  return NetworkBuilder(model).Build(tower);
}

}  // namespace duomo::convert
