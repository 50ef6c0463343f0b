// What a column of numbers is, by its name and its distribution.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "data/evidence.h"

namespace duomo::data {
namespace {

constexpr float kManyTimesTheMedian = 20;
constexpr size_t kStepsOfAScale = 101;  // percent, and anything coarser
constexpr float kTopOfAScale = 1000;

std::string Letters(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z') out += c;
  }
  return out;
}

template <size_t N>
bool Mentions(const std::string& name, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return name.find(word) != name.npos; });
}

bool SoundsLikeCount(const std::string& name) {
  constexpr std::array<std::string_view, 20> kWords = {
      "play",   "count", "quantity", "qty",   "hour",   "minute",   "second",
      "listen", "view",  "click",    "times", "amount", "duration", "purchase",
      "sold",   "watch", "visit",    "usage", "freq",   "units"};
  return Mentions(name, kWords);
}

// Of what is bought, which can come back.
bool SoundsLikeTrade(const std::string& name) {
  constexpr std::array<std::string_view, 5> kWords = {"quantity", "qty", "sold", "units",
                                                      "purchase"};
  return Mentions(name, kWords);
}

bool SoundsLikeRating(const std::string& name) {
  constexpr std::array<std::string_view, 6> kWords = {"rating",  "stars", "score",
                                                      "overall", "grade", "preference"};
  return Mentions(name, kWords);
}

// Distinct values, ascending, with how often each occurs.
struct Distribution {
  std::vector<float> values;
  std::vector<uint64_t> counts;
  uint64_t rows = 0;

  // Memory is that of the distinct values, however many rows there are.
  explicit Distribution(std::span<const float> cells) : rows(cells.size()) {
    // Most columns have few values, which stay in their places of a small table; what has to make
    // room there is sorted later.
    constexpr size_t kPlaces = 1024, kMany = size_t{1} << 20;
    std::vector<Counted> places(kPlaces), waiting;
    for (float x : cells) {
      uint32_t bits = std::bit_cast<uint32_t>(x);
      Counted& place = places[(bits * 0x9E3779B1u) >> 22];
      if (place.second > 0 && place.first != x) {
        waiting.push_back(std::exchange(place, {x, 0}));
        if (waiting.size() >= std::max(kMany, values.size())) Merge(waiting);
      }
      place.first = x;
      ++place.second;
    }
    for (const Counted& place : places) {
      if (place.second > 0) waiting.push_back(place);
    }
    Merge(waiting);
  }
  void Drop(size_t at) {
    rows -= counts[at];
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(at));
    counts.erase(counts.begin() + static_cast<std::ptrdiff_t>(at));
  }
  float Quantile(double share) const {
    auto before = static_cast<uint64_t>(share * static_cast<double>(rows));
    for (size_t i = 0; i < values.size(); ++i) {
      if (before < counts[i]) return values[i];
      before -= counts[i];
    }
    return values.empty() ? 0 : values.back();
  }
  // All values are multiples of a half: what scales of stars are made of.
  bool Halves() const {
    return std::all_of(values.begin(), values.end(),
                       [](float x) { return std::floor(2 * x) == 2 * x; });
  }
  // The least value is the most frequent one, and larger ones become rarer.
  bool Falling() const {
    uint64_t most = *std::max_element(counts.begin(), counts.end());
    return counts[0] == most && counts[0] * 3 > rows && counts.back() * 10 < counts[0];
  }

 private:
  using Counted = std::pair<float, uint64_t>;  // a value, and how often it occurs

  // Adds values in any order, some perhaps several times, and empties the list.
  void Merge(std::vector<Counted>& more) {
    for (size_t i = 0; i < values.size(); ++i) more.emplace_back(values[i], counts[i]);
    std::sort(more.begin(), more.end());
    values.clear();
    counts.clear();
    for (auto [value, times] : more) {
      if (values.empty() || values.back() != value) {
        values.push_back(value);
        counts.push_back(0);
      }
      counts.back() += times;
    }
    more.clear();
  }
};

// Takes a sentinel out where there is one.
void FindSentinel(Distribution& d, const std::string& name, ValueReading& out) {
  if (d.values.size() < 3) return;
  bool lone_negative =
      d.values[0] < 0 && d.values[1] >= 0 && d.values[0] >= -100 && !SoundsLikeTrade(name);
  // A scale that begins with 0 has about as many of it as of its next step, which few may have
  // used.
  bool zero = d.values[0] == 0 && d.values[1] >= 1 && d.values[1] <= 2 && d.values.back() <= 10 &&
              d.Halves() && d.counts[0] >= 3 * d.counts[1] && d.counts[0] * 20 >= d.rows;
  if (!lone_negative && !zero) return;
  out.sentinel = d.values[0];
  out.sentinel_rows = d.counts[0];
  d.Drop(0);
}

ValueKind KindOf(const Distribution& d, const std::string& name) {
  if (d.values.size() < 2) return ValueKind::kNone;
  float least = d.values.front(), most = d.values.back(), median = d.Quantile(0.5);
  bool scale = d.values.size() <= kStepsOfAScale && d.Halves() && most - least <= 100 &&
               least >= -100 && most <= 100;
  bool between_ends = std::max(std::abs(least), std::abs(most)) <= kTopOfAScale;
  // Of a scale that has numbers below 0, the middle may be anywhere.
  bool skewed = least >= 0 && most > kManyTimesTheMedian * std::max(median, d.Quantile(0.75) / 4);
  if (SoundsLikeRating(name) && between_ends) return ValueKind::kRating;
  if (SoundsLikeCount(name)) return ValueKind::kCount;
  if (skewed || !between_ends) return ValueKind::kCount;
  if (scale) {
    // 1, 2, 3 … ever rarer is how often something happened; opinions are seldom lowest.
    bool counted = least >= 0 && least <= 1 && d.values.size() > 5 && d.Falling();
    return counted ? ValueKind::kCount : ValueKind::kRating;
  }
  // Measured: hours have a long tail, opinions between fixed ends have none.
  return least >= 0 && most > 5 * d.Quantile(0.9) ? ValueKind::kCount : ValueKind::kRating;
}

}  // namespace

ValueReading ReadValues(std::span<const float> values, std::string_view name) {
  ValueReading out;
  Distribution d(values);
  if (d.values.empty()) return out;
  std::string letters = Letters(name);
  FindSentinel(d, letters, out);
  out.kind = KindOf(d, letters);
  // Many negative numbers beside a long tail of positive ones are what came back. A scale around 0
  // has no such tail.
  if (d.values.front() < 0) {
    Distribution positive = d;
    while (!positive.values.empty() && positive.values.front() < 0) {
      out.returns += positive.counts.front();
      positive.Drop(0);
    }
    bool count = SoundsLikeCount(letters) ||
                 (!SoundsLikeRating(letters) && out.returns * 4 < d.rows &&
                  positive.values.size() > 1 && KindOf(positive, letters) == ValueKind::kCount);
    if (count) {
      out.kind = ValueKind::kCount;
      d = std::move(positive);
    } else {
      out.returns = 0;
    }
  }
  if (d.values.empty()) return out;
  out.least = d.values.front();
  out.most = d.values.back();
  out.median = d.Quantile(0.5);
  out.distinct = d.values.size();
  return out;
}

}  // namespace duomo::data
