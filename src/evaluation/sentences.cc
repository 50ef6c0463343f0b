// See protocol.h: what the numbers of the cases mean, in words.
#include "core/error.h"
#include "core/numbers.h"
#include "core/text.h"
#include "evaluation/protocol.h"

namespace duomo::evaluation {
namespace {

std::string Share(uint64_t part, uint64_t of) {
  double percent = 100 * static_cast<double>(part) / static_cast<double>(of);
  return StrCat(percent >= 1 ? static_cast<uint64_t>(percent + 0.5) : 0, " %");
}

std::string WhoIsLeftOut(const RankingCases& c) {
  std::string out;
  auto add = [&](uint64_t users, const char* why) {
    if (users == 0) return;
    out += StrCat(out.empty() ? "" : ", ", WithCommas(users), ' ', why);
  };
  add(c.users_without_test_row, "without a test row");
  add(c.users_with_low_rows_only, "with test rows below the minimum rating only");
  add(c.users_with_repeated_rows_only, "with test rows of items that they have in training only");
  return out;
}

}  // namespace

std::string RankingCases::FutureSentence() const {
  const RankingCases& c = *this;
  if (c.rows_without_time > 0) {
    return StrCat("Of ", Counted(c.rows_without_time, "row"),
                  " the time is unknown, and so whether systems could look into the future.");
  }
  if (c.later_training_rows > 0) {
    return StrCat(WithCommas(c.later_training_rows), " of ", WithCommas(c.training_rows),
                  " training rows are later than a test row of the same user: this split lets "
                  "systems look into the user's own future; leave-last and time do not.");
  }
  if (c.rows_after_first_test > 0) {
    return StrCat("No training row is later than a test row of the same user, but ",
                  WithCommas(c.rows_after_first_test), " of ", WithCommas(c.training_rows),
                  " are later than the first test row of all: systems may have learned from some "
                  "users what others had yet to meet; with time they cannot.");
  }
  return "No training row is later than any test row.";
}

std::vector<std::string> RankingCases::Sentences() const {
  std::vector<std::string> out;
  uint64_t drawn = task.cases.size(), all = drawn + cases_not_drawn;
  if (users_without_case > 0) {
    out.push_back(StrCat(Counted(all, "user"), " can be ranked, ", WithCommas(users_without_case),
                         " cannot: ", WhoIsLeftOut(*this), '.'));
  }
  if (cases_not_drawn > 0) {
    out.push_back(StrCat("Measured on ", WithCommas(drawn), " of ", Counted(all, "user"),
                         ", drawn by a fixed hash."));
  }
  if (low_rows > 0) {
    out.push_back(StrCat(Counted(low_rows, "test row"),
                         " below the minimum rating count as wrong to recommend."));
  }
  if (repeated_rows > 0) {
    out.push_back(StrCat(Counted(repeated_rows, "test row"),
                         " of items that the user already has are left out."));
  }
  out.push_back(FutureSentence());
  uint64_t same = 0;
  for (uint8_t s : same_time) same += s;
  if (same > 0) {
    out.push_back(StrCat(same, " of ", drawn, " users (", Share(same, drawn),
                         ") have a test row of the same time as the row before it: which of them "
                         "came next is only the order of the file."));
  }
  if (cold_items > 0) {
    out.push_back(StrCat(Counted(cold_items, "test item"), " of ", Counted(cold_cases, "user"),
                         " have no training row: only systems that know items by their features "
                         "can find them."));
  }
  return out;
}

}  // namespace duomo::evaluation
