// What follows what, counted: the floor of every model that reads histories in order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/neighbour_lists.h"

namespace duomo::evaluation {

// Sequential rules (Ludewig and Jannach, Evaluation of session-based recommendation algorithms,
// 2018, section 3.2, with a decay a step). In each user's training rows in time order (ties: order
// of the file) a row adds decay^(d−1) to the transition from the item d rows before, for d up to
// `window`. The score of an item is the sum of the transitions to it from the user's last `window`
// rows, each times decay^(rows since), over the item's users^popularity_power. Items that nothing
// of those leads to score 0. Neither ratings nor weights count.
class ItemTransitions final : public Baseline {
 public:
  struct Options {
    uint32_t window = 20;
    double decay = 0.75;
    double popularity_power = 0.3;  // 0: what is popular follows everything
    uint32_t k = 5000;              // of each item the strongest transitions that are kept
    // Of the transitions and of what it takes to count them; with less room each item keeps the
    // strongest.
    uint64_t max_bytes = uint64_t{1} << 30;
    size_t threads = 1;  // changes nothing but the time
  };

  // Whether all of these rows have a time.
  static bool Possible(const data::Interactions& interactions, std::span<const uint32_t> train);

  // Throws Error(kInvalidArgument) without rows, where one has no time, or for options out of
  // range; Error(kUnsupported) where max_bytes does not hold one transition an item.
  ItemTransitions(const data::Dataset& dataset, std::span<const uint32_t> train,
                  const Options& options);
  ItemTransitions(const data::Dataset& dataset, std::span<const uint32_t> train)
      : ItemTransitions(dataset, train, Options{}) {}
  std::string_view name() const override { return "item-transitions"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  std::string ExportNote() const override;
  std::string Note() const override { return note_; }

  const NeighbourLists& lists() const { return *lists_; }

 private:
  Options options_;
  std::vector<double> weights_;  // decay^d
  // Items in time order, one user after the other; of each user the rows begins_[user] and on.
  std::vector<uint32_t> sequence_;
  std::vector<uint64_t> begins_;
  std::unique_ptr<const NeighbourLists> lists_;
  std::string note_;
};

}  // namespace duomo::evaluation
