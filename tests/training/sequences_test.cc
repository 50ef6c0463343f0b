// Examples from histories: order, "strictly before", what is filled and what is not.
#include "training/sequences.h"

#include <gtest/gtest.h>

#include "data/synthetic.h"
#include "description/json.h"
#include "runtime/rows.h"
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

// Of user 0's watches 1 2 0 3, number 2 has the time of number 1.
TEST(NextExamples, CountWatchesOfTheSameTimeAsAsked) {
  Fixture f;
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  std::vector<uint32_t> which = {0, 1, 2};
  auto weights = [&](double ties, bool weighted, std::span<const uint32_t> only = {}) {
    ExampleOptions options;
    options.ties = ties;
    ExampleBatch batch;
    NextExamples examples(f.encoded, all, sequences, options, weighted, only);
    examples.Gather(std::span(which).first(examples.size()), batch);
    return batch.weights;
  };
  EXPECT_TRUE(weights(1, false).empty());
  EXPECT_EQ(weights(0.25, false), (std::vector<float>{1.0f / 3, 4.0f / 3, 4.0f / 3}));
  EXPECT_EQ(weights(0, false), (std::vector<float>{0, 1.5f, 1.5f}));
  all.weights = {2, 1, 4, 3, 1};  // of the labels 2 0 3: 4 2 3
  auto both = weights(0.25, true);
  ASSERT_EQ(both.size(), 3u);
  EXPECT_NEAR(both[0], 0.5, 1e-6);
  EXPECT_NEAR(both[1], 1, 1e-6);
  EXPECT_NEAR(both[2], 1.5, 1e-6);
  const uint32_t tied = 2;
  EXPECT_THROW(weights(0, false, std::span(&tied, 1)), Error) << "nothing is left to learn";
  for (const char* bad : {"-1", "1e999", "\"some\""}) {
    try {
      OptionsFromJson(description::ParseJson(
          StrCat("{\"examples\": {\"kind\": \"next\", \"ties\": ", bad, "}}"), "test"));
      ADD_FAILURE() << bad << " must be refused";
    } catch (const Error& error) {
      if (*bad == '1') continue;  // not a number in JSON
      EXPECT_NE(error.message().find("ties"), std::string::npos) << error.message();
    }
  }
  all.timestamps.clear();  // nothing is known to be tied
  EXPECT_TRUE(weights(0.25, false).empty());
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

// Ten watches of user 0 (items 0 … 9), two of user 1, one of user 2.
struct Windows {
  explicit Windows(uint32_t window, uint32_t context, uint32_t per_user = 0) {
    for (uint32_t i = 0; i < 13; ++i) {
      all.users.push_back(i < 10 ? 0 : i < 12 ? 1 : 2);
      all.items.push_back(i < 10 ? i : i - 10);
      all.ratings.push_back(1);
      all.timestamps.push_back(i);
      numbers.push_back(i);
    }
    options.kind = ExampleKind::kSequences;
    options.window = window;
    options.context = context;
    options.per_user = per_user;
    options.age = "example_age";
    sequences.emplace(all, f.dataset.users.size(), numbers);
    examples.emplace(f.encoded, all, *sequences, options);
  }
  // "user begin: ends", window by window.
  std::string Text() const {
    std::string out;
    ExampleBatch batch;
    for (uint32_t i = 0; i < examples->size(); ++i) {
      examples->Gather(std::span(&i, 1), batch);
      EXPECT_EQ(examples->Predictions(std::span(&i, 1)), batch.users.size());
      out += StrCat(i > 0 ? " | " : "", batch.users[0], ' ', batch.begins[0], ':');
      for (size_t j = 0; j < batch.users.size(); ++j) {
        EXPECT_EQ(batch.users[j], batch.users[0]);
        EXPECT_EQ(batch.begins[j], batch.begins[0]);
        EXPECT_EQ(batch.taken[j].size(), batch.ends[j]);
        EXPECT_EQ(batch.items[j], sequences->ItemsOf(batch.users[j])[batch.ends[j]]);
        EXPECT_EQ(batch.inputs[f.Input("example_age")].view.numbers.size(), batch.users.size());
        out += StrCat(' ', batch.ends[j]);
      }
    }
    return out;
  }

  Fixture f;
  data::Interactions all;
  std::vector<uint32_t> numbers;
  ExampleOptions options;
  std::optional<Sequences> sequences;
  std::optional<NextExamples> examples;
};

TEST(SequenceExamples, AreWindowsFromTheLatestBack) {
  EXPECT_EQ(Windows(4, 0).Text(), "0 5: 6 7 8 9 | 0 1: 2 3 4 5 | 0 0: 1 | 1 0: 1");
  // Two watches at the beginning are looked at only, but for a history's own beginning.
  EXPECT_EQ(Windows(4, 2).Text(), "0 5: 8 9 | 0 3: 6 7 | 0 1: 4 5 | 0 0: 1 2 3 | 1 0: 1");
  EXPECT_EQ(Windows(100, 50).Text(), "0 0: 1 2 3 4 5 6 7 8 9 | 1 0: 1");
  EXPECT_EQ(Windows(4, 0, 3).Text(), "0 5: 7 8 9 | 1 0: 1");
}

TEST(SequenceExamples, ShareTheHistoryThatOthersCopy) {
  Windows w(4, 1);
  ExampleBatch batch;
  std::vector<uint32_t> first = {0};
  w.examples->Gather(first, batch);
  size_t watched = w.f.Input("watched");
  const model::Input& input = w.f.encoded.description.inputs[watched];
  runtime::RowReader reader(batch.batch(), static_cast<uint32_t>(watched), input, 100);
  for (size_t i = 0; i < batch.users.size(); ++i) {
    EXPECT_EQ(reader.All(i).size(), batch.ends[i]);  // bags read all of it
    EXPECT_EQ(reader.Window(i, 4).size(), batch.ends[i] - 5);
    EXPECT_EQ(reader.Window(i, 4)[0], 5u);
    EXPECT_EQ(reader.Window(i, 2).size(), std::min<size_t>(2, batch.ends[i] - 5));
    EXPECT_EQ(reader.Continues(i), i > 0);
  }
}

TEST(SequenceExamples, RefuseWindowsThatCannotBe) {
  EXPECT_THROW(Windows(4, 4), Error);
  Fixture f;
  auto recipe = description::Preset("sasrec");
  data::Encoded encoded = data::Encode(recipe.model, f.dataset);
  data::Interactions all = FiveWatches();
  std::vector<uint32_t> numbers = {0, 1, 2, 3, 4};
  Sequences sequences(all, f.dataset.users.size(), numbers);
  ExampleOptions options = OptionsFromJson(recipe.training).examples;
  EXPECT_EQ(NextExamples(encoded, all, sequences, options).size(), 1u);
  options.window = 1000;
  try {
    NextExamples examples(encoded, all, sequences, options);
    FAIL() << "a window longer than attention reads";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("training.examples.window: 1000"), std::string::npos);
  }
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
