#include "evaluation/baselines/popularity.h"

#include <algorithm>
#include <unordered_map>

#include "evaluation/baselines/export.h"

namespace duomo::evaluation {
namespace {

std::vector<float> UsersOf(const RatingMatrix& ratings) {
  std::vector<float> out(ratings.items());
  for (uint32_t item = 0; item < ratings.items(); ++item) {
    out[item] = static_cast<float>(ratings.OfItem(item).size());
  }
  return out;
}

void CheckUsers(const data::Dataset& dataset, size_t users) {
  if (dataset.users.size() == users) return;
  Fail(Status::kInvalidArgument, "the data set has ", dataset.users.size(), " users, the baseline ",
       users);
}

// One score an item, the same for every user.
model::Contents ExportScores(std::string_view name, const std::vector<float>& scores, size_t users,
                             const data::Dataset& dataset) {
  CheckUsers(dataset, users);
  FixedVectors v;
  v.name = name;
  v.unit = "users";
  v.item_bias = scores;
  return ExportVectors(v, dataset);
}

void ScoreAlike(const std::vector<float>& of_items, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), kCannot);
  std::copy_n(of_items.begin(), std::min(scores.size(), of_items.size()), scores.begin());
}

}  // namespace

Popularity::Popularity(const std::shared_ptr<const RatingMatrix>& ratings)
    : users_of_(UsersOf(*ratings)), users_(ratings->users()) {}

void Popularity::Score(uint32_t, std::span<float> scores) const { ScoreAlike(users_of_, scores); }

std::string Popularity::ExportNote() const {
  return "exports as item biases: the number of users of each item";
}

model::Contents Popularity::Export(const data::Dataset& dataset) const {
  return ExportScores(name(), users_of_, users_, dataset);
}

ItemSets::ItemSets(const data::Column& column, uint32_t items) : of(items) {
  if (column.kind != data::ColumnKind::kSet || column.offsets.size() != of.size() + 1) {
    Fail(Status::kInvalidArgument, "the column \"", column.name, "\" is not a set of each of ",
         items, " items; baselines by genre need one");
  }
  std::unordered_map<std::string, uint32_t> known;
  for (size_t item = 0; item < of.size(); ++item) {
    for (uint64_t t = column.offsets[item]; t < column.offsets[item + 1]; ++t) {
      if (column.texts[t].empty()) continue;
      auto [at, added] = known.try_emplace(column.texts[t], static_cast<uint32_t>(names.size()));
      if (added) names.push_back(column.texts[t]);
      of[item].push_back(at->second);
    }
    std::sort(of[item].begin(), of[item].end());
    of[item].erase(std::unique(of[item].begin(), of[item].end()), of[item].end());
  }
}

GenrePopularity::GenrePopularity(const std::shared_ptr<const RatingMatrix>& ratings,
                                 const data::Column& genres)
    : users_of_(UsersOf(*ratings)),
      genres_(genres, ratings->items()),
      bonus_(*std::max_element(users_of_.begin(), users_of_.end()) + 1),
      favourites_(ratings->users(), kNoGenre) {
  for (uint32_t user = 0; user < ratings->users(); ++user) {
    std::vector<uint32_t> counts(genres_.names.size());
    for (const auto& entry : ratings->OfUser(user)) {
      for (uint32_t genre : genres_.of[entry.row]) ++counts[genre];
    }
    auto most = std::max_element(counts.begin(), counts.end());
    if (most != counts.end() && *most > 0) {
      favourites_[user] = static_cast<uint32_t>(most - counts.begin());
    }
  }
}

void GenrePopularity::Score(uint32_t user, std::span<float> scores) const {
  size_t n = std::min(scores.size(), users_of_.size());
  std::fill(scores.begin(), scores.end(), kCannot);
  uint32_t favourite = Favourite(user);
  for (size_t item = 0; item < n; ++item) {
    const std::vector<uint32_t>& own = genres_.of[item];
    bool liked = std::binary_search(own.begin(), own.end(), favourite);
    scores[item] = users_of_[item] + (liked ? bonus_ : 0);
  }
}

std::string GenrePopularity::ExportNote() const {
  return "exports as vectors of one number a genre, and item biases";
}

model::Contents GenrePopularity::Export(const data::Dataset& dataset) const {
  CheckUsers(dataset, favourites_.size());
  FixedVectors v;
  v.name = name();
  v.unit = "users, more for the favourite genre";
  v.width = std::max<uint32_t>(1, static_cast<uint32_t>(genres_.names.size()));
  v.users.resize(favourites_.size() * v.width);
  v.items.resize(genres_.of.size() * v.width);
  for (size_t user = 0; user < favourites_.size(); ++user) {
    if (favourites_[user] != kNoGenre) v.users[user * v.width + favourites_[user]] = 1;
  }
  for (size_t item = 0; item < genres_.of.size(); ++item) {
    for (uint32_t genre : genres_.of[item]) v.items[item * v.width + genre] = bonus_;
  }
  v.item_bias = users_of_;
  return ExportVectors(v, dataset);
}

PopularityOfGenre::PopularityOfGenre(const std::shared_ptr<const RatingMatrix>& ratings,
                                     const data::Column& genres)
    : scores_(ratings->items()), users_(ratings->users()) {
  ItemSets sets(genres, ratings->items());
  std::vector<double> users(sets.names.size()), items(sets.names.size());
  for (uint32_t item = 0; item < ratings->items(); ++item) {
    if (ratings->OfItem(item).empty()) continue;
    for (uint32_t genre : sets.of[item]) {
      users[genre] += static_cast<double>(ratings->OfItem(item).size());
      items[genre] += 1;
    }
  }
  for (uint32_t item = 0; item < ratings->items(); ++item) {
    double sum = 0;
    for (uint32_t genre : sets.of[item]) sum += items[genre] > 0 ? users[genre] / items[genre] : 0;
    if (!sets.of[item].empty()) {
      scores_[item] = static_cast<float>(sum / static_cast<double>(sets.of[item].size()));
    }
  }
}

void PopularityOfGenre::Score(uint32_t, std::span<float> scores) const {
  ScoreAlike(scores_, scores);
}

std::string PopularityOfGenre::ExportNote() const {
  return "exports as item biases: the mean popularity of the item's genres";
}

model::Contents PopularityOfGenre::Export(const data::Dataset& dataset) const {
  return ExportScores(name(), scores_, users_, dataset);
}

}  // namespace duomo::evaluation
