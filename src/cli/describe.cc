// duomo describe: what `train` would understand of data and make of them, without training.
#include <string>
#include <utility>
#include <vector>

#include "cli/analysis.h"
#include "cli/command.h"
#include "cli/data_options.h"
#include "console/signals.h"
#include "core/error.h"
#include "core/file_io.h"
#include "description/json.h"
#include "selection/networks.h"
#include "selection/plan.h"
#include "selection/split_choice.h"
#include "training/options.h"

namespace duomo::cli {
namespace {

struct Options {
  DataOptions data;
  std::string split, out;
  uint64_t seed = 0;
};

// The network that can be trained alone from the file.
selection::Network NetworkFor(const data::Dataset& dataset, data::Goal goal) {
  if (goal == data::Goal::kRate) return selection::RatingNetwork(dataset);
  if (auto network = selection::FeatureNetwork(dataset)) return std::move(*network);
  if (auto network = selection::IdNetwork(dataset)) return std::move(*network);
  Fail(Status::kInvalidArgument,
       "no column of the users or the items has a name that a model can read");
}

// What it has to beat, see evaluation/baselines/floors.h.
std::vector<std::string> Floors(const data::Dataset& dataset, data::Goal goal) {
  if (goal == data::Goal::kRate) return {"mean", "bias"};
  std::vector<std::string> out = {"popularity", "item-top-n"};
  if (selection::AllHaveTimes(dataset.interactions)) out.push_back("item-transitions");
  return out;
}

void Run(const Options& o) {
  Analysis analysis = Analyse(o.data, o.split, o.seed);
  const data::Dataset& dataset = analysis.data.dataset;
  selection::Network network = NetworkFor(dataset, analysis.goal);
  for (const std::string& note : network.notes) Log("%s\n", note.c_str());
  Json search = {{"goal", analysis.goal == data::Goal::kRank ? "rank" : "rate"},
                 {"split_because", analysis.why},
                 {"seed", o.seed},
                 {"train_rows", analysis.split.train.size()},
                 {"test_rows", analysis.split.test.size()},
                 {"floors", Floors(dataset, analysis.goal)},
                 {"candidates", Json::array()}};
  for (const auto& learner : selection::FirstOfPlan(
           dataset, analysis.goal, selection::IsInOrder(analysis.spec), o.seed, 0)) {
    Json candidate = {{"name", learner->name()}};
    candidate.update(learner->Settings());
    candidate.erase("notes");
    Log("would try: %s\n", learner->name().c_str());
    search["candidates"].push_back(std::move(candidate));
  }
  Json out = {{"model", description::ToJson(network.model)},
              {"split", analysis.spec.name},
              {"training", training::ToJson(network.training)},
              {"data", analysis.data.ToJson()},
              {"search", search}};
  std::string text = out.dump(2) + "\n";
  if (o.out.empty()) {
    Print("%s", text.c_str());
    return;
  }
  console::Interruptible whole;  // a signal waits until the file is
  AtomicFile file(o.out);
  file.Write(text);
  file.Commit();
  Log("wrote %s: what train would use; its \"model\" is one of the networks that train tries: "
      "change it, and train it alone with --model %s\n",
      o.out.c_str(), o.out.c_str());
}

}  // namespace

void AddDescribe(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "describe", "Print how the tables are read, and what train would do with them");
  AddDataOptions(*c, o->data);
  AddUserRange(*c, o->data, "all");
  AddEvidenceOptions(*c, o->data);
  AddSplitOption(*c, o->split, "as the data allow");
  c->add_option("--seed", o->seed, "Seed of a random split")->capture_default_str();
  c->add_option("-o,--output", o->out, "The JSON file to write; without it, JSON goes to stdout");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
