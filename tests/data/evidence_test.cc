// Ratings, counts, events and repeats as evidence of who took what.
#include "data/evidence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace duomo::data {
namespace {

struct Row {
  uint32_t user, item;
  float value;
  int64_t time = 0;
};

Dataset Make(const std::vector<Row>& rows) {
  Dataset out;
  uint32_t users = 0, items = 0;
  for (const Row& row : rows) {
    users = std::max(users, row.user + 1);
    items = std::max(items, row.item + 1);
    out.interactions.users.push_back(row.user);
    out.interactions.items.push_back(row.item);
    out.interactions.ratings.push_back(row.value);
    out.interactions.timestamps.push_back(row.time);
  }
  for (uint32_t i = 0; i < users; ++i) out.users.ids.push_back(100 + i);
  for (uint32_t i = 0; i < items; ++i) out.items.ids.push_back(200 + i);
  return out;
}

std::string ErrorOf(Dataset dataset, const EvidenceOptions& options) {
  try {
    MakeEvidence(dataset, options);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

std::string All(const EvidenceReport& report) {
  std::string out;
  for (const std::string& sentence : report.sentences) out += sentence + "\n";
  return out;
}

TEST(ReadValues, StarsAreRatings) {
  std::vector<float> stars = {5, 4, 4, 3, 5, 1, 2, 4, 3.5f, 4.5f};
  ValueReading v = ReadValues(stars, "value");
  EXPECT_EQ(v.kind, ValueKind::kRating);
  EXPECT_FALSE(v.sentinel);
  EXPECT_EQ(v.least, 1);
  EXPECT_EQ(v.most, 5);
}

TEST(ReadValues, SkewedNumbersAreCountsEvenWhereTheyAreCalledWeight) {
  std::vector<float> plays = {13000, 40, 1, 7, 350000, 3, 90, 12, 260};
  EXPECT_EQ(ReadValues(plays, "weight").kind, ValueKind::kCount);
  std::vector<float> hours = {0.1f, 0.4f, 2.2f, 6.4f, 14, 57, 154, 273, 21, 9.2f, 1200};
  EXPECT_EQ(ReadValues(hours, "value").kind, ValueKind::kCount);
}

TEST(ReadValues, NamesDecideWhereNumbersDoNot) {
  std::vector<float> few = {1, 1, 2, 3, 1, 2};
  EXPECT_EQ(ReadValues(few, "plays").kind, ValueKind::kCount);
  EXPECT_EQ(ReadValues(few, "rating").kind, ValueKind::kRating);
}

TEST(ReadValues, TheSameEverywhereSaysNothing) {
  std::vector<float> ones(10, 1);
  EXPECT_EQ(ReadValues(ones, "rating").kind, ValueKind::kNone);
  EXPECT_EQ(ReadValues({}, "rating").kind, ValueKind::kNone);
}

TEST(ReadValues, FrequentZerosBesideAScaleMeanNotRated) {
  std::vector<float> values(60, 0);
  for (int i = 0; i < 40; ++i) values.push_back(static_cast<float>(1 + i % 10));
  ValueReading v = ReadValues(values, "Book-Rating");
  ASSERT_TRUE(v.sentinel);
  EXPECT_EQ(*v.sentinel, 0);
  EXPECT_EQ(v.sentinel_rows, 60u);
  EXPECT_EQ(v.least, 1);
  EXPECT_EQ(v.kind, ValueKind::kRating);
}

TEST(ReadValues, ZeroAsOneStepOfTheScaleIsARating) {
  std::vector<float> values;
  for (int i = 0; i < 110; ++i) values.push_back(static_cast<float>(i % 11));
  EXPECT_FALSE(ReadValues(values, "rating").sentinel);
}

TEST(ReadValues, ALoneNegativeNumberMeansNotRated) {
  std::vector<float> values = {-1, 7, 8, 10, -1, 6, 9, -1};
  ValueReading v = ReadValues(values, "rating");
  ASSERT_TRUE(v.sentinel);
  EXPECT_EQ(*v.sentinel, -1);
  EXPECT_EQ(v.kind, ValueKind::kRating);
}

TEST(ReadValues, AScaleAroundZeroIsARating) {
  std::vector<float> jokes;
  for (int i = -40; i <= 40; ++i) jokes.push_back(static_cast<float>(i) * 0.2471f);
  ValueReading v = ReadValues(jokes, "column 3");
  EXPECT_EQ(v.kind, ValueKind::kRating);
  EXPECT_EQ(v.returns, 0u);
}

TEST(MakeEvidence, NegativeQuantitiesAreReturns) {
  Dataset d = Make({{0, 0, 6}, {0, 1, 120}, {1, 0, -6}, {1, 1, 2}, {2, 1, -1}, {2, 0, 1}});
  EvidenceReport report = MakeEvidence(d, {.value_name = "Quantity"});
  EXPECT_EQ(report.returns, 2u);
  EXPECT_EQ(d.interactions.size(), 4u);
  EXPECT_NE(All(report).find("2 rows are below 0"), std::string::npos) << All(report);
  EXPECT_EQ(d.interactions.ratings, std::vector<float>(4, 1));
}

TEST(MakeEvidence, CountsBecomeWeightsByTheirLogarithm) {
  Dataset d = Make({{0, 0, 10}, {0, 1, 10}, {1, 0, 1000}, {1, 1, 1}, {2, 0, 40000}});
  EvidenceReport report = MakeEvidence(d, {.value_name = "plays"});
  ASSERT_TRUE(report.weighted);
  const auto& w = d.interactions.weights;
  EXPECT_NEAR(w[0], 1 + std::log(2.0), 1e-5);
  EXPECT_NEAR(w[2], 1 + std::log(101.0), 1e-5);
  EXPECT_LT(w[3], w[0]);
}

TEST(MakeEvidence, RepeatsAreOnePair) {
  std::vector<Row> rows;
  for (int round = 0; round < 3; ++round) {
    rows.push_back({0, 0, 5});
    rows.push_back({0, 1, 3});
    rows.push_back({1, 0, 4});
  }
  Dataset d = Make(rows);
  EvidenceReport report = MakeEvidence(d, {.value_name = "rating"});
  EXPECT_EQ(report.pairs, 3u);
  EXPECT_EQ(report.repeated, 6u);
  EXPECT_EQ(d.interactions.size(), 3u);
  EXPECT_NE(All(report).find("9 rows are 3 pairs"), std::string::npos) << All(report);
}

TEST(MakeEvidence, WhichRepeatStays) {
  std::vector<Row> rows = {{0, 0, 2, 30}, {0, 0, 4, 10}, {0, 1, 3, 20}, {1, 1, 1, 5}};
  Dataset first = Make(rows), last = Make(rows), keep = Make(rows);
  MakeEvidence(first, {.goal = Goal::kRate, .value_name = "rating", .repeats = Repeats::kFirst});
  EXPECT_EQ(first.interactions.ratings, (std::vector<float>{4, 3, 1}));
  MakeEvidence(last, {.goal = Goal::kRate, .value_name = "rating"});
  EXPECT_EQ(last.interactions.ratings, (std::vector<float>{2, 3, 1}));
  MakeEvidence(keep, {.value_name = "rating", .repeats = Repeats::kKeep});
  EXPECT_EQ(keep.interactions.size(), 4u);
}

TEST(MakeEvidence, EventsHaveWeights) {
  Dataset d = Make({{0, 0, 1}, {0, 0, 1}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}});
  d.interactions.events = {0, 1, 2, 0, 3};
  d.interactions.event_names = {"view", "addtocart", "transaction", "rateup"};
  EvidenceReport report =
      MakeEvidence(d, {.event_weights = ParseEventWeights("view=1,addtocart=3,transaction=10")});
  ASSERT_EQ(d.interactions.size(), 2u);
  EXPECT_EQ(d.interactions.weights, (std::vector<float>{14, 1}));
  EXPECT_EQ(report.without_weight, 1u);
}

TEST(MakeEvidence, UnknownEventsAreErrorsThatListTheKnown) {
  Dataset d = Make({{0, 0, 1}});
  d.interactions.events = {0};
  d.interactions.event_names = {"view"};
  std::string error = ErrorOf(d, {.event_weights = ParseEventWeights("buy=2")});
  EXPECT_NE(error.find("\"buy\""), std::string::npos) << error;
  EXPECT_NE(error.find("view"), std::string::npos) << error;
}

TEST(MakeEvidence, ACoreIsFoundInRounds) {
  // Item 2 goes with its only user; then user 2 has one row left, and goes as well.
  Dataset d = Make({{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {2, 1, 1}, {2, 2, 1}});
  EvidenceReport report = MakeEvidence(d, {.min_user = 2, .min_item = 2});
  EXPECT_EQ(d.interactions.size(), 4u);
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{100, 101}));
  EXPECT_EQ(d.items.ids, (std::vector<int64_t>{200, 201}));
  EXPECT_EQ(report.below_minimum, 2u);
  EXPECT_EQ(report.users_below_minimum, 1u);
  EXPECT_EQ(report.items_below_minimum, 1u);
}

TEST(MakeEvidence, SaysWhatToDoWhereNothingIsLeft) {
  Dataset d = Make({{0, 0, 3}, {1, 0, 4}, {0, 1, 5}});
  std::string error = ErrorOf(d, {.value_name = "rating", .positive = ParseCondition("rating>=6")});
  EXPECT_NE(error.find("--positive rating>=6"), std::string::npos) << error;
  EXPECT_NE(error.find("from 3 to 5"), std::string::npos) << error;
  error = ErrorOf(d, {.min_user = 9});
  EXPECT_NE(error.find("--min-user"), std::string::npos) << error;
}

TEST(MakeEvidence, PositiveRowsAreTheEvidence) {
  Dataset d = Make({{0, 0, 3}, {1, 0, 4}, {0, 1, 5}, {1, 1, 2}});
  EvidenceReport report =
      MakeEvidence(d, {.value_name = "rating", .positive = ParseCondition("rating>=4")});
  EXPECT_EQ(report.not_positive, 2u);
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{4, 5}));
}

TEST(MakeEvidence, CountsCannotBePredictedAsRatings) {
  Dataset d = Make({{0, 0, 1}, {0, 1, 1000}, {1, 0, 3}, {1, 1, 50000}});
  std::string error = ErrorOf(d, {.goal = Goal::kRate, .value_name = "plays"});
  EXPECT_NE(error.find("counts something"), std::string::npos) << error;
}

TEST(MakeEvidence, RowsThatAreNotRatedAreLeftOutToRate) {
  Dataset d = Make({{0, 0, -1}, {0, 1, 7}, {1, 0, 9}, {1, 1, 3}});
  EvidenceReport report = MakeEvidence(d, {.goal = Goal::kRate, .value_name = "rating"});
  EXPECT_EQ(report.not_rated, 1u);
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{7, 9, 3}));
}

TEST(Parsing, ConditionsAndWeightsAndTheirErrors) {
  EXPECT_TRUE(ParseCondition("rating>=4").Holds(4));
  EXPECT_FALSE(ParseCondition("rating>4").Holds(4));
  EXPECT_TRUE(ParseCondition("x<=2").Holds(1));
  EXPECT_THROW(ParseCondition("rating"), Error);
  EXPECT_THROW(ParseCondition("rating>=many"), Error);
  EXPECT_THROW(ParseEventWeights("view"), Error);
  EXPECT_THROW(ParseEventWeights("view=-1"), Error);
  EXPECT_THROW(ParseEventWeights("view=1,,"), Error);
  EXPECT_THROW(ParseRepeats("max"), Error);
  EXPECT_EQ(ParseRepeats("sum"), Repeats::kSum);
}

}  // namespace
}  // namespace duomo::data
