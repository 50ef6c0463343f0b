// Finds shapes in an ONNX graph: who makes a value, and whether it is made as a pattern says.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "converter/onnx/onnx.h"

namespace duomo::convert::onnx {

// Names of values that a pattern's variables stand for.
using Bindings = std::map<std::string, std::string, std::less<>>;

// What a value must be made like, e.g. "Div(x, Max(ReduceL2[axes=1|-1;keepdims=1](x), $tiny))".
//   Op[attribute=a|b;…](…)  that operator with these inputs; a and b are allowed values, lists with
//                           dots between (0.2.1); what is not named may be anything
//   $name                   a constant
//   name                    any value; the same name is the same value
//   1, -1, 0.5              a constant of one element with this value
// The two inputs of Add, Mul, And, Max and Equal may stand in either order.
class Pattern {
 public:
  explicit Pattern(std::string_view text);

 private:
  friend class GraphView;
  enum class Kind { kNode, kConstant, kValue, kNumber };
  struct Attribute {
    std::string name;
    std::vector<std::vector<int64_t>> allowed;
  };
  Kind kind_ = Kind::kValue;
  std::string name_;  // of an operator or variable
  double number_ = 0;
  std::vector<Attribute> attributes_;
  std::vector<Pattern> inputs_;

  Pattern() = default;
  static Pattern Parse(std::string_view& text);
};

// A graph with its names looked up. Immutable; the graph must outlive it.
class GraphView {
 public:
  explicit GraphView(const Graph& graph);

  // The value itself, or what it is a copy of: Identity and Dropout change nothing.
  std::string_view Resolve(std::string_view value) const;
  // Each of a resolved value; null where it is something else.
  const Node* Maker(std::string_view value) const;
  const Tensor* Constant(std::string_view value) const;
  const Value* Input(std::string_view value) const;

  // Whether `value` is made like that; then `found` has what the variables stand for.
  bool Matches(std::string_view value, const Pattern& pattern, Bindings& found) const;

 private:
  bool MatchesInputs(const Node& node, const Pattern& pattern, Bindings& found) const;

  std::map<std::string_view, const Node*> makers_;
  std::map<std::string_view, const Tensor*> constants_;
  std::map<std::string_view, const Value*> inputs_;
};

// Integers of an attribute; one for a number. Empty where there is none and ONNX has no default.
std::vector<int64_t> IntsOf(const Node& node, std::string_view attribute);
float FloatOf(const Node& node, std::string_view attribute, float otherwise);

// A constant's elements as floats, from any type that is read.
std::vector<float> FloatsOf(const Tensor& tensor);
// The one element of a constant, whatever its dimensions.
std::optional<double> ScalarOf(const Tensor& tensor);

}  // namespace duomo::convert::onnx
