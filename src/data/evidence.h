// What the rows of a table of interactions say: a rating, how much, or only that it happened; and
// the rows as evidence of who took what, one a pair of user and item.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

enum class Goal {
  kRank,  // lists: which items a user will take
  kRate,  // the rating that a user would give
};

enum class ValueKind {
  kNone,    // the same in every row: that the row is there is all that is known
  kRating,  // an opinion, on a scale of few steps or between fixed ends
  kCount,   // how much or how often (plays, hours, pieces): skewed, without an upper end
};

// What the numbers of a "rating" column are.
struct ValueReading {
  ValueKind kind = ValueKind::kNone;
  // A number that stands for "no rating was given": -1 where all others are 0 or more, or a very
  // frequent 0 beside 1 … 10.
  std::optional<float> sentinel;
  uint64_t sentinel_rows = 0;
  uint64_t returns = 0;  // of a count: rows below 0, which take something back
  // Without the sentinel and the returns.
  float least = 0, most = 0, median = 0;
  size_t distinct = 0;
};

// Reads them by their distribution. `name`, the column's, decides where that could be either:
// "plays" and "quantity" are counts, "rating" and "stars" are ratings.
ValueReading ReadValues(std::span<const float> values, std::string_view name);

std::string_view ValueKindName(ValueKind kind);   // "none", "rating", "count"
ValueKind ParseValueKind(std::string_view text);  // throws Error(kInvalidArgument)

// A condition on the value: "rating>=4"; the name before the sign is for people alone.
struct Condition {
  enum class Sign { kAtLeast, kAbove, kAtMost, kBelow, kEqual };
  Sign sign = Sign::kAtLeast;
  float value = 0;
  std::string text;
  bool Holds(float x) const;
};
Condition ParseCondition(std::string_view text);  // throws Error(kInvalidArgument)

// What becomes of several rows of one user and item.
enum class Repeats {
  kAuto,   // kSum to rank, kLast to rate
  kSum,    // one row: the weights (or counts) added up, the time of the first
  kLast,   // the last one in time; ties: in the file
  kFirst,  // the first
  kKeep,   // all
};
Repeats ParseRepeats(std::string_view text);  // throws Error(kInvalidArgument)
std::string_view RepeatsName(Repeats repeats);

// "view=1,addtocart=3": the weight of each kind of event. Throws Error(kInvalidArgument).
std::vector<std::pair<std::string, double>> ParseEventWeights(std::string_view text);

struct EvidenceOptions {
  Goal goal = Goal::kRank;
  std::string value_name = {};             // of the rating column; empty: there is none
  std::optional<ValueKind> values = {};    // what they are, where that shall not be found out
  std::optional<Condition> positive = {};  // to rank: rows that do not fulfil it are no evidence
  std::vector<std::pair<std::string, double>> event_weights = {};
  Repeats repeats = Repeats::kAuto;
  uint32_t min_user = 1, min_item = 1;  // rows that every user and item shall have
  // What to do where there is nothing to rate, for the message.
  std::string instead = "leave --goal rate out to learn lists";
};

struct EvidenceReport {
  ValueReading values;
  Repeats repeats = Repeats::kAuto;  // as carried out
  uint64_t rows = 0, pairs = 0;      // read; users and items together, before anything is left out
  uint64_t kept = 0;                 // rows in the end
  // Rows left out, by reason.
  uint64_t returns = 0, not_positive = 0, without_weight = 0, not_rated = 0, repeated = 0;
  uint64_t below_minimum = 0;
  uint64_t users_below_minimum = 0, items_below_minimum = 0;
  uint32_t rounds = 0;  // until every user and item had its minimum
  bool weighted = false;
  std::vector<std::string> sentences;  // all of the above for people, a line each
};

// Turns the interactions into evidence for the goal, in place.
//   to rank   a count c becomes the weight 1 + ln(1 + c / median) and the rating 1; ratings stay,
//             and count as evidence where `positive` holds (everywhere without one)
//   to rate   rows without a rating are left out; counts are no ratings: throws
// Then events get their weights, repeats become one row, and users and items with too few rows are
// left out, again and again until none is left (a k-core). Rows stay in the order of the file.
// Throws Error(kInvalidArgument) with what to do: nothing is left, a kind of event that does not
// occur, weights for events where no column says what happened, nothing to rate.
EvidenceReport MakeEvidence(Dataset& dataset, const EvidenceOptions& options);

}  // namespace duomo::data
