#include "evaluation/baselines/content.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "evaluation/baselines/export.h"

namespace duomo::evaluation {
namespace {

// The terms of a column for one item. The column's name keeps the genre "war" and the word apart.
template <typename Use>
void ForTerms(const data::Column& column, size_t item, Tokenizer tokenizer, const Use& use) {
  if (column.kind == data::ColumnKind::kSet) {
    for (uint64_t t = column.offsets[item]; t < column.offsets[item + 1]; ++t) {
      if (!column.texts[t].empty()) use(StrCat(column.name, '=', column.texts[t]));
    }
  } else {
    for (const std::string& word : Tokens(column.texts[item], tokenizer)) {
      use(StrCat(column.name, '=', word));
    }
  }
}

std::vector<const data::Column*> Choose(const data::EntityTable& items,
                                        const std::vector<std::string>& names) {
  auto fits = [](const data::Column& c) {
    return c.kind == data::ColumnKind::kSet || c.kind == data::ColumnKind::kString;
  };
  std::vector<const data::Column*> out;
  for (const std::string& name : names) {
    const data::Column* column = items.Find(name);
    if (column == nullptr || !fits(*column)) {
      Fail(Status::kInvalidArgument, "the items have no set or text column \"", name, '"');
    }
    out.push_back(column);
  }
  if (names.empty()) {
    for (const data::Column& column : items.columns) {
      if (fits(column)) out.push_back(&column);
    }
  }
  if (out.empty()) {
    Fail(Status::kInvalidArgument, "the items have no set or text column to compare them by");
  }
  return out;
}

}  // namespace

ContentBased::ContentBased(std::shared_ptr<const RatingMatrix> ratings,
                           const data::EntityTable& items, const Options& options)
    : ratings_(std::move(ratings)), options_(options), profiles_(items.size()) {
  if (items.size() != ratings_->items()) {
    Fail(Status::kInvalidArgument, "the table has ", items.size(), " items, the ratings ",
         ratings_->items());
  }
  std::unordered_map<std::string, uint32_t> numbers;
  std::vector<std::map<uint32_t, uint32_t>> counts(items.size());
  std::vector<uint32_t> items_with;
  for (const data::Column* column : Choose(items, options.columns)) {
    for (size_t item = 0; item < items.size(); ++item) {
      ForTerms(*column, item, options.tokenizer, [&](const std::string& text) {
        auto [at, added] = numbers.try_emplace(text, static_cast<uint32_t>(items_with.size()));
        if (added) items_with.push_back(0);
        if (counts[item][at->second]++ == 0) ++items_with[at->second];
      });
    }
  }
  constexpr uint32_t kRare = UINT32_MAX;
  std::vector<uint32_t> kept(items_with.size(), kRare);
  for (size_t t = 0; t < items_with.size(); ++t) {
    if (items_with[t] >= options.min_items) kept[t] = terms_++;
  }
  for (size_t item = 0; item < items.size(); ++item) {
    double squares = 0;
    for (auto [t, count] : counts[item]) {
      if (kept[t] == kRare) continue;
      double rarity = std::log((1 + static_cast<double>(items.size())) / (1.0 + items_with[t])) + 1;
      double weight = count * rarity;
      squares += weight * weight;
      profiles_[item].push_back({kept[t], weight});
    }
    for (Term& term : profiles_[item]) term.weight /= std::sqrt(squares);
  }
}

std::vector<double> ContentBased::UserProfile(uint32_t user) const {
  std::vector<double> profile(terms_);
  if (user >= ratings_->users()) return profile;
  for (const auto& [item, rating] : ratings_->OfUser(user)) {
    for (const Term& t : profiles_[item]) {
      profile[t.term] += static_cast<double>(rating) * t.weight;
    }
  }
  double squares = 0;
  for (double v : profile) squares += v * v;
  if (squares > 0) {
    for (double& v : profile) v /= std::sqrt(squares);
  }
  return profile;
}

void ContentBased::Score(uint32_t user, std::span<float> scores) const {
  std::vector<double> profile = UserProfile(user);
  for (size_t item = 0; item < scores.size(); ++item) {
    double cosine = 0;
    if (item < profiles_.size()) {
      for (const Term& t : profiles_[item]) cosine += profile[t.term] * t.weight;
    }
    scores[item] = static_cast<float>(cosine);
  }
}

std::string ContentBased::ExportNote() const {
  if (Exportable()) {
    return StrCat("exports as profiles of ", terms_, " numbers, one a term");
  }
  return StrCat("evaluation only: profiles of ", terms_, " terms are too wide for vectors (",
                options_.max_exported_terms,
                " at most); fewer columns, or rarer terms left out "
                "(min_items), can be exported");
}

model::Contents ContentBased::Export(const data::Dataset& dataset) const {
  if (!Exportable()) return Baseline::Export(dataset);  // throws
  FixedVectors v;
  v.name = name();
  v.unit = "cosine";
  v.width = std::max(1u, terms_);
  v.users.resize(size_t{ratings_->users()} * v.width);
  v.items.resize(profiles_.size() * v.width);
  for (uint32_t user = 0; user < ratings_->users(); ++user) {
    std::vector<double> profile = UserProfile(user);
    std::transform(profile.begin(), profile.end(),
                   v.users.begin() + static_cast<std::ptrdiff_t>(size_t{user} * v.width),
                   [](double x) { return static_cast<float>(x); });
  }
  for (size_t item = 0; item < profiles_.size(); ++item) {
    for (const Term& t : profiles_[item]) {
      v.items[item * v.width + t.term] = static_cast<float>(t.weight);
    }
  }
  return ExportVectors(v, dataset);
}

}  // namespace duomo::evaluation
