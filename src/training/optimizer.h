// The optimisers. Their results are those of dense updates, as in the papers: a row of a table
// without gradient still moves (by its moments and by decay). Their cost is that of sparse updates:
// a step visits only the rows that it touches, and each row catches up when it is read
// (missed_steps.h). So the cost of a step does not depend on the size of the tables.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/array.h"
#include "training/missed_steps.h"
#include "training/options.h"
#include "training/parameters.h"

namespace duomo::training {

class Optimizer {
 public:
  // values: all parameters, as `layout` has them; both must outlive this. total: steps of the run.
  Optimizer(const TrainingOptions& options, const Layout& layout, std::span<float> values,
            uint64_t total);

  static constexpr uint64_t kMostSteps = UINT32_MAX - 1;

  // During the computation of gradients: brings rows up to date in place. Any thread; the result
  // does not depend on which.
  void Find(size_t slot, std::span<const uint32_t> rows, std::vector<const float*>& out);

  // For tests: the same values without changing any state: rows that are behind are brought up to
  // date in `scratch`. Any thread, but not beside Find() or Update().
  void Peek(size_t slot, std::span<const uint32_t> rows, AlignedVector<float>& scratch,
            std::vector<const float*>& out) const;

  // Part `part` of `parts` of the next update: the workers' gradients are added in their order
  // (into the memory of the first that has one), so the result does not depend on who does which
  // part. Different parts may run at once; when all are done, Done().
  void Update(std::span<Gradients* const> gradients, size_t part, size_t parts);
  void Done();

  // Part of: all parameters as of now, into `out`; and all rows brought up to date in place.
  void CopyCurrent(float* out, size_t part, size_t parts) const;
  void BringUpToDate(size_t part, size_t parts);
  // After all parts of that: gives back the memory of moments and sums. There are no more updates.
  void Finish();

  // Whether any example touched this row of the table in slot `slot`.
  bool Trained(size_t slot, uint32_t row) const { return state_.trained[TableOf(slot)][row] != 0; }

  // All that the future depends on, beside options and parameters; for checkpoints.
  struct State {
    uint64_t steps = 0;                          // done
    AlignedVector<float> first, second;          // moments, or sums of squares
    std::vector<std::vector<uint32_t>> current;  // by table, by row: as of which step the row is
    std::vector<std::vector<uint8_t>> trained;   // by table, by row: 1 where an example touched it
  };
  const State& state() const { return state_; }
  // Of an optimiser of the same options and layout; false where the sizes are others.
  bool Restore(State state);

 private:
  struct Step;
  Step At(uint64_t step) const;
  size_t TableOf(size_t slot) const { return static_cast<size_t>(layout_->slots()[slot].table); }
  float* Values(size_t slot, size_t row) const;
  // Where the states of a row stand in `first` and `second` (of a dense slot: those of row 0), and
  // how many there are.
  size_t StateAt(size_t slot, size_t row) const { return offsets_[slot] + row * StateWidth(slot); }
  size_t StateWidth(size_t slot) const;
  // Takes one row, with its states, from the step that it is of to now.
  void CatchUp(bool trained, uint64_t from, size_t width, float* first, float* second,
               float* values) const;
  const float* UpToDate(size_t slot, uint32_t row);
  void Apply(const Step& step, size_t state, const float* gradient, float* values, size_t size,
             bool one_state);

  TrainingOptions options_;
  const Layout* layout_;
  std::span<float> values_;
  MissedSteps missed_;
  std::vector<size_t> offsets_;  // by slot, into the states
  State state_;
};

// The rows as a worker sees them. One thread.
class CurrentRows : public RowSource {
 public:
  explicit CurrentRows(Optimizer& optimizer) : optimizer_(&optimizer) {}
  // Training brings rows up to date for good, see Optimizer::Find() and Peek().
  void set_training(bool training) { training_ = training; }
  void Find(size_t slot, std::span<const uint32_t> rows, std::vector<const float*>& out) override {
    training_ ? optimizer_->Find(slot, rows, out) : optimizer_->Peek(slot, rows, scratch_, out);
  }

 private:
  Optimizer* optimizer_;
  bool training_ = false;
  AlignedVector<float> scratch_;
};

}  // namespace duomo::training
