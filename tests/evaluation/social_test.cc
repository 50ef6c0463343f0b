#include "evaluation/baselines/social.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/error.h"

namespace duomo::evaluation {
namespace {

data::EntityTable Ids(std::vector<int64_t> ids) {
  data::EntityTable table;
  table.ids = std::move(ids);
  return table;
}

std::string MessageOf(std::string_view text, const data::EntityTable& users, Status status) {
  try {
    SocialGraph::FromCsv(text, "friends.csv", users);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.message();
    return error.message();
  }
  return "";
}

TEST(SocialGraph, ReadsCsv) {
  data::EntityTable users = Ids({10, 20, 30});
  SocialGraph g = SocialGraph::FromCsv(
      "\xEF\xBB\xBFuser,friend,weight\r\n10,20,0.5\r\n\r\n\"30\",10,2\r\n20,10,0.75\n30,30,1",
      "friends.csv", users);
  ASSERT_EQ(g.Of(0).size(), 2u);
  EXPECT_EQ(g.Of(0)[0].user, 1u);
  EXPECT_EQ(g.Of(0)[0].weight, 0.75f);  // the greater of both directions
  EXPECT_EQ(g.Of(0)[1].weight, 2.0f);
  EXPECT_EQ(g.Of(1).size(), 1u);
  EXPECT_EQ(g.Of(2).size(), 1u);  // not itself
  EXPECT_EQ(SocialGraph::FromCsv("", "f", users).Of(0).size(), 0u);

  data::EntityTable named;
  named.keys = {"an,na", "b\"b"};
  SocialGraph h = SocialGraph::FromCsv("\"an,na\",\"b\"\"b\"\n", "f", named);
  EXPECT_EQ(h.Of(0).size(), 1u);
}

// As last.fm's friends come: a header, tabs, both directions.
TEST(SocialGraph, TabsAreFoundOut) {
  SocialGraph g = SocialGraph::FromCsv("userID\tfriendID\n10\t20\n20\t10\n10\t30\n", "friends.tsv",
                                       Ids({10, 20, 30}));
  EXPECT_EQ(g.Of(0).size(), 2u);
  EXPECT_EQ(g.Of(1).size(), 1u);
}

TEST(SocialGraph, SaysWhereCsvIsWrong) {
  data::EntityTable users = Ids({10, 20});
  EXPECT_NE(MessageOf("10,20\n10\n", users, Status::kCorrupt).find("friends.csv, line 2"),
            std::string::npos);
  EXPECT_NE(MessageOf("10,20\n\n10,20,1,1\n", users, Status::kCorrupt).find("line 3"),
            std::string::npos);
  EXPECT_NE(MessageOf("10,\"20\n", users, Status::kCorrupt), "");
  EXPECT_NE(MessageOf("10,\"20\"0\n", users, Status::kCorrupt), "");
  EXPECT_NE(MessageOf("10,20,0\n", users, Status::kCorrupt), "");
  EXPECT_NE(MessageOf("10,20,nan\n", users, Status::kCorrupt), "");
  EXPECT_NE(MessageOf("10,20,1x\n", users, Status::kCorrupt), "");
  EXPECT_NE(MessageOf("10,\n", users, Status::kNotFound), "");
  EXPECT_NE(MessageOf("10,99\n", users, Status::kNotFound).find("\"99\""), std::string::npos);
  EXPECT_NE(MessageOf("99,10\n", users, Status::kNotFound), "");  // digits are no header
  EXPECT_NE(MessageOf("a,b\nc,d\n", users, Status::kNotFound).find("line 2"), std::string::npos);
  // A name that is misspelt in the first line is no header.
  data::EntityTable named;
  named.keys = {"anna", "bob"};
  EXPECT_NE(MessageOf("ana,bob\nanna,bob\n", named, Status::kNotFound).find("\"ana\""),
            std::string::npos);
  EXPECT_NE(MessageOf("ana,bbo,1\nanna,bob,1\n", named, Status::kNotFound).find("\"ana\""),
            std::string::npos);
  SocialGraph::ReadOptions options;
  options.skip_unknown_users = true;
  SocialGraph g = SocialGraph::FromCsv("10,99\n10,20\n", "f", users, options);
  EXPECT_EQ(g.skipped_lines(), 1u);
  EXPECT_EQ(g.Of(0).size(), 1u);
}

TEST(SocialGraph, Within) {
  // 0 – 1 – 3 – 4 and 0 – 2 – 3; the way to 3 by 2 is stronger.
  std::vector<uint32_t> from = {0, 0, 1, 2, 3}, to = {1, 2, 3, 3, 4};
  std::vector<float> weights = {1, 0.5f, 0.25f, 1, 1};
  SocialGraph g(6, from, to, weights);
  auto two = g.Within(0, 2);
  ASSERT_EQ(two.size(), 3u);
  EXPECT_EQ(two[0].user, 1u);
  EXPECT_EQ(two[1].user, 2u);
  EXPECT_EQ(two[2].user, 3u);
  EXPECT_EQ(two[2].hops, 2u);
  EXPECT_EQ(two[2].strength, 0.5);
  EXPECT_EQ(g.Within(0, 3).size(), 4u);
  EXPECT_EQ(g.Within(0, 100).size(), 4u);
  EXPECT_EQ(g.Within(5, 3).size(), 0u);
  EXPECT_THROW(SocialGraph(4, from, to, weights), Error);
  weights[0] = 0;
  EXPECT_THROW(SocialGraph(6, from, to, weights), Error);
}

TEST(SocialCf, ByHand) {
  // 0 knows 1, 1 knows 2; 3 knows nobody. Means: 1 → 3, 2 → 4.
  data::Dataset d;
  d.users = Ids({1, 2, 3, 4});
  d.items = Ids({1, 2, 3, 4});
  d.interactions = {{0, 1, 1, 2, 2, 3}, {0, 0, 1, 1, 2, 3}, {4, 2, 4, 5, 3, 5}, {}};
  std::vector<uint32_t> train(6);
  std::iota(train.begin(), train.end(), 0u);
  auto matrix = RatingMatrix::Make(d, train);
  SocialGraph graph = SocialGraph::FromCsv("1,2\n2,3\n", "f", d.users);
  SocialCf cf(d, train, matrix, graph);
  // Item 1: neighbour 1 (weight 1) is 1 above the mean, neighbour 2 (weight 1/2) too.
  EXPECT_DOUBLE_EQ(cf.Predict(0, 1), 5);
  // Item 2: only neighbour 2, one below.
  EXPECT_DOUBLE_EQ(cf.Predict(0, 2), 3);
  // Item 0 of user 2: neighbours 1 (−1, weight 1) and 0 (0, weight 1/2).
  EXPECT_DOUBLE_EQ(cf.Predict(2, 0), 4 - 1 / 1.5);
  BiasBaseline bias(d.interactions, train);
  EXPECT_DOUBLE_EQ(cf.Predict(0, 3), bias.Predict(0, 3));  // nobody near rated it
  EXPECT_DOUBLE_EQ(cf.Predict(3, 0), bias.Predict(3, 0));  // nobody near at all
  EXPECT_DOUBLE_EQ(cf.Predict(77, 0), bias.Predict(77, 0));
  std::vector<float> scores(4);
  for (uint32_t user = 0; user < 4; ++user) {
    cf.Score(user, scores);
    for (uint32_t item = 0; item < 4; ++item) {
      EXPECT_NEAR(matrix->Clamp(scores[item]), cf.Predict(user, item), 1e-6);
    }
  }
  SocialCf::Options one;
  one.hops = 1;
  EXPECT_DOUBLE_EQ(SocialCf(d, train, matrix, graph, one).Predict(0, 2), bias.Predict(0, 2));
  one.hops = 2;
  one.max_neighbours = 1;  // the nearest
  EXPECT_DOUBLE_EQ(SocialCf(d, train, matrix, graph, one).Predict(0, 2), bias.Predict(0, 2));
  one.hops = 0;
  EXPECT_THROW(SocialCf(d, train, matrix, graph, one), Error);
  EXPECT_THROW(SocialCf(d, train, matrix, SocialGraph(3, {}, {})), Error);
  EXPECT_FALSE(cf.Exportable());
  EXPECT_THROW(cf.Export(d), Error);
}

TEST(SocialCf, AUserWithoutRatingsStartsFromTheMean) {
  data::Dataset d;
  d.users = Ids({1, 2});
  d.items = Ids({1, 2});
  d.interactions = {{1, 1}, {0, 1}, {5, 1}, {}};
  std::vector<uint32_t> train = {0, 1};
  SocialCf cf(d, train, RatingMatrix::Make(d, train), SocialGraph::FromCsv("1,2", "f", d.users));
  EXPECT_DOUBLE_EQ(cf.Predict(0, 0), 5);
  EXPECT_DOUBLE_EQ(cf.Predict(0, 1), 1);
}

}  // namespace
}  // namespace duomo::evaluation
