// From hidden taste to a data set: who rates what, how, and when.
#include "data/synthetic.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "data/movielens.h"
#include "data/movielens_tables.h"
#include "data/synthetic_world.h"

namespace duomo::data {
namespace {

// MovieLens 1M's histogram in thousandths; its mean is 3.58.
constexpr std::array<uint64_t, 5> kHistogram = {56, 108, 261, 349, 226};
constexpr int64_t kFirstSecond = 957'000'000, kSeconds = 80'000'000;  // May 2000 and 2.5 years on
constexpr uint64_t kUsualMinimum = 20;                                // ratings a user
constexpr uint64_t kPlaces = 0x706C61636573;                          // "places"
constexpr uint32_t kMostEntities = 1 << 24;  // beyond, the weights below would be 0

// Where a user lives has nothing to do with taste, and its random numbers are its own.
EntityTable Users(const SyntheticWorld& world, uint64_t seed) {
  Random places(seed ^ kPlaces);
  MovieLensUsers users;
  int64_t id = 0;
  for (const SyntheticWorld::User& user : world.users()) {
    users.Add(++id, user.gender == 0 ? "M" : "F", SyntheticWorld::kAgeCodes[user.age], user.job,
              OccupationLabel(user.job), StrCat(places.Below(10)));
  }
  return std::move(users.table);
}

EntityTable Movies(const SyntheticWorld& world) {
  MovieLensMovies movies;
  int64_t id = 0;
  for (const SyntheticWorld::Movie& movie : world.movies()) {
    for (size_t i = 0; i < movie.genre_count; ++i) {
      movies.AddGenre(std::string(SyntheticWorld::kGenreNames[movie.genres[i]]));
    }
    movies.Add(++id, StrCat(movie.name, " (", movie.year, ')'));
  }
  return std::move(movies.table);
}

// How many movies each user rates: a minimum for all, the rest by Zipf's law, at most `limit`.
std::vector<uint64_t> Activity(uint32_t users, uint64_t ratings, uint64_t limit, Random& random) {
  uint64_t minimum = std::min(kUsualMinimum, ratings / users / 2);
  minimum = std::min(minimum, limit);
  std::vector<uint64_t> weights(users);
  for (uint32_t i = 0; i < users; ++i) weights[i] = (uint64_t{1} << 24) / (i + users / 40 + 1);
  random.Shuffle(std::span(weights));
  uint64_t total = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  uint64_t shared = ratings - minimum * users, sum = 0, given = 0;
  std::vector<uint64_t> counts(users);
  for (uint32_t i = 0; i < users; ++i) {
    sum += weights[i];
    uint64_t until = shared * sum / total;  // both below 2^32: no overflow
    counts[i] = minimum + std::min(until - given, limit - minimum);
    given = until;
  }
  uint64_t left = ratings - std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  while (left > 0) {  // what the limit took away goes to everybody else
    for (uint32_t i = 0; i < users && left > 0; ++i) {
      if (counts[i] == limit) continue;
      ++counts[i];
      --left;
    }
  }
  return counts;
}

// Draws movies for one user after the other: the popular ones first, the liked ones rather.
class Chooser {
 public:
  Chooser(const SyntheticWorld& world, Random& random)
      : world_(world), random_(random), rated_by_(world.movies().size()) {
    size_t n = world.movies().size();
    std::vector<uint64_t> weights(n);
    for (size_t i = 0; i < n; ++i) weights[i] = (uint64_t{1} << 24) / (i + n / 20 + 5);
    random_.Shuffle(std::span(weights));
    cumulative_.resize(n);
    std::partial_sum(weights.begin(), weights.end(), cumulative_.begin());
  }

  uint32_t Next(uint32_t user) {
    auto n = static_cast<uint32_t>(cumulative_.size());
    for (int attempt = 0; attempt < 64; ++attempt) {
      uint64_t draw = random_.Below(cumulative_.back());
      auto movie = static_cast<uint32_t>(
          std::upper_bound(cumulative_.begin(), cumulative_.end(), draw) - cumulative_.begin());
      if (rated_by_[movie] == user + 1) continue;
      int32_t chance = std::clamp(500 + world_.Affinity(user, movie) / 3, 100, 900);
      if (random_.Below(1000) < static_cast<uint64_t>(chance)) return Take(user, movie);
    }
    // Someone who has seen nearly all of the popular ones: anything not rated yet.
    auto movie = static_cast<uint32_t>(random_.Below(n));
    while (rated_by_[movie] == user + 1) movie = (movie + 1) % n;
    return Take(user, movie);
  }

 private:
  uint32_t Take(uint32_t user, uint32_t movie) {
    rated_by_[movie] = user + 1;
    return movie;
  }

  const SyntheticWorld& world_;
  Random& random_;
  std::vector<uint32_t> rated_by_;  // the last user + 1
  std::vector<uint64_t> cumulative_;
};

// Stars by rank, so that their histogram is the one wanted whatever the scores.
std::vector<float> Stars(const std::vector<int32_t>& scores) {
  std::vector<int32_t> sorted = scores;
  std::sort(sorted.begin(), sorted.end());
  std::array<int32_t, 4> thresholds;
  uint64_t below = 0;
  for (size_t i = 0; i < 4; ++i) {
    below += kHistogram[i];
    thresholds[i] = sorted[sorted.size() * below / 1000];
  }
  std::vector<float> stars(scores.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    auto above = std::count_if(thresholds.begin(), thresholds.end(),
                               [&](int32_t threshold) { return scores[i] >= threshold; });
    stars[i] = static_cast<float>(1 + above);
  }
  return stars;
}

}  // namespace

Dataset MakeSynthetic(uint32_t users, uint32_t items, uint64_t ratings, uint64_t seed) {
  uint64_t limit = (uint64_t{items} + 1) / 2;
  if (users == 0 || items == 0 || ratings == 0) {
    Fail(Status::kInvalidArgument, "synthetic data need users, items and ratings");
  }
  if (users > kMostEntities || items > kMostEntities) {
    Fail(Status::kInvalidArgument, "synthetic data have at most ", kMostEntities,
         " users and items");
  }
  if (ratings > users * limit || ratings > UINT32_MAX) {
    Fail(Status::kInvalidArgument, ratings, " ratings are too many for ", users, " users and ",
         items, " items; at most ", std::min<uint64_t>(users * limit, UINT32_MAX), " are possible");
  }
  Random random(seed);
  SyntheticWorld world(users, items, random);
  Dataset out;
  out.name = "synthetic";
  out.users = Users(world, seed);
  out.items = Movies(world);

  std::vector<uint64_t> counts = Activity(users, ratings, limit, random);
  Chooser chooser(world, random);
  std::vector<int32_t> scores;
  Interactions& rows = out.interactions;
  for (uint32_t user = 0; user < users; ++user) {
    auto second = kFirstSecond + static_cast<int64_t>(random.Below(kSeconds));
    for (uint64_t i = 0; i < counts[user]; ++i) {
      uint32_t item = chooser.Next(user);
      rows.users.push_back(user);
      rows.items.push_back(item);
      scores.push_back(world.Affinity(user, item) +
                       SyntheticWorld::Normal(random, SyntheticWorld::kNoise));
      rows.timestamps.push_back(second);
      // Most rate in one sitting, several in the same second, and sometimes come back.
      bool later = random.Below(40) == 0;
      second += static_cast<int64_t>(random.Below(later ? 2'000'000 : 60));
    }
  }
  rows.ratings = Stars(scores);
  return out;
}

}  // namespace duomo::data
