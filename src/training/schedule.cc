#include "training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace duomo::training {

double LearningRate(const TrainingOptions& options, uint64_t step, uint64_t total) {
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

}  // namespace duomo::training
