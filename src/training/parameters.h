// The parameters of a network, and the gradients of one worker, each in one flat array.
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
    size_t offset;  // in floats, a multiple of 16
    size_t size;    // in floats, unpadded
    int32_t table;  // number of the table, -1 for dense parameters
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

// Where the towers find the rows of tables. One thread.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // out[i]: where row rows[i] of the table in this slot stands; valid until the next call.
  virtual void Find(size_t slot, std::span<const uint32_t> rows,
                    std::vector<const float*>& out) = 0;
};

// The gradients that one worker sums up in a step. Only touched rows of tables are stored, so time
// and memory depend on the batch. One thread; without writers, any thread may read.
class Gradients {
 public:
  explicit Gradients(const Layout& layout);

  // Of a slot that is no table.
  float* of(size_t slot) { return dense_.data() + offsets_[slot]; }

  // The gradient of one row of a table; zero when first touched in this step. Valid until another
  // row is touched first.
  float* Row(size_t slot, uint32_t row);
  // nullptr: not touched in this step.
  float* Find(size_t slot, uint32_t row);
  bool Touched(size_t slot, uint32_t row) { return Find(slot, row) != nullptr; }
  // The touched rows of a table, in the order in which they were, and their gradients.
  std::span<const uint32_t> rows(size_t slot) const { return Of(slot).rows; }
  float* RowAt(size_t slot, size_t place);

  // Forgets all gradients: dense ones become zero, table rows count as untouched.
  void NextStep();

 private:
  // Rows by a hash table with linear probing, at most half full; 0 is free, else place + 1.
  struct Table {
    size_t width = 0;
    std::vector<uint32_t> rows, places;
    AlignedVector<float> values;       // by place
    size_t Probe(uint32_t row) const;  // where it is, or the free place where it would be
    void Grow();
  };
  const Table& Of(size_t slot) const {
    return tables_[static_cast<size_t>(layout_->slots()[slot].table)];
  }
  Table& Of(size_t slot) { return tables_[static_cast<size_t>(layout_->slots()[slot].table)]; }

  const Layout* layout_;
  std::vector<size_t> offsets_;  // by slot, into dense_
  AlignedVector<float> dense_;
  std::vector<Table> tables_;
};

}  // namespace duomo::training
