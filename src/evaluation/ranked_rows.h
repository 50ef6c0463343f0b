// The head of one user's ranking, with its ties: what the measures are taken from. Depends on
// tied_ranking.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/tied_ranking.h"

namespace duomo::evaluation {

// How many scores pass. All at once, whatever the catalogue.
template <typename Test>
uint64_t CountScores(std::span<const float> scores, const Test& test) {
  uint32_t count = 0;
  for (float score : scores) count += test(score) ? 1 : 0;
  return count;
}

// The k best rows in groups of equal scores. The group that holds the k-th is the last one and
// complete, so that it may reach far beyond; rows of score kCannot are in none.
struct RankedRows {
  std::vector<uint32_t> above;    // rows of all groups but the last, best first
  std::vector<TieGroup> groups;   // with the last; empty where nothing can be recommended
  std::vector<uint32_t> last;     // rows of the last group or, where that is most of the
  bool last_is_the_rest = false;  // catalogue, all the other rows

  // `relevant` ascends. Scores must be numbers.
  void Rank(std::span<const float> scores, size_t k, std::span<const uint32_t> relevant);

 private:
  std::vector<float> best_;  // scratch
};

}  // namespace duomo::evaluation
