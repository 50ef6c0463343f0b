// How much training fits into a given time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "training/examples.h"
#include "training/options.h"

namespace duomo::training {

// The time of a step, measured with a few steps of a temporary trainer: the second fastest, so that
// an interruption does not count. The examples' parameters take memory meanwhile.
double SecondsPerStep(const data::Encoded& encoded, const Examples& train,
                      const TrainingOptions& options);

// How many passes over so many examples fit into so many seconds, at least 1. For choosing `passes`
// by time, so that the schedule of the learning rate ends where the time does: a run that is
// stopped early has not had the small learning rates, and is far from its best result.
uint64_t PassesWithin(double seconds, double seconds_per_step, size_t examples,
                      const TrainingOptions& options);

}  // namespace duomo::training
