// The file of a checkpoint: every field comes back, damage is said, and rows that nobody touched
// take no place.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "temporary_folder.h"
#include "training/checkpoint.h"
#include "training/refused.h"
#include "training/runs.h"

namespace duomo::training {
namespace {

using testing::ReadText;
using testing::TemporaryFolder;
using testing::WriteText;

TEST(Checkpoint, MissingOrDamagedIsSaid) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.steps = 4;
  o.threads = 1;
  TemporaryFolder folder;
  RunOptions run;
  run.checkpoint = folder.path();
  run.resume = true;
  std::string path = CheckpointPath(folder.path());
  auto resume = [&] {
    Trainer trainer(r.encoded, r.train, nullptr, o);
    trainer.Run({}, run);
  };
  Refused(Status::kNotFound, {path, "without --resume"}, resume);
  run.checkpoint.clear();
  Refused(Status::kInvalidArgument, {"folder"}, resume);
  run.checkpoint = folder.path();
  run.resume = false;
  resume();
  run.resume = true;
  resume();

  const std::string good = ReadText(path);
  for (size_t size : {size_t{0}, size_t{7}, size_t{23}, size_t{24}, size_t{100}, good.size() / 2,
                      good.size() - 1}) {
    WriteText(path, good.substr(0, size));
    Refused(Status::kCorrupt, {path}, resume);
  }
  WriteText(path, good + "x");
  Refused(Status::kCorrupt, {path, "damaged"}, resume);
  for (size_t at = 12; at < good.size(); at += good.size() / 50 + 1) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    WriteText(path, bad);
    Refused(Status::kCorrupt, {path, "damaged"}, resume);
  }
  std::string newer = good;
  newer[8] = 4;
  WriteText(path, newer);
  Refused(Status::kUnsupportedVersion, {path, "version 4"}, resume);
  WriteText(path, "not a checkpoint, just a text of some length");
  Refused(Status::kCorrupt, {path, "not a checkpoint"}, resume);
  // Whole, but of a network of another size.
  WriteText(path, good);
  const std::function<void(Learned&)> changes[] = {
      [](Learned& l) { l.values.pop_back(); },
      [](Learned& l) { l.optimizer.first.pop_back(); },
      [](Learned& l) { l.optimizer.second.push_back(0); },
      [](Learned& l) { l.optimizer.current[0].pop_back(); },
      [](Learned& l) { l.optimizer.trained.pop_back(); },
      [](Learned& l) { l.optimizer.steps = 5; },  // the run has 4
      [](Learned& l) { l.optimizer.current[0][0] = 5; },
  };
  for (const auto& change : changes) {
    WriteText(path, good);
    Learned learned;
    Checkpoint c = ReadCheckpoint(path, learned);
    change(learned);
    WriteCheckpoint(path, c, learned.values, learned.optimizer);
    Refused(Status::kCorrupt, {path, "sizes"}, resume);
  }
}

// Of a large table, a short run touches little: so many moments are written.
TEST(Checkpoint, GrowsWithTheRowsThatWereTouched) {
  model::Description d = Factorization();
  Ratings r(data::MakeSynthetic(20000, 50, 30000, 1), d, "ratio:0.1");
  TrainingOptions o;
  o.steps = 4;
  o.batch_size = 64;
  o.threads = 1;
  TemporaryFolder folder;
  RunOptions run;
  run.checkpoint = folder.path();
  auto size = [&] {
    Trainer trainer(r.encoded, r.train, nullptr, o);
    trainer.Run({}, run);
    return ReadText(CheckpointPath(folder.path())).size();
  };
  size_t few = size();
  o.steps = 2000;
  size_t all = size();
  // The parameters alone are as large in both; of Adam's moments there are twice as many.
  EXPECT_LT(static_cast<double>(few), 0.5 * static_cast<double>(all)) << few << ' ' << all;
}

// Every field comes back, and no prefix is taken for a whole, whatever its checksum says.
TEST(Checkpoint, RoundTrips) {
  TemporaryFolder folder;
  std::string path = folder.File("c");
  Checkpoint c;
  c.settings = {{"a", 1}, {"b", {{"c", 0.1}}}};
  const AlignedVector<float> values = {1, 2, 3};
  Optimizer::State optimizer;
  optimizer.steps = 5;
  optimizer.first.assign(70000, 4);  // more than is gathered before it is written
  optimizer.second.assign(50, 0);    // blocks of zeros are left out, but for one that is negative
  optimizer.second[17] = -0.0f;
  optimizer.second[49] = 1;
  optimizer.current = {{1, 2}, {}, {3}};
  optimizer.trained = {{1, 0}, {}, {1}};
  Random random(3);
  random.Normal();  // leaves a spare one
  c.workers.push_back(random.Save());
  c.last_test = 4;
  c.tests_without_improvement = 2;
  c.best = BestState{3, 0.5, 0.7, {7, 8}, {{1, 0}, {}}};
  WriteCheckpoint(path, c, values, optimizer);
  Learned learned;
  Checkpoint d = ReadCheckpoint(path, learned);
  EXPECT_EQ(Differences(c.settings, d.settings), "");
  EXPECT_EQ(learned.values, values);
  EXPECT_EQ(learned.optimizer.steps, 5u);
  EXPECT_EQ(learned.optimizer.first, optimizer.first);
  EXPECT_EQ(learned.optimizer.second, optimizer.second);
  EXPECT_TRUE(std::signbit(learned.optimizer.second[17]));
  EXPECT_EQ(learned.optimizer.current, optimizer.current);
  EXPECT_EQ(learned.optimizer.trained, optimizer.trained);
  ASSERT_EQ(d.workers.size(), 1u);
  Random back(0);
  back.Restore(d.workers[0]);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(back.Normal(), random.Normal());
  EXPECT_EQ(d.last_test, 4u);
  EXPECT_EQ(d.tests_without_improvement, 2u);
  ASSERT_TRUE(d.best);
  EXPECT_EQ(d.best->cost, 0.5);
  EXPECT_EQ(d.best->values, c.best->values);
  EXPECT_EQ(d.best->touched, c.best->touched);
}

}  // namespace
}  // namespace duomo::training
