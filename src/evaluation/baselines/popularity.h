// The same list for everyone, or for everyone who likes a genre: the first floor of any ranking.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/rating_matrix.h"

namespace duomo::evaluation {

// Score: how many users have the item in training.
class Popularity final : public Baseline {
 public:
  explicit Popularity(const std::shared_ptr<const RatingMatrix>& ratings);
  std::string_view name() const override { return "popularity"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool Exportable() const override { return true; }
  std::string ExportNote() const override;
  model::Contents Export(const data::Dataset& dataset) const override;

 private:
  std::vector<float> users_of_;
  uint32_t users_;
};

// A set column of the items by number: its values in order of first appearance, and of each item
// those it has, ascending. Throws Error(kInvalidArgument) for a column that is no set of `items`.
struct ItemSets {
  ItemSets(const data::Column& column, uint32_t items);
  std::vector<std::string> names;
  std::vector<std::vector<uint32_t>> of;  // by item
};

// The items of the user's favourite genre by popularity, then all others by popularity. The
// favourite is the value of a set column that most of the user's training items have; ties: the
// value that comes first in the column. Users without history have none.
class GenrePopularity final : public Baseline {
 public:
  // `genres`: a set column of the items. Throws Error(kInvalidArgument) for another.
  GenrePopularity(const std::shared_ptr<const RatingMatrix>& ratings, const data::Column& genres);
  std::string_view name() const override { return "genre-popularity"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool Exportable() const override { return true; }
  std::string ExportNote() const override;
  model::Contents Export(const data::Dataset& dataset) const override;

  static constexpr uint32_t kNoGenre = UINT32_MAX;
  uint32_t Favourite(uint32_t user) const {
    return user < favourites_.size() ? favourites_[user] : kNoGenre;
  }
  const std::vector<std::string>& genres() const { return genres_.names; }

 private:
  std::vector<float> users_of_;
  ItemSets genres_;
  float bonus_;                       // more than any item's popularity
  std::vector<uint32_t> favourites_;  // by user
};

// The mean popularity of each genre's items, averaged over the item's genres: what popularity can
// say about an item that nobody has rated yet, the floor for cold items. Items of training rows
// count alone; an item without such genres scores 0.
class PopularityOfGenre final : public Baseline {
 public:
  PopularityOfGenre(const std::shared_ptr<const RatingMatrix>& ratings, const data::Column& genres);
  std::string_view name() const override { return "popularity-of-genre"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool Exportable() const override { return true; }
  std::string ExportNote() const override;
  model::Contents Export(const data::Dataset& dataset) const override;

 private:
  std::vector<float> scores_;
  uint32_t users_;
};

}  // namespace duomo::evaluation
