#include "evaluation/baselines/item_top_n.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace duomo::evaluation {
namespace {

using Entry = RatingMatrix::Entry;

// The matrix with the longest users' lists cut.
class CutUsers {
 public:
  CutUsers(const RatingMatrix& ratings, uint64_t max_pairs)
      : ratings_(ratings), length_(LongestLength(ratings, max_pairs)) {
    for (uint32_t user = 0; user < ratings.users(); ++user) {
      auto all = ratings.OfUser(user);
      if (all.size() <= length_) continue;
      if (place_.empty()) place_.assign(ratings.users(), kWhole);
      std::vector<Entry> kept(all.begin(), all.end());
      auto lower = [&](const Entry& a, const Entry& b) {
        uint64_t x = HashOfPair(user, a.row), y = HashOfPair(user, b.row);
        return x != y ? x < y : a.row < b.row;
      };
      auto end = kept.begin() + static_cast<std::ptrdiff_t>(length_);
      std::nth_element(kept.begin(), end, kept.end(), lower);
      kept.erase(end, kept.end());
      std::sort(kept.begin(), kept.end(),
                [](const Entry& a, const Entry& b) { return a.row < b.row; });
      kept.shrink_to_fit();
      bytes_ += kept.size() * sizeof(Entry);
      place_[user] = static_cast<uint32_t>(cut_.size());
      cut_.push_back(std::move(kept));
    }
  }

  uint64_t length() const { return length_; }
  size_t count() const { return cut_.size(); }
  uint64_t bytes() const { return bytes_ + place_.size() * sizeof(uint32_t); }

  std::span<const Entry> Of(uint32_t user) const {
    return IsCut(user) ? std::span<const Entry>(cut_[place_[user]]) : ratings_.OfUser(user);
  }
  bool Has(uint32_t user, uint32_t item) const {  // that has it in the matrix
    if (!IsCut(user)) return true;
    const std::vector<Entry>& kept = cut_[place_[user]];
    auto at = std::lower_bound(kept.begin(), kept.end(), item,
                               [](const Entry& e, uint32_t row) { return e.row < row; });
    return at != kept.end() && at->row == item;
  }

 private:
  static constexpr uint32_t kWhole = UINT32_MAX;
  bool IsCut(uint32_t user) const { return !place_.empty() && place_[user] != kWhole; }

  // The most items of a user with which all users' pairs are few enough.
  static uint64_t LongestLength(const RatingMatrix& ratings, uint64_t max_pairs) {
    auto pairs = [&](uint64_t length) {
      uint64_t sum = 0;
      for (uint32_t user = 0; user < ratings.users(); ++user) {
        uint64_t n = std::min<uint64_t>(ratings.OfUser(user).size(), length);
        sum += n * n;
      }
      return sum;
    };
    uint64_t beyond = uint64_t{ratings.items()} + 1, fits = 1;
    if (pairs(beyond) <= max_pairs) return beyond;
    while (beyond - fits > 1) {
      uint64_t middle = fits + (beyond - fits) / 2;
      (pairs(middle) <= max_pairs ? fits : beyond) = middle;
    }
    return fits;
  }

  const RatingMatrix& ratings_;
  uint64_t length_, bytes_ = 0;
  std::vector<std::vector<Entry>> cut_;
  std::vector<uint32_t> place_;  // by user, in cut_; empty: none is cut
};

}  // namespace

ItemTopN::ItemTopN(std::shared_ptr<const RatingMatrix> ratings, const Options& options)
    : ratings_(std::move(ratings)) {
  if (options.k == 0) Fail(Status::kInvalidArgument, "item-top-n needs at least one neighbour (k)");
  CutUsers users(*ratings_, options.max_pairs);
  std::vector<uint32_t> counts(ratings_->items());
  for (uint32_t user = 0; user < ratings_->users(); ++user) {
    for (const Entry& entry : users.Of(user)) ++counts[entry.row];
  }
  NeighbourLists::Source source;
  source.items = ratings_->items();
  source.users = counts;
  source.add = [&](uint32_t item, SparseSums& sums) {
    for (const Entry& user : ratings_->OfItem(item)) {
      if (!users.Has(user.row, item)) continue;
      for (const Entry& other : users.Of(user.row)) sums.Add(other.row, 1);
    }
  };
  source.value = [&](uint32_t item, uint32_t other, double common) {
    return common / std::sqrt(static_cast<double>(counts[item]) * counts[other]);
  };
  source.at_most = [&](uint32_t item) {
    uint64_t sum = 0;
    for (const Entry& user : ratings_->OfItem(item)) {
      sum += users.Of(user.row).size();
      if (sum >= source.items) break;
    }
    return sum;
  };
  uint64_t own = users.bytes() + counts.size() * sizeof(uint32_t);
  NeighbourLists::Limits limits;
  limits.k = options.k;
  limits.max_bytes = options.max_bytes > own ? options.max_bytes - own : 0;
  limits.threads = options.threads;
  lists_ = std::make_unique<NeighbourLists>(source, limits, "item-top-n");
  if (users.count() > 0) {
    note_ =
        StrCat("item-top-n: similarities are counted from ", users.length(),
               " items, drawn by a fixed hash, of each of ", users.count(), " users who have more");
  }
  if (lists_->k() < std::min(options.k, source.items)) {
    note_ += StrCat(note_.empty() ? "item-top-n: " : "; ", "each item keeps ", lists_->k(),
                    " similar ones instead of ", options.k, ", for which ", options.max_bytes >> 20,
                    " MiB have no room");
  }
}

void ItemTopN::Score(uint32_t user, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (user >= ratings_->users()) return;
  std::vector<double> sums(scores.size());
  for (const Entry& own : ratings_->OfUser(user)) {
    for (const NeighbourLists::Entry& near : lists_->Of(own.row)) {
      if (near.item < sums.size()) sums[near.item] += static_cast<double>(near.value);
    }
  }
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(sums[i]);
}

std::string ItemTopN::ExportNote() const {
  return "evaluation only: a user would need a vector with one number for every item";
}

}  // namespace duomo::evaluation
