// duomo describe: proposes a model file for data, to be read, changed and given to train --model.
#include <string>

#include "cli/command.h"
#include "cli/data_options.h"
#include "console/signals.h"
#include "core/file_io.h"
#include "data/propose.h"
#include "description/json.h"

namespace duomo::cli {
namespace {

struct Options {
  DataOptions data;
  std::string out;
};

// How a proposal is trained; everything else is the trainer's own default.
Json TrainingOf(const data::Proposal& proposal, const data::Dataset& dataset) {
  if (!proposal.implicit) {
    return {{"loss", "squared"}, {"batch", 256}, {"learning_rate", 1e-3}, {"passes", 5}};
  }
  constexpr size_t kMostForFullSoftmax = 2000;
  Json training = {{"loss", "softmax"}, {"batch", 256}, {"learning_rate", 1e-3}, {"passes", 5}};
  if (dataset.items.size() > kMostForFullSoftmax) training["negatives"] = 500;
  return training;
}

void Run(const Options& o) {
  data::Dataset dataset = ReadData(o.data);
  data::Proposal proposal = data::Propose(dataset);
  Json recipe = {{"model", description::ToJson(proposal.model)},
                 {"split", "ratio:0.1"},
                 {"training", TrainingOf(proposal, dataset)}};
  std::string text = recipe.dump(2) + "\n";
  Log("%s: %zu users, %zu items, %zu %s\n", dataset.name.c_str(), dataset.users.size(),
      dataset.items.size(), dataset.interactions.size(),
      proposal.implicit ? "interactions without ratings" : "ratings");
  for (const model::Input& input : proposal.model.inputs) {
    constexpr const char* kKinds[] = {"a category", "a set", "text", "a history", "a number"};
    Log("  %s \"%s\": %s\n", input.scope == model::Scope::kUser ? "user" : "item",
        input.name.c_str(), kKinds[static_cast<size_t>(input.kind)]);
  }
  for (const std::string& note : proposal.notes) Log("  %s\n", note.c_str());
  if (o.out.empty()) {
    Print("%s", text.c_str());
    return;
  }
  console::Interruptible whole;  // a signal waits until the file is
  AtomicFile file(o.out);
  file.Write(text);
  file.Commit();
  Log("wrote %s: read it, change it, and train with --model %s\n", o.out.c_str(), o.out.c_str());
}

}  // namespace

void AddDescribe(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "describe", "Propose a model for your own data, from the files' headers and values");
  AddDataOptions(*c, o->data);
  c->add_option("-o,--output", o->out, "The JSON file to write; else it goes to stdout");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
