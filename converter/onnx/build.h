// Makes an ONNX graph node by node. Knows ONNX, no models.
#pragma once

#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "converter/onnx/onnx.h"

namespace duomo::convert::onnx {

using Name = std::string;  // of a value
using Names = std::vector<Name>;
using Ints = std::vector<int64_t>;

// One thread. Names that are taken get a prime (').
class Builder {
 public:
  Graph graph;

  // Keeps a name for an input or output; false where it is taken.
  bool Reserve(const Name& name) { return taken_.insert(name).second; }

  // Adds a node; returns its output, which has the node's name.
  Name Node(const char* op, const Name& name, Names inputs,
            std::vector<Attribute> attributes = {}) {
    Name unique = Unique(name);
    graph.nodes.push_back({op, unique, std::move(inputs), {unique}, std::move(attributes)});
    return unique;
  }
  // Gives a value a reserved name as well.
  void Named(const Name& node, const Name& value, const Name& reserved) {
    graph.nodes.push_back({"Identity", Unique(node), {value}, {reserved}, {}});
  }
  // [n, a] and [n, b] … to [n, a + b + …].
  Name Concat(const Name& name, const Names& parts) {
    return parts.size() == 1 ? parts[0] : Node("Concat", name, parts, {{"axis", int64_t{1}}});
  }

  template <typename T>
  Name Constant(const Name& name, const Ints& dims, std::span<const T> values) {
    auto bytes = std::as_bytes(values);
    Tensor& tensor = AddTensor(name, TypeOf<T>(), dims);
    tensor.owned.assign(bytes.begin(), bytes.end());
    return tensor.name;
  }

  // Constants that many nodes may read, made once.
  template <typename T>
  Name Shared(const Name& name, Ints dims, const std::vector<T>& values) {
    auto [place, is_new] = shared_.try_emplace(name);
    if (is_new) place->second = Constant<T>(name, std::move(dims), values);
    return place->second;
  }
  // Floats that stay where they are, and must outlive the graph.
  Name View(const Name& name, Ints dims, std::span<const std::byte> floats) {
    auto [place, is_new] = shared_.try_emplace(name);
    if (is_new) {
      Tensor& tensor = AddTensor(name, Type::kFloat, std::move(dims));
      tensor.view = floats;
      place->second = tensor.name;
    }
    return place->second;
  }
  Name Scalar(float value);
  Name Scalar(double value) { return Scalar(static_cast<float>(value)); }
  Name Integer(int64_t value);
  Name Axes(const Ints& axes);

 private:
  template <typename T>
  static constexpr Type TypeOf() {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, int64_t>);
    return std::is_same_v<T, float> ? Type::kFloat : Type::kInt64;
  }
  Name Unique(Name name);
  Tensor& AddTensor(const Name& name, Type type, Ints dims);

  std::set<Name> taken_;         // values and nodes
  std::map<Name, Name> shared_;  // as asked for: as in the graph
};

}  // namespace duomo::convert::onnx
