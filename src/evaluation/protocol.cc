#include "evaluation/protocol.h"

#include <algorithm>

#include "core/error.h"

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

}  // namespace

RankingCases BuildRankingCases(const data::Dataset& dataset, const data::Split& split,
                               const CaseOptions& options) {
  const data::Interactions& in = dataset.interactions;
  if (split.train.size() + split.test.size() > in.size()) {
    Fail(Status::kInvalidArgument, "the split \"", split.name, "\" has ",
         split.train.size() + split.test.size(), " rows, the data set only ", in.size());
  }
  for (const std::vector<uint32_t>* rows : {&split.train, &split.test}) {
    for (uint32_t row : *rows) {
      if (row < in.size()) continue;
      Fail(Status::kInvalidArgument, "the split \"", split.name, "\" names row ", row,
           ", the data set has ", in.size());
    }
  }
  size_t users = dataset.users.size();
  bool timed = in.timestamps.size() == in.size(), rated = in.ratings.size() == in.size();
  RankingCases out;
  out.task.items = static_cast<uint32_t>(dataset.items.size());
  out.task.item_users.resize(dataset.items.size());

  std::vector<std::vector<uint32_t>> seen(users), relevant(users);
  std::vector<int64_t> first_test(users, std::numeric_limits<int64_t>::max());
  for (uint32_t row : split.train) seen[in.users[row]].push_back(in.items[row]);
  for (auto& items : seen) {
    SortUnique(items);
    out.task.training_users += items.empty() ? 0 : 1;
    for (uint32_t item : items) ++out.task.item_users[item];
  }
  for (uint32_t row : split.test) {
    uint32_t user = in.users[row];
    // Time 0 is unknown, and nothing is later than that for certain.
    if (timed && in.timestamps[row] != 0) {
      first_test[user] = std::min(first_test[user], in.timestamps[row]);
    }
    if (rated && in.ratings[row] < options.minimum_rating) {
      ++out.low_rows;
    } else if (std::binary_search(seen[user].begin(), seen[user].end(), in.items[row])) {
      ++out.repeated_rows;
    } else {
      relevant[user].push_back(in.items[row]);
    }
  }
  if (timed) {
    for (uint32_t row : split.train) {
      out.later_training_rows += in.timestamps[row] > first_test[in.users[row]] ? 1 : 0;
    }
  }
  for (uint32_t user = 0; user < users; ++user) {
    if (relevant[user].empty()) {
      ++out.users_without_case;
      continue;
    }
    size_t rows = relevant[user].size();
    SortUnique(relevant[user]);
    out.repeated_rows += rows - relevant[user].size();
    out.task.cases.push_back({user, std::move(relevant[user]), std::move(seen[user])});
  }
  if (out.task.cases.empty()) {
    Fail(Status::kInvalidArgument, "the split \"", split.name,
         "\" leaves no user to evaluate: ", split.test.size(), " test rows, ", out.low_rows,
         " below the minimum rating, ", out.repeated_rows, " repeat what is known");
  }
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
  for (size_t i = 0; i < from.size(); ++i) {
    if (new_row[from.users[i]] == kGone) continue;
    to.users.push_back(new_row[from.users[i]]);
    to.items.push_back(from.items[i]);
    if (!from.ratings.empty()) to.ratings.push_back(from.ratings[i]);
    if (!from.timestamps.empty()) to.timestamps.push_back(from.timestamps[i]);
  }
  if (kept.empty() || to.size() == 0) {
    Fail(Status::kInvalidArgument, "of the users ", first_id, "-", last_id, ", \"", dataset.name,
         "\" has ", kept.size(), " and ", to.size(), " interactions of theirs");
  }
  return out;
}

}  // namespace duomo::evaluation
