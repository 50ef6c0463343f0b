#include "selection/split_choice.h"

#include <algorithm>

#include "core/error.h"
#include "data/split.h"

namespace duomo::selection {
bool AllHaveTimes(const data::Interactions& rows) {
  return rows.timestamps.size() == rows.size() &&
         std::none_of(rows.timestamps.begin(), rows.timestamps.end(),
                      [](int64_t t) { return t == 0; });
}

namespace {

// Users with rows that train and rows that test.
size_t Returning(const data::Dataset& dataset, const data::Split& split) {
  std::vector<uint8_t> trains(dataset.users.size()), tests(dataset.users.size());
  for (uint32_t row : split.train) trains[dataset.interactions.users[row]] = 1;
  for (uint32_t row : split.test) tests[dataset.interactions.users[row]] = 1;
  size_t both = 0;
  for (size_t user = 0; user < trains.size(); ++user) both += trains[user] & tests[user];
  return both;
}

}  // namespace

SplitChoice ChooseSplit(const data::Dataset& dataset, data::Goal goal) {
  const data::Interactions& rows = dataset.interactions;
  std::string ratio = rows.size() < kFewRows ? "ratio:0.2" : "ratio:0.1";
  if (goal == data::Goal::kRate) return {ratio, "a share of the ratings, drawn"};
  if (!AllHaveTimes(rows)) return {ratio, "not all rows have a time, so test rows are drawn"};
  std::string time = "time:0.9";
  size_t returning = Returning(dataset, data::MakeSplit(time, rows));
  if (returning >= kReturningUsers) {
    return {time, StrCat("the latest tenth of the rows; ", returning,
                         " of its users have earlier ones to learn from")};
  }
  std::string users = returning == 0   ? "no user has"
                      : returning == 1 ? "only 1 user has"
                                       : StrCat("only ", returning, " users have");
  return {ratio,
          StrCat("drawn, because ", users, " rows before and after one point in time (time:0.9)")};
}

}  // namespace duomo::selection
