// ONNX as data: a graph of named values, and how it becomes a file. Knows nothing of Duomo's models
// (graph.h does).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/array.h"
#include "core/file_io.h"

namespace duomo::convert::onnx {

// Values are those of TensorProto.DataType. Written are kFloat and kInt64.
enum class Type : int32_t {
  kFloat = 1,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kDouble = 11,
};

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

// Others (graphs, sparse tensors) are read as monostate and never written.
using AttributeValue = std::variant<std::monostate, int64_t, float, std::vector<int64_t>>;
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

// Checks what Opened promises of a graph, and makes attributes of axes. Throws Error(kCorrupt).
void CheckGraph(Graph& graph);

// ---- Reading -----------------------------------------------------------------------------------

// A file's graph. Its tensors are views of the file and of the data beside it, which it keeps
// mapped.
struct Opened {
  Graph graph;
  int64_t opset = 0;  // of ONNX's own operators
  std::vector<FileBytes> files;
};

// What every reader of a graph may rely on then: a node reads only inputs, constants and outputs of
// nodes before it, so there is no cycle; every value has one maker; a constant has as many bytes as
// its dimensions say. `Constant` nodes have become constants, axes that came as inputs attributes.
// External data are looked for in the model's folder and refused elsewhere, by ".." or by a link.
// Throws Error(kIo, kCorrupt), and kUnsupported for what is sound ONNX but no plain tensor graph.
Opened Read(const std::string& path);
// The same from memory, which must outlive it; external data are refused.
Opened ReadBuffer(std::span<const std::byte> bytes);

}  // namespace duomo::convert::onnx
