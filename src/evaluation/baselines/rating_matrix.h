// The training ratings by user and by item, as every baseline reads them. Depends on data.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace duomo::evaluation {

// Immutable; any thread.
class RatingMatrix {
 public:
  struct Entry {
    uint32_t row;  // of the item or user
    float rating;
  };

  // Of rows `train` of `interactions`. When a user rated an item several times, the last of those
  // rows counts, at its place. Without ratings (implicit data) each is 1. Lists are in the order of
  // `train`. Throws Error(kInvalidArgument) without rows, or for a row out of range.
  RatingMatrix(const data::Interactions& interactions, std::span<const uint32_t> train,
               uint32_t users, uint32_t items);
  static std::shared_ptr<const RatingMatrix> Make(const data::Dataset& dataset,
                                                  std::span<const uint32_t> train);

  uint32_t users() const { return users_.size(); }
  uint32_t items() const { return items_.size(); }
  std::span<const Entry> OfUser(uint32_t user) const { return users_.Of(user); }
  std::span<const Entry> OfItem(uint32_t item) const { return items_.Of(item); }

  double mean() const { return mean_; }
  double UserMean(uint32_t user) const { return users_.means[user]; }  // mean() without ratings
  double ItemMean(uint32_t item) const { return items_.means[item]; }
  double Clamp(double rating) const;  // to the lowest and highest training rating

 private:
  struct Lists {
    std::vector<uint64_t> offsets;
    std::vector<Entry> entries;
    std::vector<double> means;
    uint32_t size() const { return static_cast<uint32_t>(means.size()); }
    std::span<const Entry> Of(uint32_t row) const {
      return std::span(entries).subspan(offsets[row], offsets[row + 1] - offsets[row]);
    }
  };
  Lists users_, items_;
  double mean_ = 0, lowest_ = 0, highest_ = 0;
};

}  // namespace duomo::evaluation
