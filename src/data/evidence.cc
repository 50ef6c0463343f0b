// Each step marks rows to leave out, and one place leaves them out.
#include "data/evidence.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "data/subset.h"

namespace duomo::data {
namespace {

constexpr float kManyTimesTheMedian = 20;
constexpr size_t kStepsOfAScale = 101;  // percent, and anything coarser
constexpr float kTopOfAScale = 1000;

std::string Number(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

// With thousands separators, for people.
std::string Count(uint64_t n) {
  std::string digits = std::to_string(n), out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

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
      "play",  "count",  "quantity", "qty",      "hour", "minute", "second", "listen", "view", "click",
      "times", "amount", "duration", "purchase", "sold", "watch",  "visit",  "usage",  "freq", "units"};
  return Mentions(name, kWords);
}

bool SoundsLikeRating(const std::string& name) {
  constexpr std::array<std::string_view, 6> kWords = {"rating", "stars",  "score",
                                                      "overall", "grade", "preference"};
  return Mentions(name, kWords);
}

// Distinct values, ascending, with how often each occurs.
struct Distribution {
  std::vector<float> values;
  std::vector<uint64_t> counts;
  uint64_t rows = 0;

  explicit Distribution(std::vector<float> cells) {
    std::sort(cells.begin(), cells.end());
    rows = cells.size();
    for (float x : cells) {
      if (values.empty() || values.back() != x) {
        values.push_back(x);
        counts.push_back(0);
      }
      ++counts.back();
    }
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
};

// Takes a sentinel out where there is one.
void FindSentinel(Distribution& d, ValueReading& out) {
  if (d.values.size() < 3) return;
  bool lone_negative = d.values[0] < 0 && d.values[1] >= 0 && d.values[0] >= -100;
  // A scale that begins with 0 has about as many of it as of its next step.
  bool zero = d.values[0] == 0 && d.values[1] == 1 && d.values.back() <= 10 && d.Halves() &&
              d.counts[0] >= 3 * d.counts[1] && d.counts[0] * 20 >= d.rows;
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
  Distribution d({values.begin(), values.end()});
  if (d.values.empty()) return out;
  std::string letters = Letters(name);
  FindSentinel(d, out);
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

std::string_view ValueKindName(ValueKind kind) {
  constexpr std::string_view kNames[] = {"none", "rating", "count"};
  return kNames[static_cast<size_t>(kind)];
}

ValueKind ParseValueKind(std::string_view text) {
  for (ValueKind kind : {ValueKind::kNone, ValueKind::kRating, ValueKind::kCount}) {
    if (text == ValueKindName(kind)) return kind;
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is none of rating, count and none");
}

bool Condition::Holds(float x) const {
  switch (sign) {
    case Sign::kAtLeast:
      return x >= value;
    case Sign::kAbove:
      return x > value;
    case Sign::kAtMost:
      return x <= value;
    case Sign::kBelow:
      return x < value;
    case Sign::kEqual:
      return x == value;
  }
  return false;
}

Condition ParseCondition(std::string_view text) {
  constexpr std::pair<std::string_view, Condition::Sign> kSigns[] = {
      {">=", Condition::Sign::kAtLeast}, {"<=", Condition::Sign::kAtMost},
      {"==", Condition::Sign::kEqual},   {">", Condition::Sign::kAbove},
      {"<", Condition::Sign::kBelow},    {"=", Condition::Sign::kEqual}};
  for (const auto& [sign, meaning] : kSigns) {
    size_t at = text.find(sign);
    if (at == text.npos) continue;
    std::string_view number = text.substr(at + sign.size());
    while (number.starts_with(' ')) number.remove_prefix(1);
    Condition out{meaning, 0, std::string(text)};
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out.value);
    if (error == std::errc() && end == number.data() + number.size() && std::isfinite(out.value)) {
      return out;
    }
    break;
  }
  Fail(Status::kInvalidArgument, '"', text,
       "\" is no condition on the rating; write for example rating>=4");
}

Repeats ParseRepeats(std::string_view text) {
  for (Repeats r : {Repeats::kSum, Repeats::kLast, Repeats::kFirst, Repeats::kKeep}) {
    if (text == RepeatsName(r)) return r;
  }
  Fail(Status::kInvalidArgument, '"', text, "\" is none of sum, last, first and keep");
}

std::string_view RepeatsName(Repeats repeats) {
  constexpr std::string_view kNames[] = {"auto", "sum", "last", "first", "keep"};
  return kNames[static_cast<size_t>(repeats)];
}

std::vector<std::pair<std::string, double>> ParseEventWeights(std::string_view text) {
  std::vector<std::pair<std::string, double>> out;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    size_t equals = one.rfind('=');
    double weight = 0;
    bool good = equals != one.npos && equals > 0;
    if (good) {
      const char* end = one.data() + one.size();
      auto [at, error] = std::from_chars(one.data() + equals + 1, end, weight);
      good = error == std::errc() && at == end && weight >= 0 && std::isfinite(weight);
    }
    if (!good) {
      Fail(Status::kInvalidArgument, "\"", one,
           "\" is not EVENT=WEIGHT with a weight of 0 or more, as in view=1,purchase=10");
    }
    out.emplace_back(one.substr(0, equals), weight);
  }
  return out;
}

namespace {

class Evidence {
 public:
  Evidence(Dataset& dataset, const EvidenceOptions& options)
      : dataset_(dataset), rows_(dataset.interactions), options_(options) {}

  EvidenceReport Run() {
    out_.rows = rows_.size();
    ReadTheValues();
    WeighEvents();
    LeaveOut();
    MergeRepeats();
    KeepCore();
    out_.kept = rows_.size();
    out_.weighted = !rows_.weights.empty();
    Sentences();
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  void Say(const Parts&... parts) {
    out_.sentences.push_back(StrCat(parts...));
  }

  std::string_view name() const {
    return options_.value_name.empty() ? std::string_view("rating") : options_.value_name;
  }

  void ReadTheValues() {
    gone_.assign(rows_.size(), 0);
    ValueReading& v = out_.values;
    if (rows_.ratings.empty() || options_.value_name.empty()) {
      rows_.ratings.assign(rows_.size(), 1);
    } else {
      v = ReadValues(rows_.ratings, options_.value_name);
      if (options_.values) v.kind = *options_.values;
    }
    if (options_.goal == Goal::kRate && v.kind != ValueKind::kRating) {
      Fail(Status::kInvalidArgument, "there is nothing to rate: ", WhyNoRating(),
           "; ", options_.instead, ", or name the column of ratings with "
           "--map rating=COLUMN and --values rating");
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
      float x = rows_.ratings[i];
      bool rated = !v.sentinel || x != *v.sentinel;
      if (v.kind == ValueKind::kCount && x < 0 && rated) {
        gone_[i] = 1;
        ++out_.returns;
      } else if (options_.goal == Goal::kRate && !rated) {
        gone_[i] = 1;
        ++out_.not_rated;
      } else if (options_.positive && !options_.positive->Holds(x)) {
        gone_[i] = 1;
        ++out_.not_positive;
      }
    }
    if (v.kind == ValueKind::kCount) counts_ = rows_.ratings;
    if (v.kind != ValueKind::kRating) rows_.ratings.assign(rows_.size(), 1);
  }

  std::string WhyNoRating() const {
    if (options_.value_name.empty()) return "no column is read as the rating";
    if (out_.values.kind == ValueKind::kNone) {
      return StrCat("\"", name(), "\" is the same in every row");
    }
    return StrCat("\"", name(), "\" counts something (median ", Number(out_.values.median),
                  ", up to ", Number(out_.values.most), ")");
  }

  void WeighEvents() {
    if (options_.event_weights.empty()) return;
    if (rows_.events.empty()) {
      Fail(Status::kInvalidArgument,
           "--event-weights needs a column that says what happened; name it with --map "
           "event=COLUMN");
    }
    std::vector<double> weights(rows_.event_names.size(), 0);
    for (const auto& [event, weight] : options_.event_weights) {
      auto found = std::find(rows_.event_names.begin(), rows_.event_names.end(), event);
      if (found == rows_.event_names.end()) {
        std::string known;
        for (const std::string& e : rows_.event_names) {
          known += (known.empty() ? "" : ", ") + e;
          if (known.size() > 200) break;
        }
        Fail(Status::kInvalidArgument, "no row has the event \"", event, "\"; there are ", known);
      }
      weights[static_cast<size_t>(found - rows_.event_names.begin())] = weight;
    }
    rows_.weights.assign(rows_.size(), 1);
    for (size_t i = 0; i < rows_.size(); ++i) {
      double weight = weights[rows_.events[i]];
      rows_.weights[i] = static_cast<float>(weight);
      if (weight > 0 || gone_[i]) continue;
      gone_[i] = 1;
      ++out_.without_weight;
    }
  }

  void LeaveOut() {
    Keep(gone_);
    if (rows_.size() > 0) return;
    if (out_.not_positive > 0) {
      Fail(Status::kInvalidArgument, "none of ", Count(out_.rows), " rows fulfils --positive ",
           options_.positive->text, ": \"", name(), "\" goes from ", Number(out_.values.least),
           " to ", Number(out_.values.most));
    }
    Fail(Status::kInvalidArgument, "none of ", Count(out_.rows), " rows is evidence: ",
         Count(out_.returns), " are returns, ", Count(out_.not_rated), " are not rated, ",
         Count(out_.without_weight), " have events without a weight");
  }

  // Leaves the marked rows out, here and in what this keeps beside them.
  void Keep(const std::vector<uint8_t>& gone) {
    if (std::find(gone.begin(), gone.end(), 1) == gone.end()) return;
    if (!counts_.empty()) KeepUnmarked(counts_, gone);
    KeepRows(rows_, gone);
  }

  void MergeRepeats() {
    out_.repeats = options_.repeats;
    if (out_.repeats == Repeats::kAuto) {
      out_.repeats = options_.goal == Goal::kRank ? Repeats::kSum : Repeats::kLast;
    }
    std::vector<uint32_t> order = ByPair();
    std::vector<uint8_t> gone(rows_.size());
    bool weigh = !rows_.weights.empty();
    for (size_t begin = 0; begin < order.size();) {
      size_t end = begin + 1;
      while (end < order.size() && SamePair(order[begin], order[end])) ++end;
      ++out_.pairs;
      out_.repeated += end - begin - 1;
      if (out_.repeats != Repeats::kKeep && end - begin > 1) {
        uint32_t kept = out_.repeats == Repeats::kLast ? order[end - 1] : order[begin];
        double weight = 0, count = 0;
        for (size_t i = begin; i < end; ++i) {
          if (order[i] != kept) gone[order[i]] = 1;
          weight += weigh ? rows_.weights[order[i]] : 0;
          count += counts_.empty() ? 0 : counts_[order[i]];
        }
        if (out_.repeats == Repeats::kSum) {
          if (weigh) rows_.weights[kept] = static_cast<float>(weight);
          if (!counts_.empty()) counts_[kept] = static_cast<float>(count);
          // A user's rating is the latest one, whatever the rows say besides.
          rows_.ratings[kept] = rows_.ratings[order[end - 1]];
        }
      }
      begin = end;
    }
    Keep(gone);
    WeighCounts();
  }

  // Rows by user, item, time and place in the file.
  std::vector<uint32_t> ByPair() const {
    std::vector<uint32_t> order(rows_.size());
    std::iota(order.begin(), order.end(), 0u);
    auto time = [&](uint32_t i) { return rows_.timestamps.empty() ? 0 : rows_.timestamps[i]; };
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      if (rows_.users[a] != rows_.users[b]) return rows_.users[a] < rows_.users[b];
      if (rows_.items[a] != rows_.items[b]) return rows_.items[a] < rows_.items[b];
      return time(a) != time(b) ? time(a) < time(b) : a < b;
    });
    return order;
  }
  bool SamePair(uint32_t a, uint32_t b) const {
    return rows_.users[a] == rows_.users[b] && rows_.items[a] == rows_.items[b];
  }

  // A thousand plays say more than ten, but not a hundred times more.
  void WeighCounts() {
    if (counts_.empty()) return;
    double median = std::max(out_.values.median, 1e-6f);
    if (rows_.weights.empty()) rows_.weights.assign(rows_.size(), 1);
    for (size_t i = 0; i < rows_.size(); ++i) {
      rows_.weights[i] *= static_cast<float>(1 + std::log1p(std::max(0.0f, counts_[i]) / median));
    }
  }

  void KeepCore() {
    if (options_.min_user <= 1 && options_.min_item <= 1) return;
    std::vector<uint8_t> gone(rows_.size());
    std::vector<uint32_t> users(dataset_.users.size()), items(dataset_.items.size());
    for (bool changed = true; changed; ++out_.rounds) {
      std::fill(users.begin(), users.end(), 0);
      std::fill(items.begin(), items.end(), 0);
      for (size_t i = 0; i < rows_.size(); ++i) {
        if (gone[i]) continue;
        ++users[rows_.users[i]];
        ++items[rows_.items[i]];
      }
      changed = false;
      for (size_t i = 0; i < rows_.size(); ++i) {
        bool few = users[rows_.users[i]] < options_.min_user ||
                   items[rows_.items[i]] < options_.min_item;
        if (gone[i] || !few) continue;
        gone[i] = changed = true;
        ++out_.below_minimum;
      }
    }
    auto without = [](const std::vector<uint32_t>& counts) {
      return static_cast<uint64_t>(std::count(counts.begin(), counts.end(), 0u));
    };
    out_.users_below_minimum = without(users);
    out_.items_below_minimum = without(items);
    if (out_.below_minimum == rows_.size()) {
      Fail(Status::kInvalidArgument, "no user has ", options_.min_user,
           " rows with items that have ", options_.min_item,
           ": nothing is left; lower --min-user or --min-item");
    }
    Keep(gone);
    KeepEntitiesWithRows(dataset_);
  }

  void Sentences() {
    const ValueReading& v = out_.values;
    bool rank = options_.goal == Goal::kRank;
    if (v.kind == ValueKind::kCount) {
      Say("\"", name(), "\" counts something (", Number(v.least), " to ", Number(v.most),
          ", median ", Number(v.median),
          "): more is stronger evidence, by its logarithm, and no rating");
    } else if (v.kind == ValueKind::kRating) {
      std::string scale = StrCat("\"", name(), "\" is a rating from ", Number(v.least), " to ",
                                 Number(v.most), " in ", Count(v.distinct), " steps");
      if (!rank) {
        Say(scale, ": what is predicted");
      } else if (options_.positive) {
        Say(scale, ": rows with ", options_.positive->text, " are evidence that a user likes an item");
      } else {
        Say(scale, ": every rated item was taken; --positive '", name(), ">=",
            Number(v.median), "' would count those liked, --goal rate predicts the rating");
      }
    } else if (!options_.value_name.empty()) {
      Say("\"", name(), "\" is the same in every row and says nothing");
    }
    if (v.sentinel) {
      Say(Count(v.sentinel_rows), " rows have \"", name(), "\" ", Number(*v.sentinel),
          ", which stands for \"taken, not rated\"",
          rank ? ": evidence as any other" : ": they are left out");
    }
    if (out_.returns > 0) Say(Count(out_.returns), " rows are below 0, so returned: left out");
    if (out_.not_positive > 0) {
      Say(Count(out_.not_positive), " rows do not fulfil ", options_.positive->text, ": left out");
    }
    if (out_.without_weight > 0) {
      Say(Count(out_.without_weight), " rows have events without a weight: left out");
    }
    if (out_.repeated > 0) {
      Say(Count(out_.pairs + out_.repeated), " rows are ", Count(out_.pairs),
          " pairs of user and item: ", Count(out_.repeated), " repeat one before (--repeats ",
          RepeatsName(out_.repeats), ")");
    }
    if (out_.rounds > 0) {
      Say(Count(out_.below_minimum), " rows of ", Count(out_.users_below_minimum), " users and ",
          Count(out_.items_below_minimum), " items below the minimum are left out, in ",
          out_.rounds, out_.rounds == 1 ? " round" : " rounds");
    }
  }

  Dataset& dataset_;
  Interactions& rows_;
  const EvidenceOptions& options_;
  EvidenceReport out_;
  std::vector<uint8_t> gone_;   // by row: 1 to leave out
  std::vector<float> counts_;   // by row; empty unless values are counts
};

}  // namespace

EvidenceReport MakeEvidence(Dataset& dataset, const EvidenceOptions& options) {
  return Evidence(dataset, options).Run();
}

}  // namespace duomo::data
