// Which rows should test, by what the data have.
#include "selection/split_choice.h"

#include <gtest/gtest.h>

namespace duomo::selection {
namespace {

data::Dataset Make(uint32_t users, uint32_t rows_each, bool times, bool sessions) {
  data::Dataset d;
  for (uint32_t u = 0; u < users; ++u) d.users.ids.push_back(u);
  for (uint32_t i = 0; i < 50; ++i) d.items.ids.push_back(i);
  for (uint32_t u = 0; u < users; ++u) {
    for (uint32_t j = 0; j < rows_each; ++j) {
      d.interactions.users.push_back(u);
      d.interactions.items.push_back((u * 7 + j * 3) % 50);
      d.interactions.ratings.push_back(1);
      // A user's rows close together, or spread over all the time.
      int64_t t = sessions ? 1000 + u * 1000 + j : 1000 + j * 100000 + u;
      d.interactions.timestamps.push_back(times ? t : 0);
    }
  }
  return d;
}

TEST(ChooseSplit, TimeWhereUsersReturn) {
  EXPECT_EQ(ChooseSplit(Make(300, 10, true, false), data::Goal::kRank).split, "time:0.9");
}

TEST(ChooseSplit, DrawnWhereUsersComeOnce) {
  SplitChoice choice = ChooseSplit(Make(300, 10, true, true), data::Goal::kRank);
  EXPECT_EQ(choice.split, "ratio:0.1");
  EXPECT_NE(choice.why.find("no user has"), std::string::npos) << choice.why;
}

TEST(ChooseSplit, DrawnWithoutTimesAndToRate) {
  EXPECT_EQ(ChooseSplit(Make(300, 10, false, false), data::Goal::kRank).split, "ratio:0.1");
  EXPECT_EQ(ChooseSplit(Make(300, 10, true, false), data::Goal::kRate).split, "ratio:0.1");
}

TEST(ChooseSplit, SmallDataTestMore) {
  EXPECT_EQ(ChooseSplit(Make(10, 10, false, false), data::Goal::kRank).split, "ratio:0.2");
}

}  // namespace
}  // namespace duomo::selection
