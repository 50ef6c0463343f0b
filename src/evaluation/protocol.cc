#include "evaluation/protocol.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "evaluation/fixed_hash.h"

namespace duomo::evaluation {
namespace {

void SortUnique(std::vector<uint32_t>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

data::Column Restrict(const data::Column& in, const std::vector<uint32_t>& rows) {
  data::Column out;
  out.name = in.name;
  out.kind = in.kind;
  out.bucketed = in.bucketed;
  if (in.kind == data::ColumnKind::kSet) out.offsets.push_back(0);
  for (uint32_t row : rows) {
    switch (in.kind) {
      case data::ColumnKind::kInteger:
        out.integers.push_back(in.integers[row]);
        break;
      case data::ColumnKind::kNumber:
        out.numbers.push_back(in.numbers[row]);
        break;
      case data::ColumnKind::kString:
        out.texts.push_back(in.texts[row]);
        break;
      case data::ColumnKind::kSet:
        for (uint64_t t = in.offsets[row]; t < in.offsets[row + 1]; ++t) {
          out.texts.push_back(in.texts[t]);
        }
        out.offsets.push_back(out.texts.size());
        break;
    }
  }
  return out;
}

void CheckSplit(const data::Dataset& dataset, const data::Split& split) {
  size_t size = dataset.interactions.size();
  if (split.train.size() + split.test.size() > size) {
    Fail(Status::kInvalidArgument, "the split \"", split.name, "\" has ",
         split.train.size() + split.test.size(), " rows, the data set only ", size);
  }
  for (const std::vector<uint32_t>* rows : {&split.train, &split.test}) {
    for (uint32_t row : *rows) {
      if (row < size) continue;
      Fail(Status::kInvalidArgument, "the split \"", split.name, "\" names row ", row,
           ", the data set has ", size);
    }
  }
}

// What lies before and after. Time 0 is unknown, and nothing is later than that for certain.
struct Times {
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  Times(const data::Dataset& dataset, const data::Split& split, RankingCases& out)
      : in(dataset.interactions), last_training(dataset.users.size(), -kNever) {
    bool timed = in.timestamps.size() == in.size();
    std::vector<int64_t> first_test(dataset.users.size(), kNever);
    int64_t first_of_all = kNever;
    for (uint32_t row : split.test) {
      int64_t time = timed ? in.timestamps[row] : 0;
      out.rows_without_time += time == 0 ? 1 : 0;
      if (time == 0) continue;
      first_test[in.users[row]] = std::min(first_test[in.users[row]], time);
      first_of_all = std::min(first_of_all, time);
    }
    for (uint32_t row : split.train) {
      int64_t time = timed ? in.timestamps[row] : 0;
      out.rows_without_time += time == 0 ? 1 : 0;
      if (time == 0) continue;
      out.later_training_rows += time > first_test[in.users[row]] ? 1 : 0;
      out.rows_after_first_test += time > first_of_all ? 1 : 0;
      last_training[in.users[row]] = std::max(last_training[in.users[row]], time);
    }
    known = out.rows_without_time == 0 && out.later_training_rows == 0;
  }
  bool SameAsBefore(uint32_t row) const {
    return known && in.timestamps[row] == last_training[in.users[row]];
  }

  const data::Interactions& in;
  std::vector<int64_t> last_training;  // by user
  bool known = false;                  // all times, and test rows come last
};

// Keeps `most` of the cases, by a fixed hash of the user row.
void Draw(RankingCases& cases, size_t most) {
  std::vector<RankingCase>& all = cases.task.cases;
  if (most == 0 || all.size() <= most) return;
  auto hash = [&](size_t i) { return HashOfPair(all[i].user, 0); };
  std::vector<size_t> drawn(all.size());
  std::iota(drawn.begin(), drawn.end(), size_t{0});
  std::nth_element(drawn.begin(), drawn.begin() + static_cast<std::ptrdiff_t>(most), drawn.end(),
                   [&](size_t a, size_t b) { return hash(a) < hash(b); });
  drawn.resize(most);
  std::sort(drawn.begin(), drawn.end());
  cases.cases_not_drawn = all.size() - most;
  for (size_t i = 0; i < most; ++i) {
    if (drawn[i] == i) continue;
    all[i] = std::move(all[drawn[i]]);
    if (!cases.same_time.empty()) cases.same_time[i] = cases.same_time[drawn[i]];
  }
  all.resize(most);
  if (!cases.same_time.empty()) cases.same_time.resize(most);
}

}  // namespace

RankingCases BuildRankingCases(const data::Dataset& dataset, const data::Split& split,
                               const CaseOptions& options) {
  CheckSplit(dataset, split);
  const data::Interactions& in = dataset.interactions;
  size_t users = dataset.users.size();
  bool rated = in.ratings.size() == in.size();
  RankingCases out;
  out.task.items = static_cast<uint32_t>(dataset.items.size());
  out.task.item_users.resize(dataset.items.size());
  out.training_rows = split.train.size();
  Times times(dataset, split, out);

  std::vector<std::vector<uint32_t>> seen(users), relevant(users);
  for (uint32_t row : split.train) seen[in.users[row]].push_back(in.items[row]);
  for (auto& items : seen) {
    SortUnique(items);
    out.task.training_users += items.empty() ? 0 : 1;
    for (uint32_t item : items) ++out.task.item_users[item];
  }
  enum Outcome : uint8_t { kNoTestRow, kLow, kRepeated, kRelevant };  // the best of the user's rows
  std::vector<uint8_t> outcomes(users, kNoTestRow), same_time(users);
  for (uint32_t row : split.test) {
    uint32_t user = in.users[row];
    Outcome outcome = kRelevant;
    if (rated && in.ratings[row] < options.minimum_rating) {
      ++out.low_rows;
      outcome = kLow;
    } else if (std::binary_search(seen[user].begin(), seen[user].end(), in.items[row])) {
      ++out.repeated_rows;
      outcome = kRepeated;
    } else {
      relevant[user].push_back(in.items[row]);
      if (times.SameAsBefore(row)) same_time[user] = 1;
    }
    outcomes[user] = std::max<uint8_t>(outcomes[user], outcome);
  }
  std::vector<bool> cold(dataset.items.size());
  for (uint32_t user = 0; user < users; ++user) {
    if (outcomes[user] != kRelevant) {
      ++out.users_without_case;
      ++(outcomes[user] == kNoTestRow ? out.users_without_test_row
         : outcomes[user] == kLow     ? out.users_with_low_rows_only
                                      : out.users_with_repeated_rows_only);
      continue;
    }
    size_t rows = relevant[user].size();
    SortUnique(relevant[user]);
    out.repeated_rows += rows - relevant[user].size();
    bool any_cold = false;
    for (uint32_t item : relevant[user]) {
      if (out.task.item_users[item] > 0) continue;
      out.cold_items += cold[item] ? 0 : 1;
      any_cold = cold[item] = true;
    }
    out.cold_cases += any_cold ? 1 : 0;
    if (times.known) out.same_time.push_back(same_time[user]);
    out.task.cases.push_back({user, std::move(relevant[user]), std::move(seen[user])});
  }
  if (out.task.cases.empty()) {
    Fail(Status::kInvalidArgument, "the split \"", split.name,
         "\" leaves no user to evaluate: ", split.test.size(), " test rows, ", out.low_rows,
         " below the minimum rating, ", out.repeated_rows, " repeat what is known");
  }
  Draw(out, options.max_cases);
  return out;
}

data::Dataset RestrictUsers(const data::Dataset& dataset, int64_t first_id, int64_t last_id) {
  if (!dataset.users.keys.empty()) {
    Fail(Status::kInvalidArgument,
         "users can be restricted to a range of ids only where ids are "
         "integers; those of \"",
         dataset.name, "\" are strings");
  }
  if (first_id > last_id) {
    Fail(Status::kInvalidArgument, "the range of users ", first_id, "-", last_id, " is empty");
  }
  constexpr uint32_t kGone = UINT32_MAX;
  std::vector<uint32_t> kept, new_row(dataset.users.size(), kGone);
  for (uint32_t row = 0; row < dataset.users.size(); ++row) {
    int64_t id = dataset.users.ids[row];
    if (id < first_id || id > last_id) continue;
    new_row[row] = static_cast<uint32_t>(kept.size());
    kept.push_back(row);
  }
  data::Dataset out;
  out.name = dataset.name;
  out.items = dataset.items;
  out.skipped_lines = dataset.skipped_lines;
  for (uint32_t row : kept) {
    out.users.ids.push_back(dataset.users.ids[row]);
    if (!dataset.users.titles.empty()) out.users.titles.push_back(dataset.users.titles[row]);
  }
  for (const data::Column& column : dataset.users.columns) {
    out.users.columns.push_back(Restrict(column, kept));
  }
  const data::Interactions& from = dataset.interactions;
  data::Interactions& to = out.interactions;
  to.event_names = from.event_names;
  for (size_t i = 0; i < from.size(); ++i) {
    if (new_row[from.users[i]] == kGone) continue;
    to.users.push_back(new_row[from.users[i]]);
    to.items.push_back(from.items[i]);
    if (!from.ratings.empty()) to.ratings.push_back(from.ratings[i]);
    if (!from.timestamps.empty()) to.timestamps.push_back(from.timestamps[i]);
    if (!from.weights.empty()) to.weights.push_back(from.weights[i]);
    if (!from.events.empty()) to.events.push_back(from.events[i]);
  }
  if (kept.empty() || to.size() == 0) {
    Fail(Status::kInvalidArgument, "of the users ", first_id, "-", last_id, ", \"", dataset.name,
         "\" has ", kept.size(), " and ", to.size(), " interactions of theirs");
  }
  return out;
}

}  // namespace duomo::evaluation
