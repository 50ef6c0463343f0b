// Content-based filtering: items like those that the user rated, by their sets and words alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tokens.h"
#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/rating_matrix.h"

namespace duomo::evaluation {

// An item's profile is the TF-IDF of the values of its set columns and the words of its text
// columns: count × (ln((1 + items) / (1 + items with the term)) + 1), of length 1. A user's is the
// rating-weighted mean of the profiles of the training items. Score: the cosine of both; 0 where
// either is empty. Says something of items that nobody has rated.
class ContentBased final : public Baseline {
 public:
  struct Options {
    // Columns of the items; empty: all of kind set, and all of kind string.
    std::vector<std::string> columns;
    Tokenizer tokenizer = Tokenizer::kUnicode;  // of text columns; as proposed models have it
    uint32_t min_items = 2;                     // rarer terms are left out: they join no two items
    // Beyond so many terms the towers' vectors would be unreasonable: no export.
    uint32_t max_exported_terms = 2048;
  };
  // Throws Error(kInvalidArgument) when a column is missing, of another kind, or none is left.
  ContentBased(std::shared_ptr<const RatingMatrix> ratings, const data::EntityTable& items,
               const Options& options);
  ContentBased(std::shared_ptr<const RatingMatrix> ratings, const data::EntityTable& items)
      : ContentBased(std::move(ratings), items, Options{}) {}
  std::string_view name() const override { return "content"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool Exportable() const override { return terms_ <= options_.max_exported_terms; }
  std::string ExportNote() const override;
  // Vectors of length 1, so that the dot product is the cosine.
  model::Contents Export(const data::Dataset& dataset) const override;

  uint32_t terms() const { return terms_; }

 private:
  struct Term {
    uint32_t term;
    double weight;
  };
  std::vector<double> UserProfile(uint32_t user) const;  // [terms], of length 1 or zeros
  std::shared_ptr<const RatingMatrix> ratings_;
  Options options_;
  uint32_t terms_ = 0;
  std::vector<std::vector<Term>> profiles_;  // by item, ascending by term
};

}  // namespace duomo::evaluation
