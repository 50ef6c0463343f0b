// The values of a program while it is turned into a graph: what each of them became. graph.cc
// translates the operators.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "converter/onnx/onnx.h"
#include "converter/paddle/program.h"
#include "core/error.h"

namespace duomo::convert::paddle {

using Ints = std::vector<int64_t>;

// What a value of the program is in the graph.
struct Meaning {
  enum Kind {
    kValue,
    kScalar,  // a constant with one number, or so many of the same
    kInts,    // a constant list: axes, shapes
    kList,    // values side by side, for concat
    kView,    // `name` with a dimension of 1 put in at `axis`
  };
  Kind kind = kValue;
  std::string name;
  double scalar = 0;
  Ints ints;
  std::vector<std::string> parts;
  int64_t axis = 0;
};

// One thread. Throws Error(kCorrupt) for values that are read before they are made, or made twice.
class Values {
 protected:
  Values(const Program& program, const std::map<std::string, ParameterTensor>& tensors,
         const std::string& where)
      : program_(program), tensors_(tensors), where_(where) {}

  void AddParameter(const std::string& name, const ParameterTensor& tensor);
  void AddInput(const std::string& name);

  const Value& ValueOf(const std::string& name) const;
  size_t RankOf(const std::string& name) const { return ValueOf(name).dims.size(); }
  const Meaning& MeaningOf(const std::string& name) const;
  const onnx::Tensor* ConstantOf(const std::string& name) const;  // a parameter; else nothing
  // As a value of the graph, whatever it is.
  std::string NameOf(const std::string& value);

  // Add to the graph; return what they make. `output` empty: under a name of its own.
  std::string MakeConstant(Type type, double value);
  std::string Emit(const char* op, std::string_view type, std::vector<std::string> inputs,
                   std::vector<onnx::Attribute> attributes = {}, std::string output = "");
  // Lists may be read often: bounds what comes out.
  void Count(size_t operands);

  // What an operator's result is.
  void Set(const Operator& op, Meaning meaning);
  void SetValue(const Operator& op, std::string name);
  void SetScalar(const Operator& op, double value);
  void SetView(const Operator& op, std::string name, int64_t axis);
  std::string OutputOf(const Operator& op) const {
    return op.outputs.empty() ? std::string() : op.outputs[0];
  }

  bool Has(const Operator& op, size_t operand) const;
  const std::string& Operand(const Operator& op, size_t index) const;
  // From a constant operand, or the attribute of an older program.
  Ints IntsOf(const Operator& op, size_t operand, std::string_view attribute) const;
  double NumberOf(const Operator& op, size_t operand, std::string_view attribute,
                  double fallback) const;
  bool IsScalar(const Operator& op, size_t operand, double value) const;

  template <typename... Parts>
  [[noreturn]] void Refuse(const Operator& op, const Parts&... why) const {
    Fail(Status::kUnsupported, where_, ": the operator ", QuotedName(op.type), " that makes ",
         op.outputs.empty() ? "nothing" : QuotedName(op.outputs[0]),
         " cannot be expressed: ", why...);
  }

  const Program& program_;
  const std::map<std::string, ParameterTensor>& tensors_;
  const std::string& where_;
  onnx::Graph graph_;
  std::map<std::string, Meaning> meanings_;

 private:
  std::map<std::string, size_t> constants_;  // parameters' places in the graph
  uint64_t made_ = 0;
  size_t operands_ = 0;
};

}  // namespace duomo::convert::paddle
