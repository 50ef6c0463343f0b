// What a trained network leaves in a file: unknown rows, frozen vectors, history, statistics.
#include "training/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "runtime/engine.h"
#include "training/runs.h"

namespace duomo::training {
namespace {

std::span<const float> TensorOf(const model::Contents& contents, const std::string& name) {
  for (const file::OwnedTensor& t : contents.tensors) {
    if (t.name != name) continue;
    return {reinterpret_cast<const float*>(t.bytes.data()), t.bytes.size() / sizeof(float)};
  }
  ADD_FAILURE() << "no tensor " << name;
  return {};
}

TEST(Export, GivesUnknownRowsTheMeanOfTheTrainedOnes) {
  Ratings r;
  TrainingOptions o;
  o.steps = 1;
  o.batch_size = 64;  // so that many rows are not trained at all
  o.threads = 2;
  Trainer trainer(r.encoded, r.train, nullptr, o);
  Recorder seen;
  RunWatched(trainer, seen);
  model::Contents contents = Export(trainer, r.encoded, r.dataset, {});
  for (size_t s = 0; s < trainer.layout().slots().size(); ++s) {
    const Layout::Slot& slot = trainer.layout().slots()[s];
    auto values = trainer.parameters().subspan(slot.offset, slot.size);
    auto exported = TensorOf(contents, "parameters/" + slot.parameter.name);
    ASSERT_EQ(exported.size(), slot.size);
    size_t known = slot.parameter.known_size(), width = slot.width();
    for (size_t i = 0; i < known; ++i) {
      bool trained = slot.table < 0 || trainer.Trained(s, static_cast<uint32_t>(i / width));
      ASSERT_EQ(exported[i], trained ? values[i] : exported[known + i % width]);
    }
    if (slot.table < 0) continue;
    size_t trained = 0;
    for (uint32_t row = 0; row + 1 < slot.rows(); ++row) trained += trainer.Trained(s, row);
    EXPECT_GT(trained, 0u) << slot.parameter.name;
    if (slot.parameter.name == "tables/user_id") {
      EXPECT_LE(trained, 64u);
    }
    for (size_t i = 0; i < width; ++i) {
      double mean = 0;
      for (uint32_t row = 0; row + 1 < slot.rows(); ++row) {
        if (trainer.Trained(s, row)) mean += values[row * width + i] / static_cast<double>(trained);
      }
      ASSERT_NEAR(exported[known + i], mean, 1e-6) << slot.parameter.name;
    }
  }
}

// Two users and two items that no training row names: nothing is known of them, so nothing may tell
// them apart, in frozen vectors and in what towers make.
TEST(Export, StrangersAreAlike) {
  for (Loss loss : {Loss::kSquared, Loss::kLogistic, Loss::kSoftmax}) {
    model::Description d = Factorization();
    if (loss == Loss::kSoftmax) {
      d.head.user_bias = -1;
      d.head.global_bias = false;
    }
    data::Dataset dataset = data::MakeSynthetic(40, 30, 500, 1);
    data::Encoded encoded = data::Encode(d, dataset);
    const data::Interactions& all = dataset.interactions;
    std::vector<uint32_t> rows;
    for (uint32_t i = 0; i < all.size(); ++i) {
      if (all.users[i] >= 2 && all.items[i] >= 2) rows.push_back(i);
    }
    RatingExamples train(encoded, all, rows);
    TrainingOptions o;
    o.loss = loss;
    o.passes = 3;
    o.learning_rate = 0.05;
    o.weight_decay = 0.1;  // moves rows without examples, too
    o.threads = 2;
    Trainer trainer(encoded, train, nullptr, o);
    Recorder seen;
    RunWatched(trainer, seen);
    auto bytes = model::SaveToMemory(Export(trainer, encoded, dataset, {}));
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    size_t width = engine->vector_width();
    for (model::Side side : {model::Side::kUser, model::Side::kItem}) {
      AlignedVector<float> towers = engine->Freeze(side);
      AlignedVector<float> first, second;
      auto a = engine->Vector(side, 0, first), b = engine->Vector(side, 1, second);
      auto c = engine->Vector(side, 2, second);
      EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin()));
      EXPECT_FALSE(std::equal(a.begin(), a.end(), c.begin()));
      EXPECT_TRUE(std::equal(towers.begin(), towers.begin() + static_cast<ptrdiff_t>(width),
                             towers.begin() + static_cast<ptrdiff_t>(width)));
      EXPECT_TRUE(std::equal(a.begin(), a.end(), towers.begin()));
    }
  }
}

TEST(Export, KeepsAnUnknownRowThatExamplesTaught) {
  Ratings r;
  TrainingOptions o;
  o.steps = 5;
  o.learning_rate = 0.01;
  o.id_dropout = {{"user_id", 0.5}};
  Trainer trainer(r.encoded, r.train, nullptr, o);
  Recorder seen;
  RunWatched(trainer, seen);
  model::Contents contents = Export(trainer, r.encoded, r.dataset, {});
  for (const char* name : {"tables/user_id", "tables/movie_id"}) {
    size_t s = trainer.layout().IndexOf(name);
    const Layout::Slot& slot = trainer.layout().slots()[s];
    bool taught = std::string(name) == "tables/user_id";
    EXPECT_EQ(trainer.Trained(s, static_cast<uint32_t>(slot.rows() - 1)), taught);
    auto row =
        trainer.parameters().subspan(slot.offset + slot.parameter.known_size(), slot.width());
    auto exported = TensorOf(contents, StrCat("parameters/", name)).last(slot.width());
    EXPECT_EQ(std::any_of(row.begin(), row.end(), [](float x) { return x != 0; }), taught);
    EXPECT_EQ(std::equal(row.begin(), row.end(), exported.begin()), taught);
  }
}

// The file predicts what the trainer tested: its RMSE from frozen vectors is the trainer's.
TEST(Export, FreezesVectorsThatPredictAsTrained) {
  for (const model::Description& d : {description::Preset("hybrid").model, Factorization()}) {
    Ratings r(d);
    TrainingOptions o;
    o.passes = 1;
    o.learning_rate = 1e-3;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    Recorder seen;
    RunWatched(trainer, seen);
    auto bytes = model::SaveToMemory(Export(trainer, r.encoded, r.dataset, {}));
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    AlignedVector<float> buffers[2];
    double squares = 0;
    for (size_t i = 0; i < r.test.size(); ++i) {
      auto user = engine->Vector(model::Side::kUser, r.test.UserOf(i), buffers[0]);
      auto item = engine->Vector(model::Side::kItem, r.test.ItemOf(i), buffers[1]);
      ASSERT_EQ(user.size(), engine->vector_width());
      double dot = kernels::Vector().dot(user.data(), item.data(), user.size());
      double error = engine->Predict(dot) - (r.test.TargetOf(i) * 0.5 + 2.5);
      squares += error * error;
    }
    double rmse = std::sqrt(squares / static_cast<double>(r.test.size()));
    EXPECT_NEAR(rmse, seen.tested.back().rmse, 1e-5);
  }
}

TEST(Export, LeavesOutWhatIsDeclined) {
  Ratings r;
  TrainingOptions o;
  o.steps = 1;
  Trainer trainer(r.encoded, r.train, nullptr, o);
  Recorder seen;
  RunWatched(trainer, seen);
  auto open = [&](const ExportOptions& options) {
    model::Contents contents = Export(trainer, r.encoded, r.dataset, options);
    // The bytes must outlive the model.
    static std::vector<AlignedVector<std::byte>> kept;
    kept.push_back(model::SaveToMemory(contents));
    return model::Model::OpenBuffer(kept.back());
  };
  ExportOptions most, few;
  for (uint32_t i = 0; i < r.dataset.interactions.size(); ++i) most.history.push_back(i);
  few.user_vectors = few.titles = false;
  auto whole = open(most);
  EXPECT_EQ(whole->users().vectors.size(), 300u * 200);
  EXPECT_EQ(whole->items().Title(3), r.dataset.items.titles[3]);
  ASSERT_TRUE(whole->has_history());
  auto least = open(few);
  EXPECT_TRUE(least->users().vectors.empty());
  EXPECT_EQ(least->items().vectors.size(), 200u * 200);
  EXPECT_EQ(least->items().Title(3), "");
  EXPECT_FALSE(least->has_history());
  EXPECT_EQ(least->items().count, 200u);

  // Every watch once, oldest first.
  const data::Interactions& all = r.dataset.interactions;
  size_t stored = 0;
  for (uint32_t user = 0; user < 300; ++user) {
    std::vector<std::pair<int64_t, uint32_t>> watched;
    for (uint32_t i = 0; i < all.size(); ++i) {
      if (all.users[i] == user) watched.emplace_back(all.timestamps[i], all.items[i]);
    }
    std::stable_sort(watched.begin(), watched.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    auto history = whole->HistoryOf(user);
    ASSERT_EQ(history.size(), watched.size());
    for (size_t i = 0; i < history.size(); ++i) ASSERT_EQ(history[i], watched[i].second);
    stored += history.size();
  }
  EXPECT_EQ(stored, all.size());
}

}  // namespace
}  // namespace duomo::training
