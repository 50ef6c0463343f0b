// The rows and numbers of one input in a batch, with missing, unknown and too long values resolved.
// Views only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "runtime/engine.h"

namespace duomo::runtime {

class RowReader {
 public:
  // table_rows: of the input's table, the unknown row included.
  RowReader(const Batch& batch, uint32_t input_index, const model::Input& input,
            uint64_t table_rows)
      : source_(input_index < batch.inputs.size() ? &batch.inputs[input_index] : nullptr),
        input_(input),
        unknown_(table_rows - 1) {}

  // All rows of batch row i, as given: see Known().
  std::span<const uint32_t> All(size_t i) const {
    if (source_ == nullptr) return {};
    auto rows = source_->view.RowsOf(Entity(i));
    if (!source_->ends.empty()) rows = rows.first(std::min<size_t>(source_->ends[i], rows.size()));
    if (input_.max_length == 0 || rows.size() <= input_.max_length) return rows;
    // Texts keep their beginning, histories their end.
    return input_.kind == model::InputKind::kHistory ? rows.last(input_.max_length)
                                                     : rows.first(input_.max_length);
  }
  uint64_t One(size_t i) const {
    auto rows = All(i);
    return rows.empty() ? unknown_ : Known(rows[0]);
  }
  uint64_t Known(uint32_t row) const { return std::min<uint64_t>(row, unknown_); }

  // The rows that attention reads for batch row i, at most `most`, and where they begin.
  std::span<const uint32_t> Window(size_t i, size_t most) const {
    auto rows = All(i);
    if (source_ != nullptr && !source_->begins.empty()) {
      size_t length = source_->ends[i] - source_->begins[i];
      if (rows.size() > length) rows = rows.last(length);
    }
    return rows.size() > most ? rows.last(most) : rows;
  }
  // Whether batch row i reads what the one before reads, and more.
  bool Continues(size_t i) const {
    return i > 0 && source_ != nullptr && !source_->begins.empty() && Entity(i) == Entity(i - 1) &&
           source_->begins[i] == source_->begins[i - 1] && source_->ends[i] > source_->ends[i - 1];
  }

  // Whether batch row i reads the same as the one before: pairs of one user with many items.
  bool Repeats(size_t i) const {
    auto same = [i](const auto& places) { return places.empty() || places[i] == places[i - 1]; };
    return i > 0 && source_ != nullptr && Entity(i) == Entity(i - 1) && same(source_->begins) &&
           same(source_->ends);
  }

  float Number(size_t i) const {  // NaN: none
    if (source_ != nullptr) {
      size_t entity = Entity(i);
      if (entity < source_->view.numbers.size()) return source_->view.numbers[entity];
    }
    return std::numeric_limits<float>::quiet_NaN();
  }

 private:
  size_t Entity(size_t i) const { return source_->rows.empty() ? i : source_->rows[i]; }

  const InputSource* source_;
  const model::Input& input_;
  uint64_t unknown_;
};

}  // namespace duomo::runtime
