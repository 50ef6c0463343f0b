#include "converter/paddle/values.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace duomo::convert::paddle {
namespace {

constexpr size_t kMostOperands = 1'000'000;

std::optional<onnx::Type> TypeOf(Type type) {
  switch (type) {
    case Type::kFloat:
      return onnx::Type::kFloat;
    case Type::kDouble:
      return onnx::Type::kDouble;
    case Type::kInt32:
      return onnx::Type::kInt32;
    case Type::kInt64:
      return onnx::Type::kInt64;
    case Type::kBool:
      return onnx::Type::kBool;
    default:
      return std::nullopt;
  }
}

}  // namespace

void Values::AddParameter(const std::string& name, const ParameterTensor& tensor) {
  auto type = TypeOf(tensor.type);
  if (!type) {
    Fail(Status::kUnsupported, where_, ": the parameter ", QuotedName(name), " is of ",
         paddle::NameOf(tensor.type), "; export the model in float32");
  }
  onnx::Tensor out;
  out.name = name;
  out.type = *type;
  out.dims = tensor.dims;
  out.view = tensor.bytes;
  constants_[name] = graph_.constants.size();
  graph_.constants.push_back(std::move(out));
  meanings_[name].name = name;
}

void Values::AddInput(const std::string& name) {
  const Value& value = ValueOf(name);
  auto type = TypeOf(value.type);
  if (!type) {
    Fail(Status::kUnsupported, where_, ": the input ", QuotedName(name), " is of ",
         paddle::NameOf(value.type));
  }
  onnx::Value out;
  out.name = name;
  out.type = *type;
  for (int64_t n : value.dims) out.dims.push_back({std::max<int64_t>(n, 0), n < 0 ? "n" : ""});
  Meaning& meaning = meanings_[name];
  meaning.name = name;
  // A column of ids is a list of ids.
  const bool is_integer = value.type == Type::kInt64 || value.type == Type::kInt32;
  if (is_integer && value.dims.size() == 2 && value.dims[1] == 1) {
    out.dims.pop_back();
    meaning.kind = Meaning::kView;
    meaning.axis = 1;
  }
  graph_.inputs.push_back(std::move(out));
}

const Value& Values::ValueOf(const std::string& name) const {
  static const Value kUnknown;
  auto found = program_.values.find(name);
  return found == program_.values.end() ? kUnknown : found->second;
}

const Meaning& Values::MeaningOf(const std::string& name) const {
  auto found = meanings_.find(name);
  if (found == meanings_.end()) {
    Fail(Status::kCorrupt, where_, ": the value ", QuotedName(name),
         " is read, but nothing before makes it");
  }
  return found->second;
}

std::string Values::NameOf(const std::string& value) {
  const Meaning& m = MeaningOf(value);
  switch (m.kind) {
    case Meaning::kValue:
      return m.name;
    case Meaning::kScalar:
      return MakeConstant(ValueOf(value).type, m.scalar);
    case Meaning::kView:
      return Emit("Unsqueeze", "unsqueeze", {m.name}, {{"axes", Ints{m.axis}}});
    case Meaning::kInts:
    case Meaning::kList:
      break;
  }
  Fail(Status::kUnsupported, where_, ": the value ", QuotedName(value),
       " is a list, and is used as a number");
}

std::string Values::MakeConstant(Type type, double value) {
  onnx::Tensor out;
  out.name = StrCat("constant ", ++made_);
  const bool is_integer = type == Type::kInt64 || type == Type::kInt32 || type == Type::kBool;
  out.type = is_integer ? onnx::Type::kInt64 : onnx::Type::kFloat;
  auto own = [&](auto number) {
    out.owned.resize(sizeof(number));
    std::memcpy(out.owned.data(), &number, sizeof(number));
  };
  if (is_integer) {
    constexpr double kLargest = 9e18;
    own(static_cast<int64_t>(std::isnan(value) ? 0 : std::clamp(value, -kLargest, kLargest)));
  } else {
    own(static_cast<float>(value));
  }
  graph_.constants.push_back(std::move(out));
  return graph_.constants.back().name;
}

std::string Values::Emit(const char* op, std::string_view type, std::vector<std::string> inputs,
                         std::vector<onnx::Attribute> attributes, std::string output) {
  if (output.empty()) output = StrCat("value ", ++made_);
  Count(inputs.size());
  graph_.nodes.push_back(
      {op, StrCat(type, ' ', output), std::move(inputs), {output}, std::move(attributes)});
  return output;
}

void Values::Count(size_t operands) {
  operands_ += operands;
  if (operands_ > kMostOperands) {
    Fail(Status::kUnsupported, where_, ": operators read more than ", kMostOperands, " values");
  }
}

void Values::Set(const Operator& op, Meaning meaning) {
  if (op.outputs.empty() || op.outputs[0].empty()) return;
  if (!meanings_.emplace(op.outputs[0], std::move(meaning)).second) {
    Fail(Status::kCorrupt, where_, ": the value ", QuotedName(op.outputs[0]), " is made twice");
  }
}

void Values::SetValue(const Operator& op, std::string name) {
  Meaning m;
  m.name = std::move(name);
  Set(op, std::move(m));
}

void Values::SetScalar(const Operator& op, double value) {
  Meaning m;
  m.kind = Meaning::kScalar;
  m.scalar = value;
  Set(op, std::move(m));
}

void Values::SetView(const Operator& op, std::string name, int64_t axis) {
  Meaning m;
  m.kind = Meaning::kView;
  m.name = std::move(name);
  m.axis = axis;
  Set(op, std::move(m));
}

bool Values::Has(const Operator& op, size_t operand) const {
  return operand < op.inputs.size() && !op.inputs[operand].empty();
}

const std::string& Values::Operand(const Operator& op, size_t index) const {
  if (!Has(op, index)) {
    Fail(Status::kCorrupt, where_, ": the operator ", QuotedName(op.type), " has no operand ",
         index);
  }
  return op.inputs[index];
}

Ints Values::IntsOf(const Operator& op, size_t operand, std::string_view attribute) const {
  if (!Has(op, operand)) return op.Ints(attribute);
  const Meaning& m = MeaningOf(op.inputs[operand]);
  if (m.kind == Meaning::kInts) return m.ints;
  if (m.kind == Meaning::kScalar && std::abs(m.scalar) < 1e9) {
    return {static_cast<int64_t>(m.scalar)};
  }
  Refuse(op, "its ", attribute, " is no constant");
}

double Values::NumberOf(const Operator& op, size_t operand, std::string_view attribute,
                        double fallback) const {
  if (!Has(op, operand)) return op.Number(attribute, fallback);
  const Meaning& m = MeaningOf(op.inputs[operand]);
  if (m.kind != Meaning::kScalar) Refuse(op, "its ", attribute, " is no constant");
  return m.scalar;
}

bool Values::IsScalar(const Operator& op, size_t operand, double value) const {
  if (!Has(op, operand)) return false;
  const Meaning& m = MeaningOf(op.inputs[operand]);
  return m.kind == Meaning::kScalar && m.scalar == value;
}

const onnx::Tensor* Values::ConstantOf(const std::string& name) const {
  auto found = constants_.find(name);
  return found == constants_.end() ? nullptr : &graph_.constants[found->second];
}

}  // namespace duomo::convert::paddle
