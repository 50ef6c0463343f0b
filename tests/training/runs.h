// What tests of whole runs share: a small invented data set, its split, and an observer that
// remembers.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "data/encode.h"
#include "data/split.h"
#include "data/synthetic.h"
#include "description/json.h"
#include "training/export.h"
#include "training/trainer.h"

namespace duomo::training {

// Matrix factorization with every bias: the smallest useful network.
inline model::Description Factorization() {
  model::Description d = description::Preset("hybrid").model;
  d.towers[0].encoders.resize(1);
  d.towers[1].encoders.resize(1);
  d.towers[0].encoders[0].layers.clear();
  d.towers[1].encoders[0].layers.clear();
  d.towers[0].layers.clear();
  d.towers[1].layers.clear();
  d.tables[0].dim = d.tables[4].dim = 16;
  d.head = {model::HeadKind::kDot, 1, 0, 4, true};
  return d;
}

struct Ratings {
  data::Dataset dataset;
  data::Encoded encoded;
  data::Split split;
  RatingExamples train, test;

  Ratings(data::Dataset set, const model::Description& description, const char* split_name)
      : dataset(std::move(set)),
        encoded(data::Encode(description, dataset)),
        split(data::MakeSplit(split_name, dataset.interactions)),
        train(encoded, dataset.interactions, split.train),
        test(encoded, dataset.interactions, split.test) {}
  explicit Ratings(const model::Description& description)
      : Ratings(data::MakeSynthetic(300, 200, 8000, 1), description, "ratio:0.1") {}
  Ratings() : Ratings(description::Preset("hybrid").model) {}

  // The RMSE of always predicting the mean of the training ratings.
  double MeanRmse() const {
    const auto& ratings = dataset.interactions.ratings;
    double mean = 0, squares = 0;
    for (uint32_t i : split.train) mean += ratings[i] / static_cast<double>(split.train.size());
    for (uint32_t i : split.test) squares += (ratings[i] - mean) * (ratings[i] - mean);
    return std::sqrt(squares / static_cast<double>(split.test.size()));
  }
};

struct Recorder : Observer {
  std::vector<TrainEvent> trained;
  std::vector<TestEvent> tested;
  std::vector<PassEvent> passes;
  uint64_t stop_after = UINT64_MAX;  // steps
  std::string order;                 // t: test, s: step, p: pass

  void OnTrain(const TrainEvent& e) override {
    trained.push_back(e);
    order += 's';
  }
  void OnTest(const TestEvent& e) override {
    tested.push_back(e);
    order += 't';
  }
  void OnPass(const PassEvent& e) override {
    passes.push_back(e);
    order += 'p';
  }
  bool ShouldStop() override { return trained.size() >= stop_after; }

  std::vector<uint64_t> tests() const {
    std::vector<uint64_t> steps;
    for (const TestEvent& e : tested) steps.push_back(e.step);
    return steps;
  }
};

inline void RunWatched(Trainer& trainer, Recorder& recorder) {
  Observer* observers[] = {&recorder};
  trainer.Run(observers);
}

}  // namespace duomo::training
