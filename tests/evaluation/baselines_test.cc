// Popularity, biases and content: by hand, and as files that the runtime scores alike.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "data/synthetic.h"
#include "evaluation/baselines/bias.h"
#include "evaluation/baselines/content.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/ranking.h"
#include "runtime/engine.h"

namespace duomo::evaluation {
namespace {

data::Column Genres(std::vector<std::string> texts, std::vector<uint64_t> offsets) {
  data::Column column;
  column.name = "genres";
  column.kind = data::ColumnKind::kSet;
  column.texts = std::move(texts);
  column.offsets = std::move(offsets);
  return column;
}

// Users 0 … 2 and a fourth without history; items: 0 {A}, 1 {A, B}, 2 {B}, 3 {C}, 4 {}.
data::Dataset Small() {
  data::Dataset d;
  d.users.ids = {5, 3, 9, 7};
  d.items.ids = {50, 10, 20, 40, 30};
  d.items.titles = {"one (1901)", "two (1902)", "three (1903)", "four (1904)", "five (1905)"};
  data::Column title;
  title.name = "title";
  title.kind = data::ColumnKind::kString;
  title.texts = {"red night", "Blue Night", "blue sea", "grey sea", "unlike"};
  d.items.columns = {Genres({"A", "A", "B", "B", "C"}, {0, 1, 3, 4, 5, 5}), title};
  d.interactions = {{0, 0, 1, 1, 2}, {0, 1, 1, 2, 1}, {5, 3, 4, 1, 2}, {}};
  return d;
}

std::vector<uint32_t> AllRows(const data::Dataset& d) {
  std::vector<uint32_t> rows(d.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

std::vector<float> Scores(const Baseline& b, uint32_t user, size_t items) {
  std::vector<float> scores(items);
  b.Score(user, scores);
  return scores;
}

TEST(Popularity, CountsUsers) {
  data::Dataset d = Small();
  Popularity p(RatingMatrix::Make(d, AllRows(d)));
  EXPECT_EQ(Scores(p, 0, 5), (std::vector<float>{1, 3, 1, 0, 0}));
  EXPECT_EQ(Scores(p, 99, 5), (std::vector<float>{1, 3, 1, 0, 0}));
  EXPECT_FALSE(p.PredictsRatings());
  EXPECT_THROW(p.Predict(0, 0), Error);
}

TEST(GenrePopularity, PrefersTheFavourite) {
  data::Dataset d = Small();
  GenrePopularity p(RatingMatrix::Make(d, AllRows(d)), d.items.columns[0]);
  EXPECT_EQ(p.Favourite(0), 0u);  // A twice, B once
  EXPECT_EQ(p.Favourite(1), 1u);  // B twice, A once
  EXPECT_EQ(p.Favourite(2), 0u);  // a tie: the first
  EXPECT_EQ(p.Favourite(3), GenrePopularity::kNoGenre);
  EXPECT_EQ(TopRows(Scores(p, 1, 5), {}, 5), (std::vector<uint32_t>{1, 2, 0, 3, 4}));
  EXPECT_EQ(TopRows(Scores(p, 3, 5), {}, 5), (std::vector<uint32_t>{1, 0, 2, 3, 4}));
  EXPECT_THROW(GenrePopularity(RatingMatrix::Make(d, AllRows(d)), d.items.columns[1]), Error);
}

TEST(PopularityOfGenre, KnowsColdItems) {
  data::Dataset d = Small();
  PopularityOfGenre p(RatingMatrix::Make(d, AllRows(d)), d.items.columns[0]);
  // A: items 0 (1 user) and 1 (3); B: 1 (3) and 2 (1); C: nobody rated any.
  EXPECT_EQ(Scores(p, 0, 5), (std::vector<float>{2, 2, 2, 0, 0}));
}

TEST(Bias, ScoresWithoutClampingAndPredictsWith) {
  data::Dataset d = Small();
  Bias b(d, AllRows(d));
  auto scores = Scores(b, 0, 5);
  for (uint32_t i = 0; i < 5; ++i) {
    double sum = b.fit().mean() + b.fit().UserBias(0) + b.fit().ItemBias(i);
    EXPECT_FLOAT_EQ(scores[i], static_cast<float>(sum));
    EXPECT_DOUBLE_EQ(b.Predict(0, i), std::clamp(sum, 1.0, 5.0));
  }
}

TEST(ContentBased, ByHand) {
  data::Dataset d = Small();
  ContentBased c(RatingMatrix::Make(d, AllRows(d)), d.items);
  EXPECT_EQ(c.terms(), 5u);       // A, B, night, blue, sea: all in two items, so of equal rarity
  auto scores = Scores(c, 2, 5);  // user 2 has item 1 {A, B, blue, night} alone
  EXPECT_FLOAT_EQ(scores[1], 1);
  EXPECT_FLOAT_EQ(scores[0], 2 / std::sqrt(8.0f));   // {A, night}
  EXPECT_FLOAT_EQ(scores[2], 2 / std::sqrt(12.0f));  // {B, blue, sea}
  EXPECT_FLOAT_EQ(scores[3], 0);                     // {sea}: C and grey are rare
  EXPECT_EQ(scores[4], 0);
  // User 0: 5 × item 0, 3 × item 1. a = 5/√2 + 3/2 for A and night, b = 3/2 for B and blue.
  scores = Scores(c, 0, 5);
  double a = 5 / std::sqrt(2.0) + 1.5, b = 1.5, length = std::sqrt(2 * a * a + 2 * b * b);
  EXPECT_NEAR(scores[0], 2 * a / std::sqrt(2.0) / length, 1e-6);
  EXPECT_NEAR(scores[2], 2 * b / std::sqrt(3.0) / length, 1e-6);
  EXPECT_EQ(Scores(c, 3, 5), std::vector<float>(5, 0.0f));  // an empty history
}

TEST(ContentBased, RarerTermsWeighMore) {
  data::Dataset d = Small();
  ContentBased::Options options;
  options.min_items = 1;
  options.columns = {"title"};
  ContentBased c(RatingMatrix::Make(d, AllRows(d)), d.items, options);
  EXPECT_EQ(c.terms(), 6u);
  double rare = std::log(6.0 / 2) + 1, common = std::log(6.0 / 3) + 1;
  auto scores = Scores(c, 2, 5);  // {blue, night}
  EXPECT_NEAR(
      scores[0],
      common * common / std::sqrt(common * common + rare * rare) / std::sqrt(2 * common * common),
      1e-6);
  options.columns = {"no such"};
  EXPECT_THROW(ContentBased(RatingMatrix::Make(d, AllRows(d)), d.items, options), Error);
}

TEST(ContentBased, WordsAreThoseOfProposedModels) {
  data::Dataset d = Small();
  for (std::string& text : d.items.columns[1].texts) text = "(Caf\xC3\xA9)";
  d.items.columns[1].texts[0] = "cafe";
  ContentBased::Options options;
  options.columns = {"title"};
  EXPECT_EQ(ContentBased(RatingMatrix::Make(d, AllRows(d)), d.items, options).terms(), 1u);
  options.min_items = 1;
  options.tokenizer = Tokenizer::kSpaces;
  EXPECT_EQ(ContentBased(RatingMatrix::Make(d, AllRows(d)), d.items, options).terms(), 2u);
}

TEST(ContentBased, SaysWhenItIsTooWide) {
  data::Dataset d = Small();
  ContentBased::Options options;
  options.max_exported_terms = 4;
  ContentBased c(RatingMatrix::Make(d, AllRows(d)), d.items, options);
  EXPECT_FALSE(c.Exportable());
  try {
    c.Export(d);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kUnsupported);
    EXPECT_NE(error.message().find("5 terms"), std::string::npos) << error.message();
  }
}

// Every pair in the file scores as the baseline does.
void ExpectSame(const Baseline& b, const data::Dataset& d, float tolerance) {
  ASSERT_TRUE(b.Exportable());
  AlignedVector<std::byte> bytes = model::SaveToMemory(b.Export(d));
  auto model = model::Model::OpenBuffer(bytes);
  auto engine = runtime::Engine::Create(model);
  EXPECT_EQ(model->description().name, b.name());
  AlignedVector<float> users = engine->Freeze(model::Side::kUser),
                       items = engine->Freeze(model::Side::kItem);
  AlignedVector<float> buffers[2];
  size_t width = engine->vector_width();
  for (uint32_t u = 0; u < d.users.size(); ++u) {
    auto scores = Scores(b, u, d.items.size());
    auto frozen = engine->Vector(model::Side::kUser, u, buffers[0]);
    for (uint32_t i = 0; i < d.items.size(); ++i) {
      auto item = engine->Vector(model::Side::kItem, i, buffers[1]);
      ASSERT_EQ(item.size(), width);
      double dot = 0;
      for (size_t j = 0; j < width; ++j) {
        // What the towers give is what was frozen.
        EXPECT_EQ(frozen[j], users[u * width + j]);
        EXPECT_EQ(item[j], items[i * width + j]);
        dot += double{frozen[j]} * double{item[j]};
      }
      EXPECT_NEAR(engine->Predict(dot), scores[i], tolerance) << b.name() << ' ' << u << ' ' << i;
    }
  }
}

TEST(Export, ScoresAlike) {
  data::Dataset d = data::MakeSynthetic(30, 40, 400, 5);
  auto rows = AllRows(d);
  auto matrix = RatingMatrix::Make(d, rows);
  const data::Column& genres = *d.items.Find("genres");
  ExpectSame(Popularity(matrix), d, 0);
  ExpectSame(GenrePopularity(matrix, genres), d, 0);
  ExpectSame(PopularityOfGenre(matrix, genres), d, 0);
  ExpectSame(Bias(d, rows), d, 1e-5f);
  ExpectSame(ContentBased(matrix, d.items), d, 1e-5f);
}

TEST(Export, KeepsStringKeysAndTitles) {
  data::Dataset d = Small();
  d.users.ids.clear();
  d.users.keys = {"ann", "ben", "cat", "dan"};
  auto matrix = RatingMatrix::Make(d, AllRows(d));
  ExpectSame(Popularity(matrix), d, 0);
  ExpectSame(GenrePopularity(matrix, d.items.columns[0]), d, 0);
  AlignedVector<std::byte> bytes = model::SaveToMemory(Popularity(matrix).Export(d));
  auto model = model::Model::OpenBuffer(bytes);
  EXPECT_EQ(model->items().Title(2), "three (1903)");
  EXPECT_EQ(model->users().count, 4u);
}

TEST(Export, RefusesAnotherDataSet) {
  data::Dataset d = Small(), other = data::MakeSynthetic(30, 40, 400, 5);
  auto matrix = RatingMatrix::Make(d, AllRows(d));
  EXPECT_THROW(Popularity(matrix).Export(other), Error);
  EXPECT_THROW(Bias(d, AllRows(d)).Export(other), Error);
  EXPECT_THROW(GenrePopularity(matrix, d.items.columns[0]).Export(other), Error);
  data::Dataset fewer = d;
  fewer.items.ids.pop_back();
  EXPECT_THROW(Popularity(matrix).Export(fewer), Error);
}

}  // namespace
}  // namespace duomo::evaluation
