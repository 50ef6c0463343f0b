// The squared error of ratings, for networks in which the features of users and items are the same
// in all examples.
#pragma once

#include <memory>
#include <span>

#include "core/thread_pool.h"
#include "data/encode.h"
#include "training/examples.h"
#include "training/worker.h"

namespace duomo::training {

// The mean over the examples of (head − target)². A tower runs once for each user and item that
// they name, so a test of 100,000 ratings costs 10,000 tower runs and as many dot products as
// ratings. Memory: the vectors of the smaller side, and 16 bytes an example.
double MeanSquaredError(const data::Encoded& encoded, const Layout& layout,
                        const RatingExamples& examples, const float* parameters,
                        std::span<const std::unique_ptr<Worker>> workers, ThreadPool& pool);

}  // namespace duomo::training
