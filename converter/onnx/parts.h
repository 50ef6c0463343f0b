// The parts of a network that are recognised in an ONNX graph (network.h): encoders, layers and
// towers. Their weights stay in the graph.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "converter/onnx/match.h"
#include "model/description.h"

namespace duomo::convert {

// y = activation(x W + b).
struct LayerFound {
  uint64_t in = 0, units = 0;
  std::vector<float> weight;  // [in, units]
  std::vector<float> bias;    // [units]
  model::Activation activation = model::Activation::kIdentity;
};

struct TableFound {
  std::string constant;     // the tensor's name in the graph
  bool transposed = false;  // [dim, rows]
  auto operator<=>(const TableFound&) const = default;
};

struct WindowFound {
  uint32_t size = 0;
  std::vector<float> weight;  // [size · dim, filters], as Duomo has it
  std::vector<float> bias;
};

// Of attention: by the end of its name in a model, without the encoder's prefix.
struct WeightFound {
  std::string name;
  std::vector<float> values;
};

enum class NumberRole { kValue, kSquare, kRoot };

// One encoder.
struct PartFound {
  model::Encoder encoder;  // but for its name, table and layers
  TableFound table;
  uint64_t max_length = 0;        // of the input, where it is a list
  std::optional<float> fallback;  // of the input, where it is a number
  std::vector<float> bias;        // multi-hot
  std::vector<WindowFound> windows;
  std::vector<WeightFound> weights;
  std::vector<float> statistics;  // numbers
  NumberRole role = NumberRole::kValue;
  std::vector<LayerFound> layers;
};

// One more element of a vector: a constant, plus a value's own bias.
struct ColumnFound {
  float constant = 0;
  int32_t input = -1;
  TableFound table;
};

struct VectorFound {
  std::vector<PartFound> parts;
  std::vector<LayerFound> layers;
  bool unit = false;  // divided by its length
  std::vector<ColumnFound> columns;
};

// The output of the network, and the operations after it.
struct ScoreFound {
  VectorFound left, right;  // two towers'
  bool joint = false;       // `left` alone
  bool cosine = false;
  std::vector<ColumnFound> biases;
  std::vector<double> factors;  // of the head, in the order in which they are applied
  double offset = 0;            // added to the head, after all factors so far
  model::OutputKind kind = model::OutputKind::kLinear;
  double scale = 1, shift = 0;  // after exp or sigmoid
};

// Walks the graph from its outputs to its inputs. One thread.
class PartFinder {
 public:
  PartFinder(const onnx::Graph& graph, const model::Description& like,
             const std::map<std::string, std::string>& names)
      : graph_(graph), view_(graph), like_(like), names_(names) {}

  // What makes a prediction. Throws as NetworkOf().
  ScoreFound ScoreOf(std::string_view value);
  [[noreturn]] void FailAt(const onnx::Node& node, std::string_view why) const;
  [[noreturn]] void FailAt(std::string_view value, std::string_view why) const;

 private:
  using Value = std::string_view;

  // heads.cc
  ScoreFound Core(Value value);
  std::optional<ColumnFound> BiasOf(Value value);
  VectorFound SideOf(Value value, int columns = 0);  // so many were found outside of it

  // layers.cc: vectors [n, width]
  VectorFound VectorOf(Value value);
  VectorFound Linear(const onnx::Node& node);
  VectorFound Sum(const onnx::Node& node);
  VectorFound Concatenation(const onnx::Node& node);
  void AddBias(VectorFound& v, const std::vector<float>& bias, const onnx::Node& node);
  void Activate(VectorFound& v, model::Activation activation, const onnx::Node& node);
  static bool Joins(PartFound& last, PartFound& part);  // whether `last` now holds `part`
  // What a concatenation with others may hold: each encoder with its own layers.
  std::vector<PartFound> Encoders(VectorFound v, const onnx::Node& node);
  std::optional<PartFound> EmbeddingOf(Value value);

  // lists.cc: sets, texts and histories
  struct Mask {
    uint32_t input = 0;
    uint64_t max_length = 0;
    bool present = true;  // false: true where nothing is
  };
  struct ListFound {  // embeddings [n, m, dim]
    PartFound part;
    bool masked = false;
  };
  std::optional<PartFound> PooledOf(Value value);
  std::optional<PartFound> BagSumOf(Value value);
  std::optional<PartFound> ConvolvedOf(Value value);  // pooled over time
  std::optional<PartFound> ConvolutionOf(Value value);
  std::optional<ListFound> ListOf(Value value);
  // axis: where a dimension may have been put in, -1: nowhere.
  std::optional<Mask> MaskOf(Value value, int64_t axis);
  // Whether it is the number of that list's rows, or 1 for an empty list.
  bool IsCountOf(Value value, uint32_t input);

  // sequences.cc
  struct Sequence;
  std::optional<PartFound> AttentionOf(Value value);
  std::string BlockOf(Value value, Sequence& s, bool is_last);
  std::optional<std::string> NormOf(Value value, size_t dim, const std::string& name,
                                    std::vector<WeightFound>& out);
  std::optional<std::string> ProductOf(Value value, size_t& units, std::vector<float>& weight,
                                       std::vector<float>& bias);
  bool IsSeen(Value value, Sequence& s, bool is_last);
  bool IsNewest(Value value, const Sequence& s);
  bool Distances(Value value, Sequence& s, bool is_last, std::vector<WeightFound>& out);
  void SetPositions(Sequence& s, int64_t positions, Value most, Value at);
  std::string PickedFrom(Value value, const Sequence& s);
  std::vector<float> Sized(Value constant, size_t size, Value at);

  // numbers.cc
  std::optional<PartFound> NumberOf(Value value);
  std::optional<PartFound> NormalizedOf(Value value);
  std::optional<PartFound> GivenOf(Value value);

  // The template's input that a graph input stands for; fails where there is none.
  uint32_t InputOf(const onnx::Value& value) const;
  // As InputOf, where `value` is a graph input of that kind and rank; else nothing.
  std::optional<uint32_t> RowsInput(Value value, size_t rank) const;
  std::optional<uint32_t> FloatInput(Value value, size_t rank) const;

  // One level of recursion, bounded.
  class Step {
   public:
    Step(PartFinder& finder, Value value);
    Step(const Step&) = delete;
    ~Step() { --finder_.depth_; }

   private:
    PartFinder& finder_;
  };
  // A layer's numbers. Memory stays within a few times the file's, however often it is read.
  std::vector<float> Weights(const onnx::Tensor& tensor);

  const onnx::Graph& graph_;
  onnx::GraphView view_;
  const model::Description& like_;
  const std::map<std::string, std::string>& names_;
  int depth_ = 0;
  size_t steps_ = 0;
  uint64_t copied_ = 0, may_copy_ = 0;  // bytes
};

}  // namespace duomo::convert
