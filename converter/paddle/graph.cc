#include "converter/paddle/graph.h"

#include <algorithm>
#include <cmath>

#include "converter/paddle/values.h"

namespace duomo::convert::paddle {
namespace {

using onnx::Node;

// Operators of one or two values that ONNX has under another name.
const char* ElementwiseOf(std::string_view type) {
  static const std::map<std::string_view, const char*> kNames = {
      {"tanh", "Tanh"},
      {"sigmoid", "Sigmoid"},
      {"relu", "Relu"},
      {"exp", "Exp"},
      {"sqrt", "Sqrt"},
      {"logical_not", "Not"},
      {"cast", "Cast"},
      {"add", "Add"},
      {"subtract", "Sub"},
      {"multiply", "Mul"},
      {"divide", "Div"},
      {"maximum", "Max"},
      {"greater_than", "Greater"},
      {"greater_equal", "GreaterOrEqual"},
      {"less_than", "Less"},
      {"less_equal", "LessOrEqual"},
      {"equal", "Equal"},
      {"where", "Where"}};
  auto found = kNames.find(type);
  return found == kNames.end() ? nullptr : found->second;
}

class Translator : private Values {
 public:
  Translator(const Program& program, const std::map<std::string, ParameterTensor>& tensors,
             const std::string& where)
      : Values(program, tensors, where) {}

  onnx::Graph Run() {
    for (const auto& [name, tensor] : tensors_) AddParameter(name, tensor);
    for (const std::string& name : program_.inputs) AddInput(name);
    for (const Operator& op : program_.operators) Translate(op);
    if (program_.outputs.size() != 1) {
      Fail(Status::kUnsupported, where_, ": the program has ", program_.outputs.size(),
           " outputs; save it with one, the prediction");
    }
    onnx::Value output;
    output.name = NameOf(program_.outputs[0]);
    graph_.outputs.push_back(std::move(output));
    onnx::CheckGraph(graph_);
    return std::move(graph_);
  }

 private:
  void Translate(const Operator& op) {
    const std::string& type = op.type;
    if (type == "data" || type == "feed" || type == "fetch") return;
    if (type == "full" || type == "assign_value" || type == "assign_value_") return Constant(op);
    if (type == "full_int_array") return SetInts(op, op.Ints("value"));
    if (type == "full_like") return SetScalar(op, NumberOf(op, 1, "value", 0));
    if (type == "combine") return Combine(op);
    if (type == "assign" || type == "dropout") return Copy(op);
    if (type == "embedding") return Embedding(op);
    if (type == "matmul" || type == "mul") return Product(op);
    if (type == "dot") return Dot(op);
    if (type == "concat") return Concat(op);
    if (type == "scale") return Scale(op);
    if (type == "clip") return Clip(op);
    if (type == "max") return Reduce(op, "ReduceMax");
    if (type == "sum") return Reduce(op, "ReduceSum");
    if (type == "mean") return Reduce(op, "ReduceMean");
    if (type == "p_norm") return Norm(op);
    if (type == "transpose") return Transpose(op);
    if (type == "unsqueeze") return Unsqueeze(op);
    if (type == "squeeze" || type == "reshape" || type == "flatten") return Flatten(op);
    if (type == "conv2d") return Convolution(op);
    if (const char* node = ElementwiseOf(type)) return Elementwise(op, node);
    Foreign(op);
  }

  void Constant(const Operator& op) {
    std::vector<double> values = op.Numbers("values");
    for (const char* old_name : {"fp32_values", "int32_values", "int64_values"}) {
      if (values.empty()) values = op.Numbers(old_name);
    }
    if (values.size() == 1) return SetScalar(op, values[0]);
    if (values.empty()) return SetScalar(op, op.Number("value", 0));
    Ints ints;
    for (double v : values) {
      if (!(std::abs(v) < 1e15) || v != std::floor(v)) return Foreign(op);
      ints.push_back(static_cast<int64_t>(v));
    }
    SetInts(op, ints);
  }
  void SetInts(const Operator& op, Ints ints) {
    Meaning m;
    m.kind = Meaning::kInts;
    m.ints = std::move(ints);
    Set(op, std::move(m));
  }

  void Combine(const Operator& op) {
    Meaning m;
    m.kind = Meaning::kList;
    m.parts = op.inputs;
    Count(m.parts.size());
    for (const std::string& part : m.parts) MeaningOf(part);
    Set(op, std::move(m));
  }

  // Dropout does nothing when a network is used; older programs scale there, which is an effect.
  void Copy(const Operator& op) {
    if (op.type == "dropout" && op.Text("dropout_implementation") == "downgrade_in_infer") {
      Refuse(op, "it scales; train with the mode upscale_in_train");
    }
    const Meaning& m = MeaningOf(Operand(op, 0));
    if (m.kind == Meaning::kList || m.kind == Meaning::kInts) return Foreign(op);
    Set(op, m);
  }

  void Embedding(const Operator& op) {
    std::string ids = Operand(op, 0);
    if (auto clamped = clamped_.find(ids); clamped != clamped_.end()) ids = clamped->second;
    const std::string table = NameOf(Operand(op, 1));
    CheckPadding(op, table, op.Int("padding_idx", -1));
    const Meaning& m = MeaningOf(ids);
    const std::string output = OutputOf(op);
    if (m.kind == Meaning::kView && m.axis == 1) {
      return SetView(op, Emit("Gather", op.type, {table, m.name}, {}, output), 1);
    }
    SetValue(op, Emit("Gather", op.type, {table, NameOf(ids)}, {}, output));
  }

  // That row gives zeros, whatever it holds.
  void CheckPadding(const Operator& op, const std::string& table, int64_t row) const {
    if (row < 0) return;
    const onnx::Tensor* t = ConstantOf(table);
    if (t == nullptr || t->dims.size() != 2 || row >= t->dims[0]) return;
    const size_t width = t->dims[0] == 0 ? 0 : t->bytes().size() / static_cast<size_t>(t->dims[0]);
    auto bytes = t->bytes().subspan(static_cast<size_t>(row) * width, width);
    if (std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; })) return;
    Refuse(op, "row ", row, " is padding_idx and not zero");
  }

  void Product(const Operator& op) {
    const std::string &x = Operand(op, 0), &y = Operand(op, 1);
    if (op.Int("transpose_x", 0) != 0 || op.Number("alpha", 1) != 1 ||
        op.Int("x_num_col_dims", 1) != 1) {
      return Foreign(op);
    }
    const std::string weight = NameOf(y);
    const bool transposed = op.Int("transpose_y", 0) != 0;
    const Meaning& m = MeaningOf(x);
    const bool is_view = m.kind == Meaning::kView && m.axis == 1 && RankOf(x) == 3;
    const std::string input = is_view ? m.name : NameOf(x);
    std::string out =
        transposed ? Emit("Gemm", op.type, {input, weight}, {{"transB", int64_t{1}}}, OutputOf(op))
                   : Emit("MatMul", op.type, {input, weight}, {}, OutputOf(op));
    if (is_view) return SetView(op, std::move(out), 1);
    SetValue(op, std::move(out));
  }

  void Dot(const Operator& op) {
    std::string product = Emit("Mul", op.type, {NameOf(Operand(op, 0)), NameOf(Operand(op, 1))});
    SetValue(op, Emit("ReduceSum", op.type, {product},
                      {{"axes", Ints{-1}}, {"keepdims", int64_t{0}}}, OutputOf(op)));
  }

  void Concat(const Operator& op) {
    std::vector<std::string> parts = op.inputs;
    Ints axis = op.Ints("axis");
    if (Has(op, 0) && MeaningOf(op.inputs[0]).kind == Meaning::kList) {
      parts = MeaningOf(op.inputs[0]).parts;
      axis = IntsOf(op, 1, "axis");
    }
    if (axis.size() != 1 || parts.empty()) return Foreign(op);
    auto is_view = [&](const std::string& part) {
      const Meaning& m = MeaningOf(part);
      return m.kind == Meaning::kView && m.axis == 1 && RankOf(part) == 3;
    };
    const bool views = std::ranges::all_of(parts, is_view) && (axis[0] == 2 || axis[0] == -1);
    std::vector<std::string> names;
    for (const std::string& part : parts)
      names.push_back(views ? MeaningOf(part).name : NameOf(part));
    std::string out = Emit("Concat", op.type, std::move(names),
                           {{"axis", views ? int64_t{1} : axis[0]}}, OutputOf(op));
    if (views) return SetView(op, std::move(out), 1);
    SetValue(op, std::move(out));
  }

  void Scale(const Operator& op) {
    const double factor = NumberOf(op, 1, "scale", 1), bias = op.Number("bias", 0);
    const bool after = op.Int("bias_after_scale", 1) != 0;
    const Meaning& m = MeaningOf(Operand(op, 0));
    if (m.kind == Meaning::kScalar) {
      return SetScalar(op, after ? m.scalar * factor + bias : (m.scalar + bias) * factor);
    }
    std::string value = NameOf(op.inputs[0]);
    auto add = [&] {
      if (bias != 0) value = Emit("Add", op.type, {value, MakeConstant(Type::kFloat, bias)});
    };
    if (!after) add();
    if (factor != 1) value = Emit("Mul", op.type, {value, MakeConstant(Type::kFloat, factor)});
    if (after) add();
    SetValue(op, std::move(value));
  }

  void Clip(const Operator& op) {
    constexpr double kHuge = 3.4028234663852886e38;
    const double low = NumberOf(op, 1, "min", -kHuge), high = NumberOf(op, 2, "max", kHuge);
    Clamp(op, low);
    const Type type = ValueOf(Operand(op, 0)).type;
    std::string x = NameOf(op.inputs[0]), least = MakeConstant(type, low),
                most = MakeConstant(type, high);
    SetValue(op, Emit("Clip", op.type, {x, least, most}, {}, OutputOf(op)));
  }

  // Places where nothing is, −1, read the first row, and are masked afterwards.
  void Clamp(const Operator& op, double low) {
    const Value& x = ValueOf(op.inputs[0]);
    if (low == 0 && (x.type == Type::kInt64 || x.type == Type::kInt32)) {
      clamped_[OutputOf(op)] = op.inputs[0];
    }
  }

  void Reduce(const Operator& op, const char* node) {
    Ints axes = IntsOf(op, 1, "axis");
    if (axes.empty() || op.Int("reduce_all", 0) != 0) return Foreign(op);
    SetValue(op, Emit(node, op.type, {NameOf(Operand(op, 0))},
                      {{"axes", axes}, {"keepdims", op.Int("keepdim", 0)}}, OutputOf(op)));
  }

  void Norm(const Operator& op) {
    if (op.Number("porder", 2) != 2 || op.Int("asvector", 0) != 0) {
      Refuse(op, "there is the norm of order 2 alone");
    }
    SetValue(op, Emit("ReduceL2", op.type, {NameOf(Operand(op, 0))},
                      {{"axes", Ints{op.Int("axis", -1)}}, {"keepdims", op.Int("keepdim", 0)}},
                      OutputOf(op)));
  }

  void Transpose(const Operator& op) {
    SetValue(op, Emit("Transpose", op.type, {NameOf(Operand(op, 0))}, {{"perm", op.Ints("perm")}},
                      OutputOf(op)));
  }

  void Unsqueeze(const Operator& op) {
    Ints axes = IntsOf(op, 1, "axis");
    const Meaning& m = MeaningOf(Operand(op, 0));
    if (m.kind == Meaning::kScalar) return SetScalar(op, m.scalar);
    // Of three dimensions four, for a convolution over one axis.
    const size_t rank = RankOf(OutputOf(op));
    const bool is_height = axes == Ints{-2} || axes == Ints{2};
    if (rank == 4 && is_height && m.kind == Meaning::kValue) return SetView(op, m.name, 2);
    SetValue(op,
             Emit("Unsqueeze", op.type, {NameOf(op.inputs[0])}, {{"axes", axes}}, OutputOf(op)));
  }

  void Flatten(const Operator& op) {
    const std::string& x = Operand(op, 0);
    const Meaning& m = MeaningOf(x);
    if (m.kind == Meaning::kScalar) return SetScalar(op, m.scalar);
    const size_t before = RankOf(x), after = RankOf(OutputOf(op));
    Ints dims =
        op.type == "flatten" ? Ints() : IntsOf(op, 1, op.type == "squeeze" ? "axis" : "shape");
    if (m.kind == Meaning::kView && after + 1 == before) {
      const auto rank = static_cast<int64_t>(before);
      const bool is_axis = dims == Ints{m.axis} || dims == Ints{m.axis - rank};
      // [n, 1, d] to [n, d], or [n, 1] to [n]: whatever way, it is this dimension that goes.
      if (op.type == "squeeze" ? is_axis || dims.empty() : m.axis == 1) {
        return SetValue(op, m.name);
      }
    }
    if (op.type == "squeeze" && !dims.empty()) {
      return SetValue(op, Emit("Squeeze", op.type, {NameOf(x)}, {{"axes", dims}}, OutputOf(op)));
    }
    if (after == 1) return SetValue(op, Emit("Squeeze", op.type, {NameOf(x)}, {}, OutputOf(op)));
    if (const onnx::Tensor* bias = ConstantOf(m.name)) return Reshape(op, *bias, dims);
    Foreign(op);
  }

  // A bias along the axis of the filters, [1, n, 1, 1]; Convolution's neighbour looks for it.
  void Reshape(const Operator& op, const onnx::Tensor& tensor, const Ints& dims) {
    const std::string name = tensor.name;
    const bool is_row = dims.size() == 4 && dims[0] == 1 && dims[2] == 1 && dims[3] == 1;
    Foreign(op);
    if (is_row && tensor.dims.size() == 1) biases_[OutputOf(op)] = name;
  }

  void Convolution(const Operator& op) {
    const Meaning x = MeaningOf(Operand(op, 0)), w = MeaningOf(Operand(op, 1));
    if (x.kind != Meaning::kView || w.kind != Meaning::kView) {
      Refuse(op, "there are convolutions over one axis, that of words: Conv1D");
    }
    std::string_view format = op.Text("data_format"), padding = op.Text("padding_algorithm");
    Ints strides = op.Ints("strides"), pads = op.Ints("paddings"), dilations = op.Ints("dilations");
    auto is_pair = [](const Ints& v) { return v.size() == 2; };
    if (!(format.empty() || format == "NCHW" || format == "AnyLayout") || !is_pair(strides) ||
        !is_pair(dilations)) {
      Refuse(op, "its format is not NCL");
    }
    Ints ends;  // before and behind
    if (padding == "VALID") {
      ends = {0, 0};
    } else if (padding == "SAME") {
      const onnx::Tensor* weight = ConstantOf(w.name);
      const int64_t more = weight != nullptr && weight->dims.size() == 3 ? weight->dims[2] - 1 : -1;
      ends = {more / 2, more - more / 2};
    } else if (pads.size() == 2) {
      ends = {pads[1], pads[1]};
    } else if (pads.size() == 4) {
      ends = {pads[2], pads[3]};
    } else {
      Refuse(op, "its padding is not that of two axes");
    }
    Conv conv{x.name,
              w.name,
              {{"pads", ends},
               {"strides", Ints{strides[1]}},
               {"dilations", Ints{dilations[1]}},
               {"group", op.Int("groups", 1)}}};
    SetView(op, Emit("Conv", op.type, {conv.x, conv.weight}, conv.attributes, OutputOf(op)), 2);
    convolutions_[OutputOf(op)] = std::move(conv);
  }

  // The bias of a convolution, which is added behind it.
  bool AddsBias(const Operator& op) {
    for (size_t i = 0; i < 2; ++i) {
      auto conv = convolutions_.find(Operand(op, i));
      if (conv == convolutions_.end()) continue;
      const std::string& other = Operand(op, 1 - i);
      std::string bias;
      if (auto found = biases_.find(other); found != biases_.end()) bias = found->second;
      const Meaning& m = MeaningOf(other);
      if (op.Int("broadcast", -1) == 1 && m.kind == Meaning::kValue) bias = m.name;
      if (bias.empty()) return false;
      SetView(op,
              Emit("Conv", op.type, {conv->second.x, conv->second.weight, bias},
                   conv->second.attributes, OutputOf(op)),
              2);
      return true;
    }
    return false;
  }

  void Elementwise(const Operator& op, const char* node) {
    const std::string& type = op.type;
    const Meaning& first = MeaningOf(Operand(op, 0));
    if (type == "cast" && first.kind == Meaning::kScalar) return SetScalar(op, first.scalar);
    if (type == "add" && AddsBias(op)) return;
    if (type == "add" || type == "multiply") {
      const Meaning& second = MeaningOf(Operand(op, 1));
      if (first.kind == Meaning::kScalar && second.kind == Meaning::kScalar) {
        return SetScalar(
            op, type == "add" ? first.scalar + second.scalar : first.scalar * second.scalar);
      }
      // Zeros or ones of some shape, to broadcast by.
      const double nothing = type == "add" ? 0 : 1;
      auto is_one = [](const Meaning& m) {
        return m.kind == Meaning::kValue || m.kind == Meaning::kView;
      };
      if (IsScalar(op, 0, nothing) && is_one(second)) return Set(op, second);
      if (IsScalar(op, 1, nothing) && is_one(first)) return Set(op, first);
    }
    if (type == "maximum" && IsScalar(op, 1, 0)) Clamp(op, 0);
    if (type == "relu") Clamp(op, 0);
    // Views of one kind, and constants that go with any.
    std::optional<int64_t> axis;
    bool views = true;
    for (const std::string& input : op.inputs) {
      if (input.empty()) continue;
      const Meaning& m = MeaningOf(input);
      if (m.kind == Meaning::kView && (!axis || *axis == m.axis)) {
        axis = m.axis;
      } else if (m.kind != Meaning::kScalar && !(m.kind == Meaning::kValue && RankOf(input) == 1 &&
                                                 ConstantOf(m.name) != nullptr)) {
        views = false;
      }
    }
    views = views && axis && (*axis == 1 || op.inputs.size() == 1);
    std::vector<std::string> names;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const Meaning& m = MeaningOf(Operand(op, i));
      names.push_back(views && m.kind == Meaning::kView ? m.name : NameOf(op.inputs[i]));
    }
    std::string out = Emit(node, type, std::move(names), {}, OutputOf(op));
    if (views) return SetView(op, std::move(out), *axis);
    SetValue(op, std::move(out));
  }

  // Whoever needs it will refuse it.
  void Foreign(const Operator& op) {
    std::vector<std::string> inputs;
    for (const std::string& input : op.inputs) {
      if (input.empty()) continue;
      const Meaning& m = MeaningOf(input);
      if (m.kind == Meaning::kValue || m.kind == Meaning::kView) inputs.push_back(NameOf(input));
    }
    Count(inputs.size());
    Node node{"paddle." + op.type, StrCat(op.type, ' ', OutputOf(op)), std::move(inputs), {}, {}};
    for (const std::string& output : op.outputs) {
      if (output.empty()) continue;
      node.outputs.push_back(output);
      Meaning m;
      m.name = output;
      if (!meanings_.emplace(output, std::move(m)).second) {
        Fail(Status::kCorrupt, where_, ": the value ", QuotedName(output), " is made twice");
      }
    }
    graph_.nodes.push_back(std::move(node));
  }

  struct Conv {
    std::string x, weight;
    std::vector<onnx::Attribute> attributes;
  };

  std::map<std::string, std::string> clamped_;  // the value before its lower end became 0
  std::map<std::string, std::string> biases_;   // the constant that was laid along the filters
  std::map<std::string, Conv> convolutions_;
};

}  // namespace

onnx::Graph GraphOf(const Program& program, const std::map<std::string, ParameterTensor>& tensors,
                    const std::string& where) {
  return Translator(program, tensors, where).Run();
}

}  // namespace duomo::convert::paddle
