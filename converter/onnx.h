// ONNX as data: a graph of named values, and how it becomes a file. Knows nothing of Duomo's models
// (onnx_graph.h does).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/array.h"

namespace duomo::convert::onnx {

// Values are those of TensorProto.DataType.
enum class Type : int32_t { kFloat = 1, kInt64 = 7 };
constexpr size_t SizeOf(Type type) { return type == Type::kFloat ? 4 : 8; }

// A constant. Its bytes are its own, or a view that must outlive it.
struct Tensor {
  std::string name;
  Type type = Type::kFloat;
  std::vector<int64_t> dims;  // none: a scalar
  std::span<const std::byte> view;
  AlignedVector<std::byte> owned;  // used where not empty

  std::span<const std::byte> bytes() const {
    return owned.empty() ? view : std::span<const std::byte>(owned);
  }
};

using AttributeValue = std::variant<int64_t, float, std::vector<int64_t>>;
struct Attribute {
  std::string name;
  AttributeValue value;
};

struct Node {
  std::string op;
  std::string name;
  std::vector<std::string> inputs, outputs;  // names of values
  std::vector<Attribute> attributes;
};

// A size, or a name for what varies.
struct Dim {
  int64_t size = 0;
  std::string name;  // empty: `size` holds
};

// An input or output of the whole graph.
struct Value {
  std::string name;
  Type type = Type::kFloat;
  std::vector<Dim> dims;
  std::string about;
};

struct Graph {
  std::string name, about;
  std::vector<Node> nodes;  // in an order in which they can run
  std::vector<Tensor> constants;
  std::vector<Value> inputs, outputs;
};

inline constexpr int64_t kOpset = 17;
inline constexpr int64_t kIrVersion = 8;  // the one that came with opset 17
// A message may not have more than 2 GiB − 1; some room is left for what is not tensors.
inline constexpr uint64_t kInlineLimit = (uint64_t{1} << 31) - (uint64_t{1} << 24);

struct Written {
  uint64_t model_bytes = 0;
  uint64_t data_bytes = 0;  // 0: no external data
};

// Writes the model to `path`, whole or not at all. Where its tensors have more than `inline_limit`
// bytes, the large ones go to `path`.data beside it, which is in place before the model is; the
// two name each other by file name, so they move together. Throws Error(kIo).
Written Write(const Graph& graph, const std::string& path, uint64_t inline_limit = kInlineLimit);

}  // namespace duomo::convert::onnx
