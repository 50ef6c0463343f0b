// Parts of the cases that say more than the whole: without ties in time, and cold items. Depends on
// protocol.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/protocol.h"
#include "evaluation/ranking.h"

namespace duomo::evaluation {

// The same measures over some of the cases, by whether each is kept; nothing of lists, which belong
// to all users. Throws Error(kInvalidArgument) for another number of flags or where none is kept.
RankingResult OfCases(const RankingResult& whole, const std::vector<uint8_t>& kept);

// How items without any training row are found: what content features are for. In both tasks the
// relevant items are those alone, and the users those who have one.
struct ColdTasks {
  RankingTask among_all;   // against all that the user has not: will a new item be shown?
  RankingTask among_cold;  // against other such items alone: is it the right one?
  uint64_t items = 0;      // that compete in among_cold
};
// Nothing where no test item is cold.
std::optional<ColdTasks> MakeColdTasks(const RankingTask& task);

struct Slice {
  std::string title;  // for people, with its numbers of users and items
  RankingResult result;
};

// Those that there are, beside the `whole` result of the same recommender, cases and options:
// without the cases of the same time as the row before; cold items among all; among cold ones.
std::vector<Slice> MeasureSlices(const Recommender& recommender, const RankingCases& cases,
                                 const RankingResult& whole, const RankingOptions& options,
                                 ThreadPool& pool);

}  // namespace duomo::evaluation
