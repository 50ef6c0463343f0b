// How a description is trained: separate from what it computes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "description/fields.h"

namespace duomo::training {

enum class Loss {
  kSquared,   // of the head's number against the rating in the head's unit
  kLogistic,  // weighted logistic regression (Covington 2016, section 4.2)
  kSoftmax,   // over items, full or sampled with logQ correction (Bengio and Senécal 2008)
};

enum class OptimizerKind {
  kAdam,         // Kingma and Ba 2015
  kAdagrad,      // Duchi, Hazan and Singer 2011: one sum of squares a parameter
  kAdagradRows,  // the same with one sum a row of a table: the mean square of the row's gradient
  kSgd,          // with momentum
};

enum class Schedule { kConstant, kLinear, kCosine };  // of the learning rate, down to 0

enum class ExampleKind {
  kRatings,      // each rating by itself (RatingExamples)
  kNext,         // each watch after those before it (NextExamples)
  kImpressions,  // what a candidate model showed, watched or not (ImpressionExamples)
  kSequences,    // as kNext, but all watches of a window at once, as attention learns best
};

// Whether Interactions::weights count.
enum class WeightUse {
  kByLoss,  // for softmax and logistic, not for squared errors
  kAlways,
  kNever,
};

struct ExampleOptions {
  ExampleKind kind = ExampleKind::kRatings;
  WeightUse weights = WeightUse::kByLoss;  // ratings and next; impressions have their own
  uint32_t per_user = 0;                   // the latest so many watches of every user; 0: all
  uint32_t minimum_history = 1;            // watches that must come before one
  // Sequences: how many watches a window has at most, no more than attention reads (0: as many as
  // that), and how many at its beginning are only looked at where others came before them; the
  // windows overlap by so many.
  uint32_t window = 0, context = 0;
  // Next, sequences: what an example counts whose watch has the time of the one before it, beside 1
  // of others. The order of such watches is often the file's, not the user's.
  double ties = 1;
  std::string age;  // next, sequences: the number input that says how old the example is, in days
  // Impressions: how many candidates were shown, and how many of those not watched to learn from.
  uint32_t candidates = 200, negatives = 8;
  // Impressions: the pair inputs (numbers) that hold the candidate model's score, the watches
  // since the latest item alike and how many were alike; alike: the item set input that says so.
  // like_last, like_recent: how like the item is to the last one watched and to the latest
  // kRecentWatches, a mean of cosines of the candidate model's item vectors.
  std::string score, since_alike, count_alike, alike, like_last, like_recent;
};

struct TrainingOptions {
  ExampleOptions examples;
  Loss loss = Loss::kSquared;
  uint64_t passes = 2;
  uint64_t steps = 0;  // 0: as many as the passes have; else the most steps to take
  uint32_t batch_size = 256;
  // All optimisers have dense semantics: rows of tables that a step does not touch move as if their
  // gradient was 0. The work is done when a row is next read (optimizer.h).
  OptimizerKind optimizer = OptimizerKind::kAdam;
  double learning_rate = 1e-4, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double momentum = 0.9;  // of SGD: what is left of the last step's direction
  Schedule schedule = Schedule::kConstant;
  uint64_t warmup_steps = 0;
  // The model is the mean of the parameters over this last share of the steps, not the last ones
  // (average.h); 0: the last ones.
  double average = 0;
  double weight_decay = 0;  // decoupled, on every parameter (Loshchilov and Hutter 2019)
  double embedding_l2 = 0;  // added to the gradient of the table rows that a step touches
  double dropout = 0;       // of the inputs of tower layers
  std::vector<std::pair<std::string, double>> id_dropout;  // input name, probability
  // Input name, probability: of the numbers that encoders of this input make of it, before their
  // own layers. Attention has dropout inside instead.
  std::vector<std::pair<std::string, double>> output_dropout;
  // Dot head, squared error or softmax: the vectors are cut into so many equal parts, each of which
  // learns to predict by itself; the model predicts the mean of their predictions (of a softmax: of
  // their logits), as an ensemble in one network would.
  uint32_t members = 1;
  uint32_t negatives = 0;  // softmax: sampled negatives a worker's batch; 0: every item
  // Softmax: the right items of a worker's batch are each other's negatives, so that the item tower
  // runs for no other (Yi et al. 2019).
  bool in_batch_negatives = false;
  // Softmax: what the user took before is no negative, as nobody is recommended that.
  bool exclude_taken = false;
  // 0: full reshuffle each pass (of more than PassOrder::kLarge examples, from all over the data);
  // else the original's buffered one.
  uint32_t shuffle_buffer = 0;
  uint64_t seed = 0;
  uint32_t threads = 0;  // 0: one a core
  uint64_t test_every = 1000;
};

// Whether the examples of these options carry the interactions' weights.
bool UsesWeights(const TrainingOptions& options);

// The JSON form, as in a model file's "training": fields that are absent keep the value in
// `defaults`. Throws Error(kInvalidArgument) that points at the field.
TrainingOptions OptionsFromJson(const description::Json& json, TrainingOptions defaults = {});
description::Json ToJson(const TrainingOptions& options);

}  // namespace duomo::training
