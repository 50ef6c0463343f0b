// See measures.h.
#include "evaluation/measures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/text.h"

namespace duomo::evaluation {

namespace {

struct UserMeasure {
  const char* name;
  double UserRanking::*value;
};
constexpr UserMeasure kUserMeasures[] = {{"hr", &UserRanking::hit},
                                         {"ndcg", &UserRanking::ndcg},
                                         {"recall", &UserRanking::recall},
                                         {"map", &UserRanking::average_precision}};

std::vector<double> ByUser(const RankingAt& at, double UserRanking::*value) {
  std::vector<double> out;
  for (const UserRanking& user : at.users) out.push_back(user.*value);
  return out;
}

}  // namespace

std::vector<Measure> RankingMeasures(const RankingResult& result, const BootstrapOptions& options) {
  std::vector<Measure> out;
  for (const RankingAt& at : result.at) {
    for (const UserMeasure& m : kUserMeasures) {
      out.push_back({StrCat(m.name, '@', at.k), Better::kHigher,
                     BootstrapMean(ByUser(at, m.value), options), true});
    }
    if (!at.lists) continue;
    auto whole = [&](const char* name, Better better, double value) {
      out.push_back({StrCat(name, '@', at.k), better, {value, value, value}, false});
    };
    whole("coverage", Better::kHigher, at.lists->coverage);
    whole("novelty", Better::kNeither, at.lists->novelty);
    whole("popularity", Better::kNeither, at.lists->popularity);
  }
  out.push_back({"mrr", Better::kHigher, BootstrapMean(result.reciprocal_ranks, options), true});
  return out;
}

std::vector<Measure> RankingDifferences(const RankingResult& a, const RankingResult& b,
                                        const BootstrapOptions& options) {
  std::vector<Measure> out;
  if (a.at.size() != b.at.size()) {
    Fail(Status::kInvalidArgument, "rankings cut at ", a.at.size(), " and at ", b.at.size(),
         " lengths have no difference");
  }
  for (size_t i = 0; i < a.at.size(); ++i) {
    if (a.at[i].k != b.at[i].k) {
      Fail(Status::kInvalidArgument, "rankings cut at ", a.at[i].k, " and at ", b.at[i].k,
           " have no difference");
    }
    for (const UserMeasure& m : kUserMeasures) {
      out.push_back(
          {StrCat(m.name, '@', a.at[i].k), Better::kHigher,
           BootstrapDifference(ByUser(a.at[i], m.value), ByUser(b.at[i], m.value), options), true});
    }
  }
  out.push_back({"mrr", Better::kHigher,
                 BootstrapDifference(a.reciprocal_ranks, b.reciprocal_ranks, options), true});
  return out;
}

std::vector<Measure> RatingMeasures(const Recommender& recommender,
                                    const data::Interactions& interactions,
                                    std::span<const uint32_t> rows,
                                    const BootstrapOptions& options) {
  struct Sums {
    double squares = 0, absolute = 0, count = 0;
  };
  std::map<uint32_t, Sums> by_user;
  for (uint32_t row : rows) {
    uint32_t user = interactions.users[row];
    double error = recommender.Predict(user, interactions.items[row]) - interactions.ratings[row];
    Sums& sums = by_user[user];
    sums.squares += error * error;
    sums.absolute += std::abs(error);
    ++sums.count;
  }
  std::vector<double> squares, absolute, counts;
  for (const auto& [user, sums] : by_user) {
    squares.push_back(sums.squares);
    absolute.push_back(sums.absolute);
    counts.push_back(sums.count);
  }
  return {{"rmse", Better::kLower, BootstrapRmse(squares, counts, options), true},
          {"mae", Better::kLower, BootstrapRatio(absolute, counts, options), true}};
}

std::vector<CalibrationBin> Calibrate(const Recommender& recommender,
                                      const data::Interactions& interactions,
                                      std::span<const uint32_t> rows, size_t bins) {
  if (rows.empty() || bins == 0) Fail(Status::kInvalidArgument, "there is nothing to calibrate");
  std::vector<double> predictions;
  for (uint32_t row : rows) {
    predictions.push_back(recommender.Predict(interactions.users[row], interactions.items[row]));
  }
  auto [low, high] = std::minmax_element(predictions.begin(), predictions.end());
  double begin = *low, width = (*high - *low) / static_cast<double>(bins);
  std::vector<CalibrationBin> out(bins);
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t bin = width > 0 ? static_cast<size_t>((predictions[i] - begin) / width) : 0;
    CalibrationBin& b = out[std::min(bin, bins - 1)];
    b.predicted += predictions[i];
    b.actual += interactions.ratings[rows[i]];
    ++b.count;
  }
  std::erase_if(out, [](const CalibrationBin& b) { return b.count == 0; });
  for (CalibrationBin& b : out) {
    b.predicted /= static_cast<double>(b.count);
    b.actual /= static_cast<double>(b.count);
  }
  return out;
}

}  // namespace duomo::evaluation
