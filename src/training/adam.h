// Adam over all parameters of a network (Kingma and Ba 2015), dense: rows without gradient move too.
#pragma once

#include <span>

#include "core/array.h"
#include "training/options.h"
#include "training/parameters.h"

namespace duomo::training {

class Adam {
 public:
  explicit Adam(const Layout& layout)
      : layout_(&layout), first_(layout.total(), 0.0f), second_(layout.total(), 0.0f) {}

  // The learning rate of update number `step` (from 1) of `total`.
  static double LearningRate(const TrainingOptions& options, uint64_t step, uint64_t total);

  // Part `part` of `parts` of update number `step`: the workers' gradients are added in their
  // order (into the first one's memory), so the result does not depend on who does which part.
  // Different parts may run at once.
  void Update(const TrainingOptions& options, double learning_rate, uint64_t step,
              std::span<Gradients* const> gradients, std::span<float> values, size_t part,
              size_t parts);

  AlignedVector<float>& first() { return first_; }    // moments, for checkpoints
  AlignedVector<float>& second() { return second_; }

 private:
  const Layout* layout_;
  AlignedVector<float> first_, second_;
};

}  // namespace duomo::training
