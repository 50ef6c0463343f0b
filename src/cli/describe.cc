// duomo describe: what `train` would understand of data and make of them, without training.
#include <string>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/understanding.h"
#include "console/signals.h"
#include "core/file_io.h"
#include "description/json.h"
#include "selection/networks.h"
#include "selection/split_choice.h"
#include "training/options.h"

namespace duomo::cli {
namespace {

struct Options {
  DataOptions data;
  std::string out;
};

void Run(const Options& o) {
  Understood data = Understand(o.data, true);
  for (const std::string& line : data.Lines()) Log("%s\n", line.c_str());
  const data::Dataset& dataset = data.dataset;
  bool ranks = o.data.evidence.goal == data::Goal::kRank;
  selection::SplitChoice choice = selection::ChooseSplit(dataset, o.data.evidence.goal);
  Log("split: %s (%s)\n", choice.split.c_str(), choice.why.c_str());
  selection::Network network =
      ranks ? selection::FeatureNetwork(dataset) : selection::RatingNetwork(dataset);
  for (const std::string& note : network.notes) Log("%s\n", note.c_str());
  Json out = {{"model", description::ToJson(network.model)},
              {"split", choice.split},
              {"training", training::ToJson(network.training)},
              {"data", data.ToJson()}};
  std::string text = out.dump(2) + "\n";
  if (o.out.empty()) {
    Print("%s", text.c_str());
    return;
  }
  console::Interruptible whole;  // a signal waits until the file is
  AtomicFile file(o.out);
  file.Write(text);
  file.Commit();
  Log("wrote %s: one of the models that train tries without a preset; read it, change it, and "
      "train it alone with --model %s\n",
      o.out.c_str(), o.out.c_str());
}

}  // namespace

void AddDescribe(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "describe", "Say what the tables are read as, and propose a network for them");
  AddDataOptions(*c, o->data);
  AddEvidenceOptions(*c, o->data);
  c->add_option("-o,--output", o->out, "The JSON file to write; else it goes to stdout");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
