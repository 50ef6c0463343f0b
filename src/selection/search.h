// Tries learners within a budget, chooses on validation rows, and measures the choice once on test
// rows beside the floors.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/evidence.h"
#include "data/split.h"
#include "evaluation/baselines/floors.h"
#include "evaluation/protocol.h"
#include "selection/learner.h"

namespace duomo::selection {

struct SearchOptions {
  data::Goal goal = data::Goal::kRank;
  double budget = 180;  // seconds for everything, of the wall clock
  uint64_t seed = 0;
  uint32_t threads = 0;  // 0: one a core
  bool floors = true;    // a floor may win
};

// The metrics of a model on some rows. Ranking: hr and ndcg at 10, higher is better. Rating: rmse
// and mae, lower is better.
struct Quality {
  double hr = 0, ndcg = 0;
  double rmse = 0, mae = 0;
  bool Better(const Quality& other, data::Goal goal) const {
    return goal == data::Goal::kRank ? ndcg > other.ndcg : rmse < other.rmse;
  }
};

struct Trial {
  std::string name;
  Quality validation;
  double seconds = 0;
  bool floor = false;
  bool stopped = false;  // by the budget, and measured as far as it came
};

struct Row {  // of the table in the end
  std::string name;
  Quality test;
  bool floor = false;
};

// Removes the cases of users without a training row, who would all get the same list; returns their
// number.
size_t LeaveOutNewcomers(evaluation::RankingCases& cases);
std::string NewcomersSentence(size_t newcomers);  // for people: that they are, and why

// Observes the search; all calls are on the searching thread.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void Now(const std::string& /*what*/) {}  // a sentence: "trying als, 64 wide"
  virtual void Share(double /*of the budget*/) {}   // for a progress bar
  virtual void Tried(const Trial&) {}
  virtual bool Interrupted() { return false; }  // ends the search with the best so far
};

struct Found {
  std::unique_ptr<Learner> best;
  bool floor = false;              // `best` is a floor
  std::string better_floor;        // a floor that was better but can be no file; or empty
  std::vector<Trial> trials;       // in the order tried, floors first
  std::vector<Row> table;          // on test rows; the first is `best`. Empty without test rows
  evaluation::RankingCases cases;  // of the test rows, to rank
  size_t newcomers = 0;  // users of the test rows without a training row: no case of theirs
  size_t test_rows = 0;  // to rate
  std::vector<std::string> notes;  // of the floors: which there are not, and why
  bool interrupted = false;
};

// `split`: its test rows are looked at once, in the end. Throws Error(kInvalidArgument) where no
// validation or test case can be made, saying what to do.
Found Search(const data::Dataset& dataset, const data::Split& split, const data::SplitSpec& spec,
             const SearchOptions& options, Watcher& watcher);

}  // namespace duomo::selection
