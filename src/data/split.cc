// The splits. Each marks its test rows; one place turns marks into lists.
#include "data/split.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"

namespace duomo::data {
namespace {

using Marks = std::vector<uint8_t>;
enum Mark : uint8_t { kTrain = 0, kTest = 1, kLeftOut = 2 };

constexpr double kPaddleShare = 0.1;

void RequireTimes(const SplitSpec& spec, const Interactions& rows) {
  auto missing = std::count(rows.timestamps.begin(), rows.timestamps.end(), 0) +
                 static_cast<std::ptrdiff_t>(rows.size() - rows.timestamps.size());
  if (missing > 0) {
    Fail(Status::kInvalidArgument, "the split \"", spec.name, "\" goes by time, but ", missing,
         " of ", rows.size(), " rows have no timestamp; take \"ratio:0.1\"");
  }
}

template <typename Generator>
void MarkAtRandom(Generator generator, double share, Marks& test) {
  for (uint8_t& mark : test) mark = generator.Uniform() < share ? 1 : 0;
}

// Draws for training rows alone: what is test for paddle takes no part.
void MarkPaddleValidation(Marks& test) {
  PythonRandom paddle(0);
  Random random(0);
  for (uint8_t& mark : test) {
    if (paddle.Uniform() < kPaddleShare) {
      mark = kLeftOut;
    } else {
      mark = random.Uniform() < kPaddleShare ? kTest : kTrain;
    }
  }
}

void MarkColdItems(const Interactions& rows, uint64_t seed, double share, Marks& test) {
  uint32_t items = 0;
  for (uint32_t item : rows.items) items = std::max(items, item + 1);
  Random random(seed);
  std::vector<uint8_t> cold(items);
  for (uint8_t& mark : cold) mark = random.Uniform() < share ? 1 : 0;
  for (size_t i = 0; i < rows.size(); ++i) test[i] = cold[rows.items[i]];
}

void MarkLast(const Interactions& rows, Marks& test) {
  uint32_t users = 0;
  for (uint32_t user : rows.users) users = std::max(users, user + 1);
  std::vector<uint32_t> last(users), count(users);
  for (uint32_t i = 0; i < rows.size(); ++i) {
    uint32_t user = rows.users[i];
    if (count[user]++ == 0 || rows.timestamps[i] >= rows.timestamps[last[user]]) last[user] = i;
  }
  for (uint32_t user = 0; user < users; ++user) {
    if (count[user] >= 2) test[last[user]] = 1;
  }
}

void MarkLate(const Interactions& rows, double share, Marks& test) {
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (rows.timestamps[a] != rows.timestamps[b]) return rows.timestamps[a] < rows.timestamps[b];
    return a < b;
  });
  auto cut = static_cast<size_t>(std::floor(share * static_cast<double>(order.size())));
  for (size_t i = cut; i < order.size(); ++i) test[order[i]] = 1;
}

}  // namespace

SplitSpec ParseSplit(std::string_view text) {
  SplitSpec spec;
  spec.name = text;
  if (text == "paddle") {
    spec.kind = SplitKind::kPaddle;
  } else if (text == "paddle-validation") {
    spec.kind = SplitKind::kPaddleValidation;
  } else if (text == "leave-last") {
    spec.kind = SplitKind::kLeaveLast;
  } else if (text == "none") {
    spec.kind = SplitKind::kNone;
  } else if (text.starts_with("fold:") && text.size() > 5) {
    spec.kind = SplitKind::kFold;
  } else if (text.starts_with("ratio:") || text.starts_with("time:") ||
             text.starts_with("cold-items:")) {
    spec.kind = text.starts_with("ratio:")  ? SplitKind::kRatio
                : text.starts_with("time:") ? SplitKind::kTime
                                            : SplitKind::kColdItems;
    std::string_view number = text.substr(text.find(':') + 1);
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), spec.share);
    bool whole = error == std::errc() && end == number.data() + number.size();
    if (!whole || !(spec.share > 0 && spec.share < 1)) {
      Fail(Status::kInvalidArgument, "split \"", text, "\": \"", number,
           "\" is not a number between 0 and 1");
    }
  } else {
    Fail(Status::kInvalidArgument, "unknown split \"", text,
         "\"; possible are paddle, ratio:R (e.g. ratio:0.1), leave-last, time:Q (e.g. time:0.9), "
         "cold-items:R (e.g. cold-items:0.1), fold:NAME (e.g. fold:u1, of ml-100k), "
         "paddle-validation and none");
  }
  return spec;
}

Split MakeSplit(const SplitSpec& spec, const Interactions& interactions, uint64_t seed) {
  if (interactions.size() > UINT32_MAX) {
    Fail(Status::kUnsupported, "more than ", UINT32_MAX, " interactions cannot be split");
  }
  Marks test(interactions.size());
  switch (spec.kind) {
    case SplitKind::kPaddle:
      MarkAtRandom(PythonRandom(0), kPaddleShare, test);
      break;
    case SplitKind::kPaddleValidation:
      MarkPaddleValidation(test);
      break;
    case SplitKind::kRatio:
      MarkAtRandom(Random(seed), spec.share, test);
      break;
    case SplitKind::kLeaveLast:
      RequireTimes(spec, interactions);
      MarkLast(interactions, test);
      break;
    case SplitKind::kTime:
      RequireTimes(spec, interactions);
      MarkLate(interactions, spec.share, test);
      break;
    case SplitKind::kColdItems:
      MarkColdItems(interactions, seed, spec.share, test);
      break;
    case SplitKind::kNone:
      break;
    case SplitKind::kFold:
      Fail(Status::kInvalidArgument, "the split \"", spec.name,
           "\" is one of a data set's own files, which are not at hand here");
  }
  Split split;
  split.name = spec.name;
  auto tests = static_cast<size_t>(std::count(test.begin(), test.end(), kTest));
  auto trains = static_cast<size_t>(std::count(test.begin(), test.end(), kTrain));
  if (trains == 0) {
    Fail(Status::kInvalidArgument, "the split \"", spec.name, "\" leaves none of ", test.size(),
         " rows to train on");
  }
  split.test.reserve(tests);
  split.train.reserve(trains);
  for (uint32_t i = 0; i < test.size(); ++i) {
    if (test[i] != kLeftOut) (test[i] == kTest ? split.test : split.train).push_back(i);
  }
  return split;
}

Split MakeSplit(std::string_view text, const Interactions& interactions, uint64_t seed) {
  return MakeSplit(ParseSplit(text), interactions, seed);
}

}  // namespace duomo::data
