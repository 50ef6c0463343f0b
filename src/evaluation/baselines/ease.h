// A linear model over items: what an autoencoder without hidden layer finds, in closed form.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "evaluation/baselines/baseline.h"

namespace duomo::evaluation {

// EASE (Steck, Embarrassingly shallow autoencoders for sparse data, 2019): B minimises
// ‖X − X·B‖² + l2·‖B‖² with zeros on its diagonal, for X [users, items] of who has what among the
// training rows; neither ratings nor weights count. The score of an item is the sum of B's numbers
// from the user's items to it. With a decay below 1 an item counts decay^(the user's later rows)
// there, in time order (ties: order of the file): what somebody took last tells most of what is
// next. Items without a training row score 0.
class Ease final : public Baseline {
 public:
  struct Options {
    double l2 = 500;
    double decay = 1;  // 1: all items count alike; less needs the time of every row
    // B takes the square of the items with rows, and its inverse their cube: more are refused.
    uint32_t max_items = 8000;
  };

  // Throws Error(kInvalidArgument) without rows, for options out of range, or for a decay where a
  // row has no time; Error(kUnsupported) for more items than max_items.
  Ease(const data::Dataset& dataset, std::span<const uint32_t> train, const Options& options);
  std::string_view name() const override { return decay_ < 1 ? "ease-recent" : "ease"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  std::string ExportNote() const override;

  // From one item to another, by rows of the data set; 0 for items without a training row.
  float Weight(uint32_t from, uint32_t to) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  double decay_;
  std::vector<uint32_t> place_;  // by item: its row in B; kNone without rows
  std::vector<uint32_t> items_;  // by row in B
  std::vector<float> weights_;   // B, [from, to]
  // Rows in B of each user's items, each once, the oldest first.
  std::vector<uint32_t> sequence_;
  std::vector<uint64_t> begins_;
};

}  // namespace duomo::evaluation
