// Examples from histories: order, "strictly before", what is filled and what is not.
#include "training/sequences.h"

#include <gtest/gtest.h>

#include "data/synthetic.h"
#include "description/json.h"
#include "training/task.h"

namespace duomo::training {
namespace {

// User 0 watches items 0 1 2 3 at times 5 1 1 9: in order 1 2 0 3. User 1 watches item 2 alone.
data::Interactions FiveWatches() {
  data::Interactions all;
  all.users = {0, 0, 0, 0, 1};
  all.items = {0, 1, 2, 3, 2};
  all.ratings = {5, 4, 3, 2, 1};
  all.timestamps = {5 * 86400, 86400, 86400, 9 * 86400, 86400};
  return all;
}

TEST(Sequences, AreInTheOrderOfTimeThenOfTheFile) {
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {4, 3, 2, 1, 0};
  Sequences sequences(all, 3, numbers);
  auto first = sequences.ItemsOf(0);
  EXPECT_EQ(std::vector<uint32_t>(first.begin(), first.end()), (std::vector<uint32_t>{1, 2, 0, 3}));
  EXPECT_EQ(sequences.Of(1).size(), 1u);
  EXPECT_TRUE(sequences.Of(2).empty());
}

struct Fixture {
  data::Dataset dataset = data::MakeSynthetic(30, 20, 200, 3);
  description::Recipe recipe = description::Preset("youtube-candidates");
  TrainingOptions options = OptionsFromJson(recipe.training);
  std::vector<std::string> computed = ComputedInputs(options);
  data::Encoded encoded = data::Encode(recipe.model, dataset, computed);
  size_t Input(const std::string& name) const {
    for (size_t i = 0; i < encoded.description.inputs.size(); ++i) {
      if (encoded.description.inputs[i].name == name) return i;
    }
    ADD_FAILURE() << name;
    return 0;
  }
};

TEST(NextExamples, SeeOnlyWhatCameBefore) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  ExampleOptions options;
  options.kind = ExampleKind::kNext;
  options.age = "example_age";
  NextExamples examples(f.encoded, all, sequences, options);
  ASSERT_EQ(examples.size(), 3u);  // user 1's only watch has nothing before it
  std::vector<uint32_t> which = {0, 1, 2};
  ExampleBatch batch;
  examples.Gather(which, batch);
  EXPECT_EQ(batch.items, (std::vector<uint32_t>{2, 0, 3}));
  const model::FeatureView& watched = batch.inputs[f.Input("watched")].view;
  auto history = [&](size_t i) {
    auto rows = watched.RowsOf(i);
    return std::vector<uint32_t>(rows.begin(), rows.end());
  };
  EXPECT_EQ(history(0), (std::vector<uint32_t>{1}));
  EXPECT_EQ(history(1), (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(history(2), (std::vector<uint32_t>{1, 2, 0}));
  // Days before the last watch of all.
  const model::FeatureView& age = batch.inputs[f.Input("example_age")].view;
  EXPECT_EQ(age.numbers[0], 8.0f);
  EXPECT_EQ(age.numbers[1], 4.0f);
  EXPECT_EQ(age.numbers[2], 0.0f);
}

TEST(NextExamples, WeighWhatTheirLabelsDo) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  ExampleBatch batch;
  std::vector<uint32_t> which = {2, 0, 1};
  for (uint32_t i = 0; i < 5; ++i) all.weights.push_back(static_cast<float>(1 + i));
  NextExamples plain(f.encoded, all, sequences, {});
  plain.Gather(which, batch);
  EXPECT_TRUE(batch.weights.empty());
  std::vector<uint32_t> items = batch.items;
  NextExamples weighted(f.encoded, all, sequences, {}, true);
  weighted.Gather(which, batch);
  EXPECT_EQ(batch.items, items);
  ASSERT_EQ(batch.weights.size(), 3u);
  EXPECT_NEAR(batch.weights[0] + batch.weights[1] + batch.weights[2], 3, 1e-6);
  // Each is that of its own row; a batch after a weighted one has none of its weights.
  std::vector<float> own;
  for (uint32_t item : items) {
    for (uint32_t row = 0; row < 5; ++row) {
      if (all.users[row] == batch.users[0] && all.items[row] == item)
        own.push_back(all.weights[row]);
    }
  }
  ASSERT_EQ(own.size(), 3u);
  EXPECT_NEAR(batch.weights[0] / batch.weights[1], own[0] / own[1], 1e-5);
  EXPECT_NEAR(batch.weights[0] / batch.weights[2], own[0] / own[2], 1e-5);
  plain.Gather(which, batch);
  EXPECT_TRUE(batch.weights.empty());
}

TEST(NextExamples, TakeTheLatestOfEveryUser) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  ExampleOptions options;
  options.per_user = 1;
  NextExamples examples(f.encoded, all, sequences, options);
  ASSERT_EQ(examples.size(), 1u);
  ExampleBatch batch;
  std::vector<uint32_t> which = {0};
  examples.Gather(which, batch);
  EXPECT_EQ(batch.items[0], 3u);
}

TEST(NextExamples, TestRowsSeeTheOlderTrainingRowsAlone) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> train = {1, 3, 4}, test = {0};
  Sequences sequences(all, f.dataset.users.size(), train);
  NextExamples examples(f.encoded, all, sequences, {}, test);
  ExampleBatch batch;
  std::vector<uint32_t> which = {0};
  examples.Gather(which, batch);
  auto rows = batch.inputs[f.Input("watched")].view.RowsOf(0);
  ASSERT_EQ(rows.size(), 1u);  // item 1, not item 3, which was watched later
  EXPECT_EQ(rows[0], 1u);
}

TEST(NextExamples, AgeMustBeANumberInput) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  ExampleOptions options;
  options.age = "gender";
  try {
    NextExamples examples(f.encoded, all, sequences, options);
    FAIL() << "accepted a category as the age";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("training.examples.age: \"gender\""), std::string::npos);
  }
}

TEST(HistoryRows, AModelThatReadsHistoriesIsNotShownTheTestRows) {
  Fixture f;
  data::Split split = data::MakeSplit("leave-last", f.dataset.interactions);
  EXPECT_EQ(HistoryRows(f.encoded.description, f.dataset, split), split.train);
  model::Description without = description::Preset("hybrid").model;
  EXPECT_EQ(HistoryRows(without, f.dataset, split).size(), f.dataset.interactions.size());
}

}  // namespace
}  // namespace duomo::training
