#include "training/planning.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "training/trainer.h"

namespace duomo::training {

double SecondsPerStep(const data::Encoded& encoded, const Examples& train,
                      const TrainingOptions& options) {
  constexpr uint64_t kSteps = 6;
  TrainingOptions o = options;
  o.steps = kSteps;
  o.passes = 0;
  o.test_every = 0;
  struct Clock : Observer {
    std::vector<double> at;
    void OnTrain(const TrainEvent&) override {
      auto now = std::chrono::steady_clock::now().time_since_epoch();
      at.push_back(std::chrono::duration<double>(now).count());
    }
  } clock;
  Observer* observers[] = {&clock};
  Trainer(encoded, train, nullptr, o).Run(observers);
  std::vector<double> steps;
  for (size_t i = 1; i < clock.at.size(); ++i) steps.push_back(clock.at[i] - clock.at[i - 1]);
  std::sort(steps.begin(), steps.end());
  return steps[std::min<size_t>(1, steps.size() - 1)];
}

uint64_t PassesWithin(double seconds, double seconds_per_step, size_t examples,
                      const TrainingOptions& options) {
  double steps = std::ceil(static_cast<double>(examples) / static_cast<double>(options.batch_size));
  double passes = seconds / (steps * seconds_per_step);
  return passes >= 1 ? static_cast<uint64_t>(std::min(passes, 1e6)) : 1;
}

}  // namespace duomo::training
