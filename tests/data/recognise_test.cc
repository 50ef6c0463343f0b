// Which column plays which role, by names and by values.
#include "data/recognise.h"

#include "data/bytes.h"
#include "data/table_reader.h"
#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

struct Table {
  TableProfile profile;
  bool named = true;
};

Table Profile(const std::string& text) {
  auto table = OpenTable(BytesOf(text), "t.csv", {});
  Table out;
  out.named = !table->first_row_looks_like_data();
  out.profile = ProfileTable(*table);
  return out;
}

ColumnRoles RolesOf(const std::string& text, const ColumnRoles& stated = {}) {
  Table table = Profile(text);
  return RecogniseInteractions(table.profile, stated, table.named).roles;
}

std::string Unread(const std::string& text) {
  Table table = Profile(text);
  std::string out;
  for (const std::string& s : RecogniseInteractions(table.profile, {}, table.named).unread) {
    out += s + "\n";
  }
  return out;
}

TEST(Recognise, UsualNames) {
  ColumnRoles r = RolesOf("userId,movieId,rating,timestamp\n1,2,3.5,964982703\n2,2,4,964982704\n");
  EXPECT_EQ(r.user, "userId");
  EXPECT_EQ(r.item, "movieId");
  EXPECT_EQ(r.rating, "rating");
  EXPECT_EQ(r.timestamp, "timestamp");
}

TEST(Recognise, PartsOfNames) {
  ColumnRoles r = RolesOf("customer_no;stock code;pieces\nA;x;1\nB;y;2\nA;y;30\n");
  EXPECT_EQ(r.user, "customer_no");
  EXPECT_EQ(r.item, "stock code");
}

// "item3" is not the item where the columns beside it have ratings like it: each is one item, and
// ReadTables() says so for want of the item.
TEST(Recognise, NoColumnOfAMatrixIsTheItem) {
  std::string text = "user";
  for (int i = 0; i < 9; ++i) text += ",film " + std::to_string(i);
  for (int u = 0; u < 30; ++u) {
    text += "\nu" + std::to_string(u);
    for (int i = 0; i < 9; ++i) {
      text += ",";
      if ((u + i) % 3 != 0) text += std::to_string(1 + (u * 7 + i) % 5);
    }
  }
  const ColumnRoles r = RolesOf(text + "\n");
  EXPECT_EQ(r.user, "user");
  EXPECT_EQ(r.item, "");
  EXPECT_EQ(RolesOf(text + "\n", {.item = "film 3"}).item, "film 3");
}

TEST(Recognise, ARatingUnderAnotherNameIsFoundByItsValues) {
  ColumnRoles r = RolesOf("user,item,liked\nu1,a,5\nu2,a,4\nu3,b,1\nu1,b,3\nu2,c,4\n");
  EXPECT_EQ(r.rating, "liked");
}

TEST(Recognise, EventsAreFoundAndTransactionsAreNamedAsNotRead) {
  std::string text =
      "timestamp,visitorid,event,itemid,transactionid\n"
      "1435685771914,1,view,704,\n1435685831914,1,addtocart,704,\n"
      "1435686371914,1,transaction,704,55\n1435685771914,2,view,704,\n";
  ColumnRoles r = RolesOf(text);
  EXPECT_EQ(r.user, "visitorid");
  EXPECT_EQ(r.item, "itemid");
  EXPECT_EQ(r.event, "event");
  EXPECT_EQ(r.rating, "");
  EXPECT_NE(Unread(text).find("\"transactionid\" is not read"), std::string::npos) << Unread(text);
}

TEST(Recognise, APriceIsNoRating) {
  std::string text = "user,item,price\n1,2,9.5\n2,2,9.5\n1,3,20\n";
  EXPECT_EQ(RolesOf(text).rating, "");
  EXPECT_NE(Unread(text).find("\"price\""), std::string::npos);
}

TEST(Recognise, WithoutNamesByValues) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "A" + std::to_string(i % 7) + ",B" + std::to_string(i % 11) + "," +
            std::to_string(1 + i % 5) + ".0," + std::to_string(964982703 + i * 1000) + "\n";
  }
  ColumnRoles r = RolesOf(text);
  EXPECT_EQ(r.user, "column 1");
  EXPECT_EQ(r.item, "column 2");
  EXPECT_EQ(r.rating, "column 3");
  EXPECT_EQ(r.timestamp, "column 4");
}

TEST(Recognise, HeadlessEventsWithHours) {
  std::string text;
  for (int i = 0; i < 80; ++i) {
    text += std::to_string(151603712 + (i % 9) * 7919) + ",Game " + std::to_string(i % 13) +
            (i % 2 ? ",play," + std::to_string(i * i) + "." + std::to_string(i % 10)
                   : ",purchase,1.0") +
            ",0\n";
  }
  ColumnRoles r = RolesOf(text);
  EXPECT_EQ(r.user, "column 1");
  EXPECT_EQ(r.item, "column 2");
  EXPECT_EQ(r.event, "column 3");
  EXPECT_EQ(r.rating, "column 4");
}

TEST(Recognise, StatedRolesStay) {
  ColumnRoles stated;
  stated.rating = "none";
  stated.item = "b";
  ColumnRoles r = RolesOf("user,item,b,rating\n1,2,x,3\n2,2,y,4\n", stated);
  EXPECT_EQ(r.item, "b");
  EXPECT_EQ(r.rating, "none");
}

TEST(Recognise, KindsOfTables) {
  auto kind = [](const std::string& text) {
    Table table = Profile(text);
    return KindOfTable(table.profile, table.named);
  };
  EXPECT_EQ(kind("userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n"),
            TableKind::kInteractions);
  EXPECT_EQ(kind("id\tname\turl\n1\tZork\tx\n2\tBlimm\ty\n"), TableKind::kItems);
  EXPECT_EQ(kind("userID\tfriendID\n2\t275\n3\t275\n"), TableKind::kFriends);
  EXPECT_EQ(kind("user_id,age\n2,27\n3,25\n"), TableKind::kUsers);
  EXPECT_EQ(kind("movieId,title,genres\n1,Zork (1995),x|y\n2,Blimm,y\n"), TableKind::kItems);
}

}  // namespace
}  // namespace duomo::data
