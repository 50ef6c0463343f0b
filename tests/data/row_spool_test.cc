// Rows through scratch files are the rows through memory.
#include "data/row_spool.h"

#include <filesystem>
#include <utility>

#include "data/evidence.h"
#include "data/pairs.h"
#include "data/subset.h"
#include "data/tables.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using test::TemporaryFolder;
using test::WriteText;

constexpr size_t kMany = 200'000;  // several blocks, the last one not full

TEST(RowSpool, InMemoryAndInFiles) {
  auto value = [](size_t row) { return static_cast<uint32_t>(row * 7); };
  RowValues<uint32_t> memory = SpoolEach<uint32_t>(kMany, value), files;
  TemporaryFolder folder;
  {
    RowsInFiles in((folder / ""));
    EXPECT_EQ(RowsInFiles::Folder(), (folder / ""));
    files = SpoolEach<uint32_t>(kMany, value);
    EXPECT_TRUE(SpoolEach<float>(0, [](size_t) { return 1.0f; }).empty());
  }
  EXPECT_EQ(RowsInFiles::Folder(), "");
  EXPECT_EQ(files.size(), kMany);
  EXPECT_EQ(files, memory);
  RowValues<uint32_t> copy = files;
  copy[1] = 5;  // in its own memory
  EXPECT_EQ(files, memory);
  EXPECT_TRUE(std::filesystem::is_empty((folder / "")));
}

TEST(RowSpool, FoldersNest) {
  TemporaryFolder one, two;
  RowsInFiles outer((one / ""));
  { RowsInFiles inner((two / "")); }
  EXPECT_EQ(RowsInFiles::Folder(), (one / ""));
}

// Repeats, returns, a count for a value, events and milliseconds: all that changes rows.
std::string Rows() {
  std::string text = "user,item,quantity,when,what\n";
  for (size_t i = 0; i < kMany; ++i) {
    auto count = static_cast<int64_t>(1 + i % 3 * (i % 60));
    if (i % 11 == 0) count = i % 2 == 0 ? -1 : -2;
    const char* what = i % 5 == 0 ? "buy" : i % 7 == 0 ? "view" : "look";
    text +=
        StrCat(i * 31 % 997, ',', i * i % 503, ',', count, ',', 1577836800000 + i, ',', what, '\n');
  }
  return text;
}

TEST(RowSpool, TablesAndEvidenceAreTheSame) {
  TemporaryFolder folder, scratch;
  TablesSpec spec;
  spec.interactions = folder / "rows.csv";
  WriteText(spec.interactions, Rows());
  spec.roles.user = "user";
  spec.roles.item = "item";
  spec.roles.rating = "quantity";
  spec.roles.timestamp = "when";
  spec.roles.event = "what";
  EvidenceOptions options;
  options.value_name = "quantity";
  options.event_weights = {{"buy", 3}, {"look", 1}};
  options.min_user = 20;
  for (Repeats repeats : {Repeats::kSum, Repeats::kLast, Repeats::kFirst, Repeats::kKeep}) {
    options.repeats = repeats;
    auto read = [&](EvidenceReport& report) {
      Dataset out = ReadTables(spec);
      report = MakeEvidence(out, options);
      return out;
    };
    EvidenceReport in_memory, in_files;
    Dataset expected = read(in_memory);
    RowsInFiles in((scratch / ""));
    Dataset found = read(in_files);
    EXPECT_EQ(found, expected);
    EXPECT_EQ(in_files.sentences, in_memory.sentences);
    EXPECT_GT(in_memory.returns, 0u);
    EXPECT_GT(in_memory.repeated, 0u);
  }
}

TEST(Pairs, UsersInParts) {
  Interactions rows;
  for (uint32_t i = 0; i < 1000; ++i) {
    rows.users.push_back(i * i % 37 == 0 ? 5 : i % 30);  // some have more than a part
    rows.items.push_back(i % 17);
  }
  auto before = [&](uint32_t a, uint32_t b) {
    uint32_t first = std::as_const(rows).items[a], second = std::as_const(rows).items[b];
    return first != second ? first < second : a < b;
  };
  std::vector<uint32_t> all = ByUser(rows, before);
  for (size_t most : {1u, 33u, 40u, 70u, 2000u}) {
    std::vector<uint32_t> parts;
    size_t largest = 0;
    ForUsers(rows, most, before, [&](std::span<const uint32_t> part) {
      bool one = std::as_const(rows).users[part.front()] == std::as_const(rows).users[part.back()];
      EXPECT_TRUE(one || part.size() <= most);
      largest = std::max(largest, part.size());
      parts.insert(parts.end(), part.begin(), part.end());
    });
    EXPECT_EQ(parts, all) << most;
    EXPECT_TRUE(most < 2000 || largest == 1000);
  }
  ForUsers({}, 10, before, [](std::span<const uint32_t> part) { EXPECT_TRUE(part.empty()); });
}

}  // namespace
}  // namespace duomo::data
