#include "training/als.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/random.h"
#include "evaluation/vector_recommender.h"
#include "runtime/engine.h"
#include "runtime/fold_in.h"

namespace duomo::training {
namespace {

struct Rows {
  data::Dataset dataset;
  std::vector<uint32_t> all;

  Rows(size_t users, size_t items) {
    dataset.name = "invented";
    for (size_t i = 0; i < users; ++i) dataset.users.ids.push_back(static_cast<int64_t>(i + 10));
    for (size_t i = 0; i < items; ++i) dataset.items.keys.push_back("i" + std::to_string(i));
  }
  void Add(uint32_t user, uint32_t item, float weight = 1) {
    all.push_back(static_cast<uint32_t>(all.size()));
    dataset.interactions.users.push_back(user);
    dataset.interactions.items.push_back(item);
    dataset.interactions.ratings.push_back(1);
    dataset.interactions.weights.push_back(weight);
  }
};

// Two tastes: even users take even items, odd ones odd; everybody now and then something else.
Rows Tastes(size_t users = 60, size_t items = 40, uint64_t seed = 3) {
  Rows rows(users, items);
  Random random(seed);
  for (uint32_t user = 0; user < users; ++user) {
    for (uint32_t item = 0; item < items; ++item) {
      double often = user % 2 == item % 2 ? 0.5 : 0.03;
      if (random.Uniform() < often) rows.Add(user, item, 1 + static_cast<float>(random.Below(3)));
    }
  }
  return rows;
}

AlsOptions Small(uint32_t dim = 8) {
  AlsOptions o;
  o.dim = dim;
  o.l2 = 0.01;
  o.passes = 10;
  o.threads = 1;
  return o;
}

struct Watcher : Observer {
  std::vector<double> costs;
  uint64_t asked = 0, stop_when_asked = UINT64_MAX;
  void OnTrain(const TrainEvent& e) override { costs.push_back(e.cost); }
  bool ShouldStop() override { return ++asked >= stop_when_asked; }
};

// The gradient of the cost by the vector of an item, over that of its parts, in double.
double Slope(const Als& als, const Rows& rows, uint32_t item) {
  size_t dim = als.dim(), users = rows.dataset.users.size();
  const AlsOptions& o = als.options();
  const data::Interactions& in = rows.dataset.interactions;
  double mean =
      std::accumulate(in.weights.begin(), in.weights.end(), 0.0) / static_cast<double>(in.size());
  std::vector<double> weights(users);
  std::set<uint32_t> active(in.users.begin(), in.users.end());
  double taken = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    if (in.items[i] != item) continue;
    weights[in.users[i]] += in.weights[i] / mean;
    taken += in.weights[i] / mean;
  }
  const float* y = als.items().data() + item * dim;
  double l2 = o.l2 * std::pow(taken + o.alpha0 * static_cast<double>(active.size()), o.nu);
  std::vector<double> gradient(dim), parts(dim);
  for (uint32_t user : active) {
    const float* x = als.users().data() + user * dim;
    double score = 0;
    for (size_t j = 0; j < dim; ++j) score += double{x[j]} * y[j];
    for (size_t j = 0; j < dim; ++j) {
      gradient[j] += (weights[user] * (score - 1) + o.alpha0 * score) * x[j];
      parts[j] += std::abs(weights[user] * x[j]);
    }
  }
  double length = 0, scale = 0;
  for (size_t j = 0; j < dim; ++j) {
    length += std::pow(gradient[j] + l2 * y[j], 2);
    scale += parts[j] * parts[j];
  }
  return std::sqrt(length / scale);
}

TEST(Als, EveryItemIsTheLeastSquaresSolutionOfItsUsers) {
  Rows rows = Tastes();
  // Fewer and more numbers than an item has users.
  for (uint32_t dim : {2u, 7u, 40u}) {
    for (double nu : {0.0, 1.0}) {
      AlsOptions o = Small(dim);
      o.nu = nu;
      Als als(rows.dataset, rows.all, o);
      als.Run();
      for (uint32_t item = 0; item < rows.dataset.items.size(); ++item) {
        EXPECT_LT(Slope(als, rows, item), 1e-4) << dim << ' ' << nu << ' ' << item;
      }
    }
  }
}

// A user of one item: with the pull, what others take at all comes before what the other taker of
// that item took; without, the other way round.
TEST(Als, WhoHasTakenLittleIsDrawnToTheMean) {
  Rows rows(52, 30);
  for (uint32_t user = 0; user < 50; ++user) {
    rows.Add(user, 0);
    for (uint32_t item = 1; item < 4; ++item) rows.Add(user, item + user % 2 * 3);
  }
  rows.Add(50, 20);
  rows.Add(50, 21);
  rows.Add(51, 20);
  float popular[2] = {};
  for (bool to_mean : {false, true}) {
    for (uint32_t dim : {2u, 8u}) {  // fewer numbers than items, and more
      AlsOptions o = Small(dim);
      o.to_mean = to_mean;
      Als als(rows.dataset, rows.all, o);
      Watcher watcher;
      Observer* observers[] = {&watcher};
      als.Run(observers);
      for (size_t i = 1; i < watcher.costs.size(); ++i) {
        EXPECT_LE(watcher.costs[i], watcher.costs[i - 1] * (1 + 1e-6)) << to_mean << dim;
      }
      evaluation::VectorRecommender recommender("als", als.users(), als.items(), als.dim());
      std::vector<float> scores(30);
      recommender.Score(51, scores);
      popular[to_mean] = scores[0];
    }
  }
  EXPECT_GT(popular[1], popular[0] + 0.05f);
}

TEST(Als, ManyUsersOfAnItemAreTakenInBlocks) {
  Rows rows(700, 5);
  for (uint32_t user = 0; user < 700; ++user) {
    rows.Add(user, 0);
    rows.Add(user, 1 + user % 4, 2);
  }
  AlsOptions o = Small(3);
  Als als(rows.dataset, rows.all, o);
  als.Run();
  for (uint32_t item = 0; item < 5; ++item) EXPECT_LT(Slope(als, rows, item), 1e-4);
}

TEST(Als, EveryPassLowersTheCostAndTastesAreFound) {
  Rows rows = Tastes();
  AlsOptions o = Small(2);
  o.alpha0 = 1;
  Als als(rows.dataset, rows.all, o);
  Watcher watcher;
  Observer* observers[] = {&watcher};
  als.Run(observers);
  ASSERT_EQ(watcher.costs.size(), 10u);
  for (size_t i = 1; i < 10; ++i) EXPECT_LE(watcher.costs[i], watcher.costs[i - 1] * (1 + 1e-6));
  EXPECT_EQ(als.passes_done(), 10u);
  EXPECT_DOUBLE_EQ(als.Cost(), watcher.costs.back());
  evaluation::VectorRecommender recommender("als", als.users(), als.items(), als.dim());
  std::vector<float> scores(rows.dataset.items.size());
  for (uint32_t user = 0; user < 60; ++user) {
    recommender.Score(user, scores);
    double own = 0, others = 0;
    for (size_t item = 0; item < scores.size(); ++item) {
      (item % 2 == user % 2 ? own : others) += scores[item];
    }
    EXPECT_GT(own, 2 * others) << user;
  }
}

TEST(Als, ThreadsChangeNoBitAndSeedsDo) {
  Rows rows = Tastes();
  auto vectors = [&](uint32_t threads, uint64_t seed) {
    AlsOptions o = Small();
    o.threads = threads;
    o.seed = seed;
    Als als(rows.dataset, rows.all, o);
    als.Run();
    std::vector<float> out(als.users().begin(), als.users().end());
    out.insert(out.end(), als.items().begin(), als.items().end());
    return out;
  };
  EXPECT_EQ(vectors(1, 0), vectors(3, 0));
  EXPECT_NE(vectors(1, 0), vectors(1, 1));
}

TEST(Als, RepeatsAddUpAndTheUnitOfWeightsDoesNotMatter) {
  Rows once(3, 3), twice(3, 3), scaled(3, 3);
  for (Rows* rows : {&once, &twice, &scaled}) {
    float unit = rows == &scaled ? 1024 : 1;
    rows->Add(0, 0, 2 * unit);
    rows->Add(1, 1, 1 * unit);
    rows->Add(2, 2, 1 * unit);
    rows->Add(0, 1, 1 * unit);
    if (rows == &twice) {
      rows->dataset.interactions.weights[0] = 1;
      rows->Add(0, 0, 1);
    }
  }
  // The mean over rows differs where there are more of them: so weigh alike.
  auto users = [](Rows& rows, double alpha0) {
    AlsOptions o = Small(2);
    o.alpha0 = alpha0;
    Als als(rows.dataset, rows.all, o);
    als.Run();
    return std::vector<float>(als.users().begin(), als.users().end());
  };
  EXPECT_EQ(users(once, 0.1), users(scaled, 0.1));
  // All weights 1 of 5 rows, or mean 1.25 of 4: the same but for the common factor, which alpha0
  // has, too.
  std::vector<float> a = users(once, 0.1 / 1.25), b = users(twice, 0.1);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-4);
}

TEST(Als, HeavierPairsAreFittedBetter) {
  Rows rows(2, 4);
  rows.Add(0, 0, 10);
  rows.Add(0, 1, 1);
  rows.Add(1, 2, 1);
  rows.Add(1, 3, 1);
  AlsOptions o = Small(2);
  o.alpha0 = 1;
  Als als(rows.dataset, rows.all, o);
  als.Run();
  evaluation::VectorRecommender recommender("als", als.users(), als.items(), als.dim());
  std::vector<float> scores(4);
  recommender.Score(0, scores);
  EXPECT_GT(scores[0], scores[1] + 0.02f);
}

TEST(Als, SmallestInputsAreFinite) {
  for (double alpha0 : {0.0, 0.1, 1e6}) {
    for (float weight : {1e-30f, 1.0f, 1e30f}) {
      Rows one(1, 1), pair(2, 2);
      one.Add(0, 0, weight);
      pair.Add(0, 0, weight);
      pair.Add(1, 1, 1);
      for (Rows* rows : {&one, &pair}) {
        AlsOptions o = Small(5);
        o.alpha0 = alpha0;
        o.l2 = 1e-9;
        Als als(rows->dataset, rows->all, o);
        als.Run();
        for (float x : als.users()) ASSERT_TRUE(std::isfinite(x)) << alpha0 << ' ' << weight;
        for (float x : als.items()) ASSERT_TRUE(std::isfinite(x)) << alpha0 << ' ' << weight;
        evaluation::VectorRecommender recommender("als", als.users(), als.items(), als.dim());
        std::vector<float> scores(rows->dataset.items.size());
        recommender.Score(0, scores);
        for (float x : scores) EXPECT_TRUE(std::isfinite(x));
      }
    }
  }
}

TEST(Als, StopsWithUsableVectors) {
  Rows rows = Tastes();
  rows.dataset.users.ids.push_back(1000);  // without rows
  AlsOptions o = Small();
  Als reference(rows.dataset, rows.all, o);
  Watcher watcher;
  watcher.stop_when_asked = 1;  // after the first pass, which nobody is asked within
  Observer* observers[] = {&watcher};
  Als als(rows.dataset, rows.all, o);
  als.Run(observers);
  EXPECT_EQ(als.passes_done(), 1u);
  EXPECT_EQ(watcher.costs.size(), 1u);
  // Within the second: the side that was not finished is as it was.
  Watcher later;
  later.stop_when_asked = 3;
  observers[0] = &later;
  Als second(rows.dataset, rows.all, o);
  second.Run(observers);
  EXPECT_EQ(second.passes_done(), 1u);
  EXPECT_DOUBLE_EQ(second.Cost(), als.Cost());
  // Between its two sides: users are ahead, and the one without rows is still their mean.
  Watcher between;
  between.stop_when_asked = 6;  // one turn of 16 a question: 61 users make 4
  observers[0] = &between;
  Als third(rows.dataset, rows.all, o);
  third.Run(observers);
  EXPECT_EQ(third.passes_done(), 1u);
  EXPECT_LT(third.Cost(), als.Cost());
  const data::Interactions& in = rows.dataset.interactions;
  std::vector<double> l2(60, 0.1 * 40);  // as options say, but for the factor
  double each =
      static_cast<double>(in.size()) / std::accumulate(in.weights.begin(), in.weights.end(), 0.0);
  for (size_t i = 0; i < in.size(); ++i) l2[in.users[i]] += each * double{in.weights[i]};
  double total = std::accumulate(l2.begin(), l2.end(), 0.0);
  for (size_t j = 0; j < third.dim(); ++j) {
    double mean = 0;
    for (size_t user = 0; user < 60; ++user) {
      mean += l2[user] / total * double{third.users()[user * third.dim() + j]};
    }
    EXPECT_NEAR(third.users()[60 * third.dim() + j], mean, 1e-5);
  }
  // And goes on.
  second.Run();
  EXPECT_EQ(second.passes_done(), 11u);
  EXPECT_LT(second.Cost(), als.Cost());
}

TEST(Als, FilesRankAsTheVectorsDoAndKnowStrangers) {
  Rows rows = Tastes(40, 260);  // enough for planes
  uint32_t new_users[] = {40, 41};
  rows.dataset.users.ids.push_back(1000);
  rows.dataset.users.ids.push_back(1001);
  rows.dataset.items.keys.push_back("new");
  rows.dataset.items.keys.push_back("newer");
  for (size_t i = 0; i < rows.dataset.items.size(); ++i) {
    rows.dataset.items.titles.push_back("Title " + std::to_string(i));
  }
  Als als(rows.dataset, rows.all, Small());
  als.Run();
  auto bytes = model::SaveToMemory(als.Export(rows.dataset));
  auto model = model::Model::OpenBuffer(bytes);
  EXPECT_FALSE(model->items().planes.empty());
  auto engine = runtime::Engine::Create(model);
  ASSERT_EQ(engine->vector_width(), als.dim());
  AlignedVector<float> buffer;
  std::vector<float> scores(rows.dataset.items.size());
  for (uint32_t user = 0; user < 42; ++user) {
    auto vector = engine->Vector(model::Side::kUser, user, buffer);
    EXPECT_TRUE(std::equal(vector.begin(), vector.end(), als.users().begin() + user * 8));
  }
  // Towers say what the frozen vectors do.
  AlignedVector<float> towers = engine->Freeze(model::Side::kUser);
  EXPECT_TRUE(std::equal(towers.begin(), towers.end(), als.users().begin()));
  evaluation::VectorRecommender recommender("als", als.users(), als.items(), als.dim());
  recommender.Score(new_users[0], scores);
  std::vector<float> again(scores.size());
  recommender.Score(new_users[1], again);
  EXPECT_EQ(scores, again);
  // A stranger's list is one of what people take at all.
  EXPECT_GT(*std::max_element(scores.begin(), scores.end()), 0.05f);
  for (uint32_t user = 0; user < 42; ++user) {
    recommender.Score(user, scores);
    EXPECT_EQ(scores[260], 0);
    EXPECT_EQ(scores[261], 0);
  }
  model::Contents plain = als.Export(rows.dataset, false);
  for (const auto& tensor : plain.tensors) EXPECT_FALSE(tensor.name.starts_with("items/titles"));
}

// Somebody new who took what a user of the training took gets that user's vector.
TEST(Als, FoldingInGivesTheTrainedVector) {
  Rows rows = Tastes(80, 50);
  for (int variant = 0; variant < 6; ++variant) {
    AlsOptions o = Small(variant == 5 ? 40 : 8);  // 40: more dimensions than any user has items
    o.passes = 60;
    o.use_weights = variant % 2 == 1;
    o.to_mean = variant < 3;
    o.nu = variant == 2 ? 0.5 : variant == 4 ? 0 : 1;
    Als als(rows.dataset, rows.all, o);
    als.Run();
    auto bytes = model::SaveToMemory(als.Export(rows.dataset));
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    ASSERT_TRUE(engine->model().fold_in());
    runtime::Workspace work;
    const data::Interactions& in = rows.dataset.interactions;
    double mean =
        std::accumulate(in.weights.begin(), in.weights.end(), 0.0) / static_cast<double>(in.size());
    double least = 1, furthest = 0;
    for (uint32_t user = 0; user < 80; ++user) {
      std::vector<uint32_t> items;
      std::vector<float> weights;
      for (size_t i = 0; i < in.size(); ++i) {
        if (in.users[i] != user) continue;
        items.push_back(in.items[i]);
        weights.push_back(o.use_weights ? static_cast<float>(in.weights[i] / mean) : 1.0f);
      }
      std::vector<float> folded(o.dim);
      runtime::FoldIn(*engine, items, weights, folded.data(), work);
      const float* trained = &als.users()[user * o.dim];
      double ab = 0, aa = 0, bb = 0, miss = 0;
      for (size_t j = 0; j < o.dim; ++j) {
        double a = folded[j], b = trained[j];
        ab += a * b;
        aa += a * a;
        bb += b * b;
        miss += (a - b) * (a - b);
      }
      least = std::min(least, ab / std::sqrt(aa * bb));
      furthest = std::max(furthest, std::sqrt(miss / bb));
    }
    EXPECT_GT(least, 0.999) << variant;
    EXPECT_LT(furthest, 0.05) << variant;
  }
}

std::string Message(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& e) {
    EXPECT_EQ(e.status(), Status::kInvalidArgument);
    return e.what();
  }
  return "";
}

TEST(Als, BadInputIsNamed) {
  for (float bad : {-1.0f, NAN, INFINITY}) {
    Rows rows = Tastes();
    rows.dataset.interactions.weights[7] = bad;
    std::string message = Message([&] { Als(rows.dataset, rows.all, Small()); });
    EXPECT_NE(message.find("interaction 8 "), std::string::npos) << message;
  }
  Rows rows = Tastes();
  EXPECT_NE(Message([&] { Als(rows.dataset, {}, Small()); }).find("no training examples"),
            std::string::npos);
  auto refused = [&](auto change) {
    AlsOptions o = Small();
    change(o);
    return !Message([&] { Als(rows.dataset, rows.all, o); }).empty();
  };
  EXPECT_TRUE(refused([](AlsOptions& o) { o.dim = 0; }));
  EXPECT_TRUE(refused([](AlsOptions& o) { o.l2 = 0; }));
  EXPECT_TRUE(refused([](AlsOptions& o) { o.l2 = NAN; }));
  EXPECT_TRUE(refused([](AlsOptions& o) { o.alpha0 = -1; }));
  EXPECT_TRUE(refused([](AlsOptions& o) { o.passes = 0; }));
}

}  // namespace
}  // namespace duomo::training
