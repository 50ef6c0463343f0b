// Runs a model: prepared layers, towers on features, scores of vectors. Retrieval and the C ABI
// stand on it. It opens no file and owns no scratch memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/stop.h"
#include "kernels/dense.h"
#include "model/features.h"
#include "model/model.h"

namespace duomo::runtime {

// Where one input's values come from in a batch: batch row i reads entity rows[i] of the view, or
// entity i where `rows` is empty.
struct InputSource {
  model::FeatureView view;  // empty view: unset for every row
  std::span<const uint32_t> rows;
  // Only in training, where many batch rows share a history: row i reads the first ends[i] rows of
  // its entity, and attention only those from begins[i] on. Batch rows of the same entity and
  // beginning are adjacent, by ascending end, and are computed together.
  std::span<const uint32_t> ends = {}, begins = {};
};

// One batch for a tower; inputs by index into Description::inputs, those that the tower does not
// read are ignored.
struct Batch {
  size_t count = 0;
  std::span<const InputSource> inputs;
};

// Scratch memory for towers, for one thread at a time; it grows and is reused.
struct Workspace {
  Stop stop;  // asked between blocks of rows
  kernels::Scratch scratch;
  AlignedVector<float> buffers[4];
  std::vector<InputSource> inputs;
  AlignedVector<double> doubles[4];  // of fold_in.cc
};

// Immutable; any thread. Holds its model alive.
class Engine {
 public:
  static std::shared_ptr<const Engine> Create(
      std::shared_ptr<const model::Model> model,
      kernels::Backend backend = kernels::Backend::kDefault);
  virtual ~Engine() = default;

  const model::Model& model() const { return *model_; }
  bool joint() const { return joint_; }
  size_t vector_width() const { return vector_width_; }

  // Map ⟨user vector, item vector⟩ to the head's output and to the output's unit: one monotone
  // function in double, rounded once. The result is always finite.
  double Head(double dot) const;
  float Score(double dot) const { return static_cast<float>(Head(dot)); }
  float Predict(double dot) const { return Output(Head(dot)); }
  float Output(double head) const;
  float minimum_output() const;  // the range of Predict; ±infinity where there is no bound
  float maximum_output() const;

  // The frozen vector of a row as floats, in the file or in `buffer`; empty where that side has
  // none.
  std::span<const float> Vector(model::Side side, uint64_t row, AlignedVector<float>& buffer) const;

  // For a batch of at most this many rows, Encode() fails before it writes anything.
  virtual size_t BlockRows(model::Side side) const = 0;

  // Runs a side's tower: vectors [batch.count, vector_width()], unit length for cosine heads (the
  // zero vector stays zero), with the bias columns for dot heads. Any batch size.
  virtual void Encode(model::Side side, const Batch& batch, float* vectors,
                      Workspace& work) const = 0;

  // Runs the joint tower: the head's numbers, [batch.count].
  virtual void Rank(const Batch& batch, float* heads, Workspace& work) const = 0;

  // Inputs of the stored entities of one side, for rows (empty: all, in order). A history input
  // reads the file's history. Entries of other scopes are left as they are; resizes `inputs`.
  void StoredInputs(model::Side side, std::span<const uint32_t> rows,
                    std::vector<InputSource>& inputs) const;

  // All vectors of a side from its stored features, as export freezes them: [count, width].
  AlignedVector<float> Freeze(model::Side side) const;

 protected:
  explicit Engine(std::shared_ptr<const model::Model> model);
  std::shared_ptr<const model::Model> model_;
  bool joint_ = false;
  size_t vector_width_ = 0;
};

}  // namespace duomo::runtime
