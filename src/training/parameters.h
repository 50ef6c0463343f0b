// The learned numbers of a network, and the gradients of one worker, in one flat array each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "core/random.h"
#include "model/parameters.h"

namespace duomo::training {

// Where each parameter lies; the same for values, gradients and Adam's moments. Immutable.
class Layout {
 public:
  explicit Layout(const model::Description& description);

  struct Slot {
    model::Parameter parameter;
    size_t offset;   // in floats, a multiple of 16
    size_t size;     // in floats, unpadded
    int32_t table;   // number of the table, -1 for dense parameters
    size_t rows() const { return parameter.shape[0]; }
    size_t width() const { return size / rows(); }
  };
  const std::vector<Slot>& slots() const { return slots_; }
  size_t table_count() const { return table_count_; }
  size_t total() const { return total_; }
  // Throws Error(kInternal) where there is none of that name.
  size_t IndexOf(std::string_view name) const;

 private:
  std::vector<Slot> slots_;
  size_t table_count_ = 0;
  size_t total_ = 0;
};

// Values drawn as model::Parameter::init says, parameter after parameter, unknown rows zero.
AlignedVector<float> InitialValues(const Layout& layout, Random& random);

// What one worker adds up during a step. Of tables only the touched rows are kept and cleared.
// One thread.
class Gradients {
 public:
  explicit Gradients(const Layout& layout);
  float* of(size_t slot) { return values_.data() + layout_->slots()[slot].offset; }

  // The gradient of one row of a table; cleared when first touched in this step.
  float* Row(size_t slot, uint32_t row);
  bool Touched(size_t slot, uint32_t row) const;
  bool EverTouched(size_t slot, uint32_t row) const;

  // Forgets all gradients: dense ones become zero, table rows count as untouched.
  void NextStep();

  // For checkpoints: which rows have ever been touched.
  std::vector<std::vector<uint32_t>>& stamps() { return stamps_; }
  uint32_t step() const { return step_; }
  void set_step(uint32_t step) { step_ = step; }

 private:
  const Layout* layout_;
  AlignedVector<float> values_;
  std::vector<std::vector<uint32_t>> stamps_;  // by table, by row: the step that touched it last
  uint32_t step_ = 1;
};

}  // namespace duomo::training
