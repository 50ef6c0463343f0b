#include "evaluation/baselines/item_transitions.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace duomo::evaluation {

bool ItemTransitions::Possible(const data::Interactions& interactions,
                               std::span<const uint32_t> train) {
  if (interactions.timestamps.size() != interactions.size()) return false;
  return std::none_of(train.begin(), train.end(),
                      [&](uint32_t row) { return interactions.timestamps[row] == 0; });
}

ItemTransitions::ItemTransitions(const data::Dataset& dataset, std::span<const uint32_t> train,
                                 const Options& options)
    : options_(options) {
  const data::Interactions& in = dataset.interactions;
  auto items = static_cast<uint32_t>(dataset.items.size());
  if (options.window == 0 || options.k == 0 || !(options.decay > 0 && options.decay <= 1) ||
      !(options.popularity_power >= 0)) {
    Fail(Status::kInvalidArgument,
         "item-transitions needs a window and a k of 1 or more, a decay above 0 and up to 1, and a "
         "power of popularity that is not negative");
  }
  if (train.empty()) Fail(Status::kInvalidArgument, "there are no rows to count transitions in");
  if (!Possible(in, train)) {
    Fail(Status::kInvalidArgument, "item-transitions needs the time of every training row, but \"",
         dataset.name, "\" has rows without; take item-top-n");
  }
  weights_.push_back(1);
  for (uint32_t d = 1; d < options.window; ++d) weights_.push_back(weights_.back() * options.decay);

  begins_.resize(dataset.users.size() + 1);
  for (uint32_t row : train) ++begins_[in.users[row] + 1];
  for (size_t u = 0; u + 1 < begins_.size(); ++u) begins_[u + 1] += begins_[u];
  sequence_.resize(train.size());
  std::vector<uint64_t> next(begins_.begin(), begins_.end() - 1);
  for (uint32_t row : train) sequence_[next[in.users[row]]++] = row;
  std::vector<uint32_t> users_of(items), last_user(items, UINT32_MAX);
  std::vector<bool> ends(train.size());  // a user's last row
  for (uint32_t user = 0; user + 1 < begins_.size(); ++user) {
    if (begins_[user] == begins_[user + 1]) continue;
    ends[begins_[user + 1] - 1] = true;
    auto rows = std::span(sequence_).subspan(begins_[user], begins_[user + 1] - begins_[user]);
    std::sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
      return in.timestamps[a] != in.timestamps[b] ? in.timestamps[a] < in.timestamps[b] : a < b;
    });
    for (uint32_t& row : rows) {
      row = in.items[row];
      if (last_user[row] != user) ++users_of[row];
      last_user[row] = user;
    }
  }
  // Where each item stands.
  std::vector<uint64_t> first(size_t{items} + 1);
  for (uint32_t item : sequence_) ++first[item + 1];
  for (size_t i = 0; i < items; ++i) first[i + 1] += first[i];
  std::vector<uint32_t> places(sequence_.size());
  next.assign(first.begin(), first.end() - 1);
  for (size_t at = 0; at < sequence_.size(); ++at) {
    places[next[sequence_[at]]++] = static_cast<uint32_t>(at);
  }
  std::vector<double> divisors(items, 1);
  for (uint32_t i = 0; i < items; ++i) {
    divisors[i] = std::pow(std::max(1u, users_of[i]), options.popularity_power);
  }

  NeighbourLists::Source source;
  source.items = items;
  source.users = users_of;
  source.add = [&](uint32_t item, SparseSums& sums) {
    for (uint64_t p = first[item]; p < first[item + 1]; ++p) {
      size_t at = places[p];
      for (uint32_t d = 0; d < options_.window && !ends[at]; ++d) {
        sums.Add(sequence_[++at], weights_[d]);
      }
    }
  };
  source.value = [&](uint32_t, uint32_t other, double sum) { return sum / divisors[other]; };
  source.at_most = [&](uint32_t item) {
    return (first[item + 1] - first[item]) * uint64_t{options_.window};
  };
  uint64_t own = (sequence_.size() + places.size()) * sizeof(uint32_t) + sequence_.size() / 8 +
                 (begins_.size() + first.size() + next.size()) * sizeof(uint64_t) +
                 uint64_t{items} * (sizeof(double) + 2 * sizeof(uint32_t));
  NeighbourLists::Limits limits;
  limits.k = options.k;
  limits.max_bytes = options.max_bytes > own ? options.max_bytes - own : 0;
  limits.threads = options.threads;
  lists_ = std::make_unique<NeighbourLists>(source, limits, "item-transitions");
  if (lists_->k() < std::min(options.k, items)) {
    note_ = StrCat("item-transitions: each item keeps the ", lists_->k(),
                   " strongest transitions; for more of them ", options.max_bytes >> 20,
                   " MiB have no room");
  }
}

void ItemTransitions::Score(uint32_t user, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (size_t{user} + 1 >= begins_.size()) return;
  std::vector<double> sums(scores.size());
  auto rows = std::span(sequence_).subspan(begins_[user], begins_[user + 1] - begins_[user]);
  size_t n = std::min<size_t>(rows.size(), options_.window);
  for (size_t d = 0; d < n; ++d) {
    for (const NeighbourLists::Entry& to : lists_->Of(rows[rows.size() - 1 - d])) {
      if (to.item < sums.size()) sums[to.item] += weights_[d] * static_cast<double>(to.value);
    }
  }
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(sums[i]);
}

std::string ItemTransitions::ExportNote() const {
  return "evaluation only: a list for each item, which two towers cannot express";
}

}  // namespace duomo::evaluation
