#include "training/options.h"

#include <cmath>

namespace duomo::training {
namespace {
using std::string_view;
constexpr string_view kLosses[] = {"squared", "logistic", "softmax"};
constexpr string_view kExampleKinds[] = {"ratings", "next", "impressions", "sequences"};
constexpr string_view kWeightUses[] = {"by-loss", "always", "never"};
constexpr string_view kOptimizers[] = {"adam", "adagrad", "adagrad-rows", "sgd"};
constexpr string_view kInBatch = "in-batch";
constexpr string_view kSchedules[] = {"constant", "linear", "cosine"};
}  // namespace

bool UsesWeights(const TrainingOptions& o) {
  if (o.examples.weights == WeightUse::kByLoss) return o.loss != Loss::kSquared;
  return o.examples.weights == WeightUse::kAlways;
}

TrainingOptions OptionsFromJson(const description::Json& json, TrainingOptions o) {
  description::Fields f(json, "training");
  auto narrow = [](description::Fields& from, const char* name, uint32_t fallback) {
    uint64_t value = from.Count(name, fallback);
    if (value > UINT32_MAX) from.Wrong(name, "is too large");
    return static_cast<uint32_t>(value);
  };
  o.loss = static_cast<Loss>(f.Choice("loss", kLosses, static_cast<size_t>(o.loss)));
  o.passes = f.Count("passes", o.passes);
  o.steps = f.Count("steps", o.steps);
  o.batch_size = narrow(f, "batch", o.batch_size);
  o.optimizer = static_cast<OptimizerKind>(
      f.Choice("optimizer", kOptimizers, static_cast<size_t>(o.optimizer)));
  o.learning_rate = f.Number("learning_rate", o.learning_rate);
  o.beta1 = f.Number("beta1", o.beta1);
  o.beta2 = f.Number("beta2", o.beta2);
  o.epsilon = f.Number("epsilon", o.epsilon);
  if (o.optimizer != OptimizerKind::kSgd && f.Has("momentum")) {
    f.Wrong("momentum", "belongs to the optimizer \"sgd\"; what \"adam\" has of it is beta1");
  }
  o.momentum = f.Number("momentum", o.momentum);
  o.schedule =
      static_cast<Schedule>(f.Choice("schedule", kSchedules, static_cast<size_t>(o.schedule)));
  o.warmup_steps = f.Count("warmup_steps", o.warmup_steps);
  o.average = f.Number("average", o.average);
  o.weight_decay = f.Number("weight_decay", o.weight_decay);
  o.embedding_l2 = f.Number("embedding_l2", o.embedding_l2);
  o.dropout = f.Number("dropout", o.dropout);
  o.members = narrow(f, "members", o.members);
  if (f.Has("negatives") && f.Get("negatives").is_string()) {
    if (f.Text("negatives") != kInBatch) {
      f.Wrong("negatives", "must be a number or \"", kInBatch, '"');
    }
    o.negatives = 0;
    o.in_batch_negatives = true;
  } else if (f.Has("negatives")) {
    o.negatives = narrow(f, "negatives", o.negatives);
    o.in_batch_negatives = false;
  }
  o.exclude_taken = f.Flag("exclude_taken", o.exclude_taken);
  o.shuffle_buffer = narrow(f, "shuffle_buffer", o.shuffle_buffer);
  if (f.Has("examples")) {
    description::Fields e(f.Get("examples"), "training.examples");
    o.examples.kind = static_cast<ExampleKind>(e.Choice("kind", kExampleKinds, 0));
    o.examples.weights = static_cast<WeightUse>(
        e.Choice("weights", kWeightUses, static_cast<size_t>(o.examples.weights)));
    o.examples.per_user = narrow(e, "per_user", o.examples.per_user);
    o.examples.minimum_history = narrow(e, "minimum_history", o.examples.minimum_history);
    o.examples.window = narrow(e, "window", o.examples.window);
    o.examples.context = narrow(e, "context", o.examples.context);
    o.examples.ties = e.Number("ties", o.examples.ties);
    if (!(o.examples.ties >= 0) || !std::isfinite(o.examples.ties)) {
      e.Wrong("ties",
              "must be 0 or a positive number: what a watch counts that has the time of the "
              "one before it");
    }
    o.examples.age = e.Text("age", o.examples.age);
    o.examples.candidates = narrow(e, "candidates", o.examples.candidates);
    o.examples.negatives = narrow(e, "negatives", o.examples.negatives);
    o.examples.score = e.Text("score", o.examples.score);
    o.examples.since_alike = e.Text("since_alike", o.examples.since_alike);
    o.examples.count_alike = e.Text("count_alike", o.examples.count_alike);
    o.examples.alike = e.Text("alike", o.examples.alike);
    o.examples.like_last = e.Text("like_last", o.examples.like_last);
    o.examples.like_recent = e.Text("like_recent", o.examples.like_recent);
    e.Finish();
  }
  auto by_input = [&](const char* name, std::vector<std::pair<std::string, double>>& rates) {
    if (f.Has(name)) rates.clear();
    f.ForEach(name, [&](description::Fields& e) {
      double rate = e.Number("rate", 0);
      if (!(rate >= 0 && rate < 1)) e.Wrong("rate", "must be in [0, 1)");
      rates.emplace_back(e.Text("input"), rate);
    });
  };
  by_input("id_dropout", o.id_dropout);
  by_input("output_dropout", o.output_dropout);
  f.Finish();
  return o;
}

description::Json ToJson(const TrainingOptions& o) {
  description::Json out = {{"loss", kLosses[static_cast<size_t>(o.loss)]},
                           {"passes", o.passes},
                           {"steps", o.steps},
                           {"batch", o.batch_size},
                           {"optimizer", kOptimizers[static_cast<size_t>(o.optimizer)]},
                           {"learning_rate", o.learning_rate},
                           {"beta1", o.beta1},
                           {"beta2", o.beta2},
                           {"epsilon", o.epsilon},
                           {"schedule", kSchedules[static_cast<size_t>(o.schedule)]},
                           {"warmup_steps", o.warmup_steps},
                           {"weight_decay", o.weight_decay},
                           {"embedding_l2", o.embedding_l2},
                           {"dropout", o.dropout},
                           {"members", o.members},
                           {"negatives", o.negatives},
                           {"shuffle_buffer", o.shuffle_buffer}};
  if (o.optimizer == OptimizerKind::kSgd) out["momentum"] = o.momentum;
  if (o.in_batch_negatives) out["negatives"] = kInBatch;
  out["examples"] = {{"kind", kExampleKinds[static_cast<size_t>(o.examples.kind)]},
                     {"per_user", o.examples.per_user},
                     {"minimum_history", o.examples.minimum_history},
                     {"age", o.examples.age},
                     {"candidates", o.examples.candidates},
                     {"negatives", o.examples.negatives},
                     {"score", o.examples.score},
                     {"since_alike", o.examples.since_alike},
                     {"count_alike", o.examples.count_alike},
                     {"alike", o.examples.alike},
                     {"like_last", o.examples.like_last},
                     {"like_recent", o.examples.like_recent}};
  // Left out where it says nothing, so that older checkpoints go on.
  if (o.examples.weights != WeightUse::kByLoss) {
    out["examples"]["weights"] = kWeightUses[static_cast<size_t>(o.examples.weights)];
  }
  if (o.examples.kind == ExampleKind::kSequences) {
    out["examples"]["window"] = o.examples.window;
    out["examples"]["context"] = o.examples.context;
  }
  if (o.examples.ties != 1) out["examples"]["ties"] = o.examples.ties;
  if (o.exclude_taken) out["exclude_taken"] = true;
  if (o.average != 0) out["average"] = o.average;
  out["id_dropout"] = description::Json::array();
  for (const auto& [input, rate] : o.id_dropout) {
    out["id_dropout"].push_back({{"input", input}, {"rate", rate}});
  }
  for (const auto& [input, rate] : o.output_dropout) {
    out["output_dropout"].push_back({{"input", input}, {"rate", rate}});
  }
  return out;
}

}  // namespace duomo::training
