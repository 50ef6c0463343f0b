#include "evaluation/baselines/rating_matrix.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::evaluation {
namespace {

// Marks the rows of `train` after which the same user has the same item no more.
std::vector<bool> LastOfEachPair(const data::Interactions& interactions,
                                 std::span<const uint32_t> train, uint32_t users, uint32_t items) {
  std::vector<uint64_t> next(size_t{users} + 1);
  for (uint32_t row : train) ++next[interactions.users[row] + 1];
  for (size_t u = 0; u < users; ++u) next[u + 1] += next[u];
  std::vector<uint32_t> by_user(train.size());
  for (size_t i = 0; i < train.size(); ++i) {
    by_user[next[interactions.users[train[i]]]++] = static_cast<uint32_t>(i);
  }
  std::vector<bool> last(train.size());
  std::vector<uint32_t> latest_user(items, UINT32_MAX);  // that has the item, of those gone through
  for (size_t i = by_user.size(); i-- > 0;) {
    uint32_t row = train[by_user[i]], user = interactions.users[row];
    if (latest_user[interactions.items[row]] == user) continue;
    latest_user[interactions.items[row]] = user;
    last[by_user[i]] = true;
  }
  return last;
}

}  // namespace

RatingMatrix::RatingMatrix(const data::Interactions& interactions, std::span<const uint32_t> train,
                           uint32_t users, uint32_t items) {
  if (train.empty()) Fail(Status::kInvalidArgument, "there are no ratings to build a baseline on");
  for (uint32_t row : train) {
    if (row >= interactions.size() || interactions.users[row] >= users ||
        interactions.items[row] >= items) {
      Fail(Status::kInvalidArgument, "training row ", row, " does not fit ", interactions.size(),
           " interactions of ", users, " users with ", items, " items");
    }
  }
  std::vector<bool> kept = LastOfEachPair(interactions, train, users, items);
  auto for_kept = [&](const auto& use) {
    for (size_t i = 0; i < train.size(); ++i) {
      if (!kept[i]) continue;
      uint32_t row = train[i];
      use(interactions.users[row], interactions.items[row],
          interactions.ratings.empty() ? 1.0f : interactions.ratings[row]);
    }
  };
  double count = 0;
  for_kept([&](uint32_t, uint32_t, float rating) {
    auto value = static_cast<double>(rating);
    lowest_ = count == 0 ? value : std::min(lowest_, value);
    highest_ = count == 0 ? value : std::max(highest_, value);
    mean_ += value;
    ++count;
  });
  mean_ /= count;
  auto fill = [&](Lists& lists, uint32_t n, auto own_of, auto other_of) {
    lists.offsets.assign(size_t{n} + 1, 0);
    lists.means.assign(n, mean_);
    for_kept([&](uint32_t user, uint32_t item, float) { ++lists.offsets[own_of(user, item) + 1]; });
    for (size_t i = 0; i < n; ++i) lists.offsets[i + 1] += lists.offsets[i];
    lists.entries.resize(lists.offsets[n]);
    std::vector<uint64_t> next(lists.offsets.begin(), lists.offsets.end() - 1);
    for_kept([&](uint32_t user, uint32_t item, float rating) {
      lists.entries[next[own_of(user, item)]++] = {other_of(user, item), rating};
    });
    for (uint32_t row = 0; row < n; ++row) {
      auto entries = lists.Of(row);
      if (entries.empty()) continue;
      double sum = 0;
      for (const Entry& e : entries) sum += static_cast<double>(e.rating);
      lists.means[row] = sum / static_cast<double>(entries.size());
    }
  };
  auto user_of = [](uint32_t user, uint32_t) { return user; };
  auto item_of = [](uint32_t, uint32_t item) { return item; };
  fill(users_, users, user_of, item_of);
  fill(items_, items, item_of, user_of);
}

std::shared_ptr<const RatingMatrix> RatingMatrix::Make(const data::Dataset& dataset,
                                                       std::span<const uint32_t> train) {
  return std::make_shared<const RatingMatrix>(dataset.interactions, train,
                                              static_cast<uint32_t>(dataset.users.size()),
                                              static_cast<uint32_t>(dataset.items.size()));
}

double RatingMatrix::Clamp(double rating) const { return std::clamp(rating, lowest_, highest_); }

}  // namespace duomo::evaluation
