// Two stages: a candidate model finds hundreds, a ranking model puts them in order (Covington,
// Adams and Sargin 2016, figure 2).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "training/impressions.h"

namespace duomo::training {

// One thread.
class Pipeline {
 public:
  // Items and users of the two files are matched by their keys; candidates that the ranking model
  // does not know are left out. What the ranking model's pair inputs mean is read from its report.
  // Throws Error(kUnsupported) when `candidates` is a joint model or `ranking` is not.
  Pipeline(std::shared_ptr<const runtime::Engine> candidates,
           std::shared_ptr<const runtime::Engine> ranking);

  struct Result {
    uint32_t item;          // row of the candidate model
    float candidate_score;  // as CandidateSource
    float output;           // of the ranking model, in its unit
  };
  // The first k of `count` candidates, best output first, ties in the candidates' order. user and
  // history: rows of the candidate model.
  std::vector<Result> Recommend(std::optional<uint32_t> user, std::span<const uint32_t> history,
                                size_t count, size_t k);

 private:
  CandidateSource candidates_;
  std::shared_ptr<const runtime::Engine> ranking_;
  std::vector<uint32_t> ranking_items_, ranking_users_;  // by row of the candidate model
  int32_t score_input_ = -1, since_input_ = -1, count_input_ = -1;
  int32_t like_last_input_ = -1, like_recent_input_ = -1;
  std::optional<PairFeatures> pairs_;
  runtime::Workspace work_;
};

}  // namespace duomo::training
