#include "training/adam.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/thread_pool.h"
#include "kernels/vector.h"

namespace duomo::training {

double Adam::LearningRate(const TrainingOptions& options, uint64_t step, uint64_t total) {
  double rate = options.learning_rate;
  if (step <= options.warmup_steps) {
    return rate * static_cast<double>(step) / static_cast<double>(options.warmup_steps);
  }
  if (options.schedule == Schedule::kConstant || total <= options.warmup_steps) return rate;
  double progress = static_cast<double>(step - options.warmup_steps) /
                    static_cast<double>(total - options.warmup_steps);
  progress = std::min(progress, 1.0);
  return options.schedule == Schedule::kLinear
             ? rate * (1 - progress)
             : rate * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

void Adam::Update(const TrainingOptions& options, double learning_rate, uint64_t step,
                  std::span<Gradients* const> gradients, std::span<float> values, size_t part,
                  size_t parts) {
  const kernels::VectorKernels& k = kernels::Vector();
  double t = static_cast<double>(step);
  double corrected =
      learning_rate * std::sqrt(1 - std::pow(options.beta2, t)) / (1 - std::pow(options.beta1, t));
  kernels::AdamStep adam{static_cast<float>(corrected), static_cast<float>(options.beta1),
                         static_cast<float>(options.beta2), static_cast<float>(options.epsilon),
                         static_cast<float>(options.weight_decay * learning_rate)};
  auto l2 = static_cast<float>(options.embedding_l2);
  for (size_t s = 0; s < layout_->slots().size(); ++s) {
    const Layout::Slot& slot = layout_->slots()[s];
    auto update = [&](const float* g, size_t begin, size_t size) {
      size_t at = slot.offset + begin;
      k.adam(adam, g, &first_[at], &second_[at], &values[at], size);
    };
    if (slot.table < 0) {
      // Whole cache lines a part, so that parts do not write to each other's.
      constexpr size_t kLine = kAlignment / sizeof(float);
      Range lines = Share((slot.size + kLine - 1) / kLine, part, parts);
      size_t begin = lines.begin * kLine, end = std::min(lines.end * kLine, slot.size);
      if (begin >= end) continue;
      float* g = gradients[0]->of(s) + begin;
      for (size_t w = 1; w < gradients.size(); ++w) {
        k.axpy(1, gradients[w]->of(s) + begin, g, end - begin);
      }
      update(g, begin, end - begin);
      continue;
    }
    Range rows = Share(slot.rows(), part, parts);
    size_t width = slot.width(), untouched = rows.begin;  // first of a run without gradient
    auto flush = [&](size_t end) {
      if (untouched < end) update(nullptr, untouched * width, (end - untouched) * width);
    };
    for (size_t row = rows.begin; row < rows.end; ++row) {
      auto r = static_cast<uint32_t>(row);
      float* g = nullptr;
      for (Gradients* worker : gradients) {
        if (!worker->Touched(s, r)) continue;
        float* mine = worker->Row(s, r);
        if (g == nullptr) {
          g = mine;
        } else {
          k.axpy(1, mine, g, width);
        }
      }
      if (g == nullptr) continue;
      flush(row);
      if (l2 > 0) k.axpy(l2, &values[slot.offset + row * width], g, width);
      update(g, row * width, width);
      untouched = row + 1;
    }
    flush(rows.end);
  }
}

}  // namespace duomo::training
