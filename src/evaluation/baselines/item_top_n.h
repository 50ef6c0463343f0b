// Item-based collaborative filtering for rankings.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/neighbour_lists.h"
#include "evaluation/baselines/rating_matrix.h"

namespace duomo::evaluation {

// Deshpande and Karypis 2004: the sum of the similarities to the user's items, cosine of who has
// what, each item keeping its k most similar others. Neither ratings nor weights count: it is the
// classic floor. Predicted ratings rank badly, because items that few have rated come out on top;
// this is the honest floor of item-based filtering for rankings. Items near none of the user's
// score 0. Of equally similar items those are kept that more users have, then by a fixed hash.
class ItemTopN final : public Baseline {
 public:
  struct Options {
    uint32_t k = 20;
    // Of the similar items and of what it takes to find them; with less room each item keeps fewer.
    uint64_t max_bytes = uint64_t{1} << 30;
    // A user with n items costs n² steps. Beyond so many altogether the longest lists are cut, to
    // items drawn by a fixed hash, for the similarities only: to sum over, users keep all.
    uint64_t max_pairs = 500'000'000;
    size_t threads = 1;  // changes nothing but the time
  };
  // Throws Error(kUnsupported) where max_bytes does not hold one similar item each.
  ItemTopN(std::shared_ptr<const RatingMatrix> ratings, const Options& options);
  explicit ItemTopN(std::shared_ptr<const RatingMatrix> ratings)
      : ItemTopN(std::move(ratings), Options{}) {}
  std::string_view name() const override { return "item-top-n"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  std::string ExportNote() const override;
  std::string Note() const override { return note_; }

  const NeighbourLists& lists() const { return *lists_; }

 private:
  std::shared_ptr<const RatingMatrix> ratings_;
  std::unique_ptr<const NeighbourLists> lists_;
  std::string note_;
};

}  // namespace duomo::evaluation
