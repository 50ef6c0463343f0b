// The splits. Each marks its test rows; one place turns marks into lists.
#include "data/split.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "data/pairs.h"

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

// Copies of a row go where the first of them goes.
void MoveRepeats(const Interactions& rows, Marks& marks) {
  std::vector<uint32_t> first = FirstOfPair(rows);
  for (size_t i = 0; i < marks.size(); ++i) marks[i] = marks[first[i]];
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

// Oldest first; ties: order of the file.
auto InTime(const Interactions& rows) {
  return [&rows](uint32_t a, uint32_t b) {
    if (rows.timestamps[a] != rows.timestamps[b]) return rows.timestamps[a] < rows.timestamps[b];
    return a < b;
  };
}

// Of each pair the last row in time counts.
void MarkLast(const Interactions& rows, uint32_t n, Marks& test) {
  constexpr uint32_t kNone = UINT32_MAX;
  uint32_t users = 0;
  for (uint32_t user : rows.users) users = std::max(users, user + 1);
  std::vector<uint32_t> first = FirstOfPair(rows), order = ByUser(rows, InTime(rows));
  std::vector<uint32_t> last(rows.size(), kNone);  // of the pair whose first row this is
  for (uint32_t row : order) last[first[row]] = row;
  std::vector<uint32_t> left(users), marked(users);  // pairs of each user, not seen from the end
  for (size_t i = 0; i < rows.size(); ++i) left[rows.users[i]] += first[i] == i ? 1 : 0;
  std::ranges::reverse(order);
  for (uint32_t row : order) {
    uint32_t user = rows.users[row];
    if (last[first[row]] != row || marked[user] == n || left[user] == 1) continue;
    test[row] = kTest;
    ++marked[user];
    --left[user];
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (test[i] == kTrain && test[last[first[i]]] == kTest) test[i] = kLeftOut;
  }
}

void MarkLate(const Interactions& rows, double share, Marks& test) {
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  auto cut = static_cast<size_t>(std::floor(share * static_cast<double>(order.size())));
  auto middle = order.begin() + static_cast<std::ptrdiff_t>(cut);
  std::nth_element(order.begin(), middle, order.end(), InTime(rows));
  for (auto i = middle; i != order.end(); ++i) test[*i] = 1;
}

}  // namespace

std::span<const SplitForm> SplitForms() {
  static constexpr SplitForm kForms[] = {
      {SplitKind::kPaddle, "paddle", "paddle", "a tenth of the rows, drawn as in Paddle's chapter"},
      {SplitKind::kRatio, "ratio:R", "ratio:0.1", "the share R of the rows, drawn by --seed"},
      {SplitKind::kLeaveLast, "leave-last", "leave-last", "each user's last item in time"},
      {SplitKind::kLeaveLast, "leave-last:N", "leave-last:5", "each user's last N items in time"},
      {SplitKind::kTime, "time:Q", "time:0.9", "all rows after the share Q of them, by time"},
      {SplitKind::kColdItems, "cold-items:R", "cold-items:0.1",
       "all rows of the share R of the items, drawn by --seed"},
      {SplitKind::kFold, "fold:NAME", "fold:u1", "NAME.test beside the data (ml-100k)"},
      {SplitKind::kPaddleValidation, "paddle-validation", "paddle-validation",
       "a tenth of paddle's training rows; its test rows left out"},
      {SplitKind::kNone, "none", "none", "no row: all train"},
  };
  return kForms;
}

std::string SplitHelp() {
  size_t width = 0;
  for (const SplitForm& f : SplitForms()) width = std::max(width, f.form.size());
  std::string out;
  for (const SplitForm& f : SplitForms()) {
    out += StrCat(out.empty() ? "" : "\n", f.form, std::string(width + 2 - f.form.size(), ' '),
                  f.meaning);
  }
  return out;
}

SplitSpec ParseSplit(std::string_view text) {
  SplitSpec spec;
  spec.name = text;
  std::string possible;
  for (const SplitForm& f : SplitForms()) {
    possible += StrCat(possible.empty() ? "" : ", ", f.form);
    if (f.form != f.example) possible += StrCat(" (e.g. ", f.example, ")");
    size_t colon = f.form.find(':');
    spec.kind = f.kind;
    if (colon == f.form.npos) {
      if (text == f.form) return spec;
      continue;
    }
    if (!text.starts_with(f.form.substr(0, colon + 1))) continue;
    std::string_view value = text.substr(colon + 1);
    if (f.kind == SplitKind::kFold) {
      if (!value.empty()) return spec;
      continue;
    }
    const char* end = value.data() + value.size();
    if (f.kind == SplitKind::kLeaveLast) {
      auto [at, error] = std::from_chars(value.data(), end, spec.count);
      if (error == std::errc() && at == end && spec.count > 0) return spec;
      Fail(Status::kInvalidArgument, "split \"", text, "\": \"", value,
           "\" is not a whole number of 1 or more");
    }
    auto [at, error] = std::from_chars(value.data(), end, spec.share);
    if (error == std::errc() && at == end && spec.share > 0 && spec.share < 1) return spec;
    Fail(Status::kInvalidArgument, "split \"", text, "\": \"", value,
         "\" is not a number between 0 and 1");
  }
  Fail(Status::kInvalidArgument, "unknown split \"", text, "\"; possible are ", possible);
}

Split MakeSplit(const SplitSpec& spec, const Interactions& interactions, uint64_t seed) {
  if (interactions.size() > UINT32_MAX) {
    Fail(Status::kUnsupported, "more than ", UINT32_MAX, " interactions cannot be split");
  }
  Marks test(interactions.size());
  switch (spec.kind) {
    case SplitKind::kPaddle:
      MarkAtRandom(PythonRandom(0), kPaddleShare, test);
      MoveRepeats(interactions, test);
      break;
    case SplitKind::kPaddleValidation:
      MarkPaddleValidation(test);
      MoveRepeats(interactions, test);
      break;
    case SplitKind::kRatio:
      MarkAtRandom(Random(seed), spec.share, test);
      MoveRepeats(interactions, test);
      break;
    case SplitKind::kLeaveLast:
      RequireTimes(spec, interactions);
      MarkLast(interactions, spec.count, test);
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
  if (spec.kind == SplitKind::kLeaveLast) split.repeats_left_out = test.size() - tests - trains;
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
