// Which interactions train a model and which test it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// Rows of Interactions, ascending in both lists; none twice, and together all rows but for those
// that the split leaves out: "paddle-validation" and validation splits do, and leave-last where a
// test row repeats earlier ones.
//
// Repeats, rows of one user with one item, never stand on both sides of a split, or the model would
// be asked for what it was told:
//   drawn rows (paddle, ratio)   all rows of a pair go where its first row in the file goes; each
//                                row is a draw all the same, so data without repeats are split as
//                                if there were no such rule
//   leave-last                   a pair counts once, by its last row; the earlier rows of a test
//                                pair are left out altogether
//   cold-items                   all rows of an item are on one side anyway
//   time                         the one exception: what comes after the cut may repeat what came
//                                before it. Rankings count no such row as found or missed
//                                (evaluation's repeated_rows), and reports count them
struct Split {
  std::vector<uint32_t> train, test;
  std::string name;               // as given: "ratio:0.1"
  uint64_t repeats_left_out = 0;  // earlier rows of leave-last's test pairs
};

enum class SplitKind {
  kPaddle,            // "paddle": Python's random.Random(0), one draw a row, test if below 0.1
  kPaddleValidation,  // "paddle-validation": to choose settings by without looking at paddle's
                      // test rows, which are left out altogether; each of its training rows is
                      // a test row here with probability 0.1, by duomo::Random(0) whatever the
                      // seed, so that runs with different seeds are compared on the same rows
  kRatio,             // "ratio:R": each row is test with probability R, by duomo::Random(seed)
  kLeaveLast,         // "leave-last", "leave-last:N": the last item of each user, or N items, in
                      // time; ties: the last in the file. Everybody keeps at least one in training
  kTime,              // "time:Q": the first share Q of all rows by time trains, the rest tests;
                      // ties: order of the file
  kNone,              // "none": all rows train
  kColdItems,  // "cold-items:R": each item is held out with probability R, by duomo::Random(seed):
               // all rows of such items are test rows, so that nobody has rated them in training
  kFold,       // "fold:NAME": as NAME.base and NAME.test beside the data say (ml-100k; open.h)
};

struct SplitSpec {
  SplitKind kind = SplitKind::kNone;
  double share = 0;    // R or Q, strictly between 0 and 1
  uint32_t count = 1;  // N
  std::string name;
};

// One way to write a split. The table of these is what ParseSplit() reads by, and the only list of
// splits in help texts and messages.
struct SplitForm {
  SplitKind kind;
  std::string_view form;     // "ratio:R"; what stands after a colon is the reader's to fill in
  std::string_view example;  // "ratio:0.1"
  std::string_view meaning;  // of the test rows, a phrase for people
};
std::span<const SplitForm> SplitForms();

// The table for a command's help, one form and its meaning a line.
std::string SplitHelp();

// Throws Error(kInvalidArgument) that lists what is possible.
SplitSpec ParseSplit(std::string_view text);

// Deterministic on every machine. `seed` is used by ratio and cold-items alone. Throws
// Error(kInvalidArgument) when a split by time finds rows without a timestamp (it says how many),
// or when no row is left to train on, and for a fold, which needs the data's files: see MakeSplit()
// in open.h.
Split MakeSplit(const SplitSpec& spec, const Interactions& interactions, uint64_t seed = 0);
Split MakeSplit(std::string_view text, const Interactions& interactions, uint64_t seed = 0);

// Rows to choose settings by without a look at the test rows: the split that `outer` was made by
// (`spec`, `seed`), made once more of outer's training rows. So the test rows are each user's last
// but one for leave-last, the end of the training time for time, and other draws for drawn splits
// (a fold and "none" are validated on a tenth of the rows, drawn). Rows of the same interactions;
// outer's test rows are in neither list. Throws as MakeSplit().
Split MakeValidation(const SplitSpec& spec, const Interactions& interactions, const Split& outer,
                     uint64_t seed = 0);

}  // namespace duomo::data
