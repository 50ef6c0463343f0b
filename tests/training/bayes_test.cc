#include "training/bayes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "kernels/vector.h"
#include "runtime/engine.h"

namespace duomo::training {
namespace {

// Ratings of two tastes and of generous users, with noise of deviation 0.5.
struct Invented {
  data::Dataset dataset;
  std::vector<uint32_t> train, test;
};
Invented Ratings(size_t users = 120, size_t items = 80) {
  Invented out;
  out.dataset.name = "invented";
  for (size_t i = 0; i < users; ++i) out.dataset.users.ids.push_back(static_cast<int64_t>(i + 10));
  for (size_t i = 0; i < items; ++i) out.dataset.items.keys.push_back("i" + std::to_string(i));
  Random random(5);
  // The last user and the last item have no ratings.
  for (uint32_t u = 0; u + 1 < users; ++u) {
    for (uint32_t i = 0; i + 1 < items; ++i) {
      if (random.Uniform() < 0.5) continue;
      double mean = 3 + (u % 3) * 0.3 + (u % 2 == i % 2 ? 1 : -1);
      auto row = static_cast<uint32_t>(out.dataset.interactions.size());
      out.dataset.interactions.users.push_back(u);
      out.dataset.interactions.items.push_back(i);
      out.dataset.interactions.ratings.push_back(static_cast<float>(mean + 0.5 * random.Normal()));
      (random.Uniform() < 0.2 ? out.test : out.train).push_back(row);
    }
  }
  return out;
}

BayesOptions Small() {
  BayesOptions o;
  o.rank = 4;
  o.burn_in = 20;
  o.samples = 30;
  o.width = 32;
  o.threads = 1;
  return o;
}

double Rmse(const Bayes& bayes, const Invented& data) {
  const data::Interactions& all = data.dataset.interactions;
  double sum = 0;
  for (uint32_t row : data.test) {
    sum += std::pow(bayes.Predict(all.users[row], all.items[row]) - double{all.ratings[row]}, 2);
  }
  return std::sqrt(sum / static_cast<double>(data.test.size()));
}

TEST(Bayes, FindsWhatIsThereAndNoMore) {
  Invented data = Ratings();
  Bayes bayes(data.dataset, data.train, Small());
  bayes.Run();
  EXPECT_EQ(bayes.kept(), 30u);
  EXPECT_EQ(bayes.width(), 32u);
  const double rmse = Rmse(bayes, data);
  EXPECT_GT(rmse, 0.45);  // the noise alone is 0.5
  EXPECT_LT(rmse, 0.55);
}

// One sample is a guess; their mean is what the data say.
TEST(Bayes, MoreSamplesAreBetterThanOne) {
  Invented data = Ratings();
  BayesOptions one = Small();
  one.samples = 1;
  Bayes single(data.dataset, data.train, one), many(data.dataset, data.train, Small());
  single.Run();
  many.Run();
  EXPECT_EQ(single.width(), 4u);
  EXPECT_LT(Rmse(many, data), Rmse(single, data) - 0.01);
}

TEST(Bayes, ThreadsChangeNothing) {
  Invented data = Ratings(40, 30);
  BayesOptions o = Small();
  Bayes one(data.dataset, data.train, o);
  o.threads = 3;
  Bayes three(data.dataset, data.train, o);
  one.Run();
  three.Run();
  for (uint32_t u = 0; u < 40; ++u)
    EXPECT_EQ(one.Predict(u, u % 30), three.Predict(u, u % 30)) << u;
}

TEST(Bayes, TheFilePredictsTheSame) {
  Invented data = Ratings();
  Bayes bayes(data.dataset, data.train, Small());
  bayes.Run();
  model::Contents contents = bayes.Export(data.dataset);
  auto bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  AlignedVector<float> buffers[2];
  for (uint32_t u : {0u, 3u, 50u, 119u}) {
    for (uint32_t i : {1u, 7u, 40u, 79u}) {
      auto x = engine->Vector(model::Side::kUser, u, buffers[0]);
      auto y = engine->Vector(model::Side::kItem, i, buffers[1]);
      double predicted =
          double{engine->Predict(kernels::Vector().dot(x.data(), y.data(), x.size()))};
      EXPECT_NEAR(predicted, bayes.Predict(u, i), 1e-4) << u << ' ' << i;
    }
  }
}

// Of whom nothing is known, nothing but the mean is said.
TEST(Bayes, WithoutRatingsThereIsTheMean) {
  Invented data = Ratings();
  Bayes bayes(data.dataset, data.train, Small());
  bayes.Run();
  EXPECT_NEAR(bayes.Predict(119, 79), 3.3, 0.5);
}

TEST(Bayes, StopsWhenAsked) {
  struct Stopper : Observer {
    void OnPass(const PassEvent&) override { ++passes; }
    bool ShouldStop() override { return passes == most; }
    size_t passes = 0, most = 0;
  };
  Invented data = Ratings(40, 30);
  for (size_t most : {1, 25}) {
    Bayes bayes(data.dataset, data.train, Small());
    Stopper stopper;
    stopper.most = most;
    Observer* observers[] = {&stopper};
    bayes.Run(observers);
    EXPECT_EQ(stopper.passes, most);
    EXPECT_EQ(bayes.kept(), most == 1 ? 1u : 5u);
    EXPECT_TRUE(std::isfinite(bayes.Predict(1, 1)));
  }
}

TEST(Bayes, RefusesWhatItCannotLearnFrom) {
  Invented data = Ratings(10, 10);
  auto fails = [&](const BayesOptions& options, const char* what) {
    try {
      Bayes bayes(data.dataset, data.train, options);
      ADD_FAILURE() << what;
    } catch (const Error& e) {
      EXPECT_NE(e.message().find(what), std::string::npos) << e.message();
    }
  };
  BayesOptions o = Small();
  o.rank = 0;
  fails(o, "rank, samples, width and deviation must be above 0");
  data.dataset.interactions.ratings[data.train[2]] = std::numeric_limits<float>::quiet_NaN();
  fails(Small(), "is not a finite number");
  data.train.clear();
  fails(Small(), "there are no ratings");
}

}  // namespace
}  // namespace duomo::training
