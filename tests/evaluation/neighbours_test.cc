#include "evaluation/baselines/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "data/synthetic.h"

namespace duomo::evaluation {
namespace {

std::vector<uint32_t> AllRows(const data::Interactions& in) {
  std::vector<uint32_t> rows(in.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

std::shared_ptr<const RatingMatrix> Matrix(const data::Interactions& in, uint32_t users,
                                           uint32_t items) {
  return std::make_shared<const RatingMatrix>(in, AllRows(in), users, items);
}

TEST(RatingMatrix, ListsMeansAndRepetitions) {
  data::Interactions in{{0, 1, 0, 0}, {2, 2, 1, 2}, {1, 4, 3, 5}, {}};
  RatingMatrix m(in, AllRows(in), 3, 4);
  ASSERT_EQ(m.OfUser(0).size(), 2u);  // the second rating of item 2 replaces the first
  EXPECT_EQ(m.OfUser(0)[0].row, 1u);
  EXPECT_EQ(m.OfUser(0)[1].row, 2u);
  EXPECT_EQ(m.OfUser(0)[1].rating, 5.0f);
  EXPECT_EQ(m.OfItem(2).size(), 2u);
  EXPECT_EQ(m.UserMean(0), 4);
  EXPECT_EQ(m.ItemMean(2), 4.5);
  EXPECT_EQ(m.mean(), 4);
  EXPECT_EQ(m.UserMean(2), 4);  // nobody knows better
  EXPECT_EQ(m.Clamp(0), 3);
  EXPECT_EQ(m.Clamp(9), 5);
  in.ratings.clear();
  EXPECT_EQ(RatingMatrix(in, AllRows(in), 3, 4).mean(), 1);
  EXPECT_THROW(RatingMatrix(in, {}, 3, 4), Error);
  EXPECT_THROW(RatingMatrix(in, AllRows(in), 3, 2), Error);
  EXPECT_THROW(RatingMatrix(in, std::vector<uint32_t>{4}, 3, 4), Error);
}

// KNNWithMeans written down as its formula reads, without any care for speed.
struct Reference {
  std::map<uint32_t, std::vector<std::pair<uint32_t, double>>> own, other;
  std::map<std::pair<uint32_t, uint32_t>, double> rating;  // {own, other}
  bool pearson;
  uint32_t k, support;

  Reference(const data::Interactions& in, bool users, uint32_t k_, uint32_t support_)
      : pearson(users), k(k_), support(support_) {
    for (size_t i = 0; i < in.size(); ++i) {
      uint32_t x = users ? in.users[i] : in.items[i], y = users ? in.items[i] : in.users[i];
      double r = static_cast<double>(in.ratings[i]);
      own[x].push_back({y, r});
      other[y].push_back({x, r});
      rating[{x, y}] = r;
    }
  }
  static double Mean(const std::vector<std::pair<uint32_t, double>>& list) {
    double sum = 0;
    for (auto& [row, r] : list) sum += r;
    return sum / double(list.size());
  }
  double Similarity(uint32_t a, uint32_t b) {
    if (a == b) return 1;
    std::vector<double> ra, rb;
    for (auto& [c, r] : own[a]) {
      auto at = rating.find({b, c});
      if (at == rating.end()) continue;
      double mean = pearson ? 0 : Mean(other[c]);
      ra.push_back(r - mean);
      rb.push_back(at->second - mean);
    }
    if (ra.empty() || ra.size() < support) return 0;
    double n = double(ra.size()), a1 = 0, b1 = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < ra.size(); ++i) {
      a1 += ra[i];
      b1 += rb[i];
      aa += ra[i] * ra[i];
      bb += rb[i] * rb[i];
      ab += ra[i] * rb[i];
    }
    if (pearson) {  // in whole numbers, so exact up to the root
      double below = (n * aa - a1 * a1) * (n * bb - b1 * b1);
      return below > 0 ? (n * ab - a1 * b1) / std::sqrt(below) : 0;
    }
    if (aa < 1e-12 || bb < 1e-12) return 0;
    return ab / std::sqrt(aa * bb);
  }
  double Predict(uint32_t x, uint32_t y) {
    std::vector<std::pair<double, double>> near;  // similarity, deviation
    for (auto& [x2, r] : other[y]) near.push_back({Similarity(x, x2), r - Mean(own[x2])});
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& p, const auto& q) { return p.first > q.first; });
    if (near.size() > k) near.resize(k);
    double weight = 0, sum = 0;
    for (auto& [s, d] : near) {
      if (s <= 0) continue;
      weight += s;
      sum += s * d;
    }
    return std::clamp(Mean(own[x]) + (weight > 0 ? sum / weight : 0), 1.0, 5.0);
  }
};

class Neighbourhood : public testing::TestWithParam<uint32_t> {};

TEST_P(Neighbourhood, AgreesWithTheFormula) {
  data::Dataset d = data::MakeSynthetic(40, 30, 500, GetParam());
  auto matrix = Matrix(d.interactions, 40, 30);
  NeighbourhoodOptions options;
  // Few ties are cut by these, as adjusted cosines that ought to be equal differ in the last bit.
  options.neighbours.k = GetParam() == 1 ? 40 : 6;
  options.min_support = GetParam() == 1 ? 1 : 3;
  UserCf users(matrix, options);
  ItemCf items(matrix, options);
  Reference user_reference(d.interactions, true, options.neighbours.k, options.min_support);
  Reference item_reference(d.interactions, false, options.neighbours.k, options.min_support);
  std::vector<float> user_scores(30), item_scores(30);
  for (uint32_t u = 0; u < 40; ++u) {
    users.Score(u, user_scores);
    items.Score(u, item_scores);
    for (uint32_t i = 0; i < 30; ++i) {
      if (matrix->OfUser(u).empty() || matrix->OfItem(i).empty()) {
        EXPECT_EQ(users.Predict(u, i), matrix->mean());
        EXPECT_EQ(item_scores[i], kCannot);
        continue;
      }
      EXPECT_NEAR(users.Predict(u, i), user_reference.Predict(u, i), 1e-7) << u << ' ' << i;
      EXPECT_NEAR(items.Predict(u, i), item_reference.Predict(i, u), 1e-7) << u << ' ' << i;
      EXPECT_NEAR(matrix->Clamp(user_scores[i]), users.Predict(u, i), 1e-6);
      EXPECT_NEAR(matrix->Clamp(item_scores[i]), items.Predict(u, i), 1e-6);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, Neighbourhood, testing::Values(1u, 2u, 3u));

TEST(UserCf, ByHand) {
  // Users 0 and 1 agree on items 0 and 1, user 2 is their opposite. Item 2 is rated by 1 and 2.
  data::Interactions in{
      {0, 0, 1, 1, 1, 2, 2, 2}, {0, 1, 0, 1, 2, 0, 1, 2}, {5, 1, 4, 2, 3, 1, 5, 3}, {}};
  UserCf cf(Matrix(in, 4, 4));
  // r(0, 1) = 1, r(0, 2) = −1, which does not count; user 1's mean is 3, user 0's too.
  EXPECT_DOUBLE_EQ(cf.Predict(0, 2), 3);
  in.ratings[4] = 4.5;  // user 1's mean is 3.5
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4)).Predict(0, 2), 4);
  // Nobody knows user 3 or item 3; a stranger beyond the table is no different.
  double mean = RatingMatrix(in, AllRows(in), 4, 4).mean();
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4)).Predict(3, 0), mean);
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4)).Predict(0, 3), mean);
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4)).Predict(99, 99), mean);
  NeighbourhoodOptions options;
  options.min_support = 3;  // two in common are not enough
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4), options).Predict(0, 2), 3);
  options.min_support = 1;
  options.neighbours.min_k = 2;  // one neighbour is not enough
  EXPECT_DOUBLE_EQ(UserCf(Matrix(in, 4, 4), options).Predict(0, 2), 3);
  options.neighbours.k = 0;
  EXPECT_THROW(UserCf(Matrix(in, 4, 4), options), Error);
}

TEST(NeighbourMean, TakesTheFirstOfEquals) {
  NeighbourMean mean({2, 1});
  mean.Add(0.5, 1);
  mean.Add(-1, 100);
  mean.Add(0.5, 2);
  mean.Add(1, 4);
  mean.Add(0.5, 8);
  EXPECT_DOUBLE_EQ(mean.Deviation(), (4 + 0.5) / 1.5);
  mean.Clear();
  EXPECT_EQ(mean.Deviation(), 0);
  for (int i = 0; i < 5; ++i) mean.Add(1, i);
  EXPECT_DOUBLE_EQ(mean.Deviation(), 0.5);
}

TEST(Similarities, RefusesMoreMemoryThanAllowed) {
  data::Interactions in{{0}, {0}, {5}, {}};
  SimilarityOptions options;
  options.max_bytes = 1000;
  try {
    Similarities(*Matrix(in, 50, 1), options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kUnsupported);
  }
}

}  // namespace
}  // namespace duomo::evaluation
