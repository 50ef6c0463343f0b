// duomo baseline: what needs no training as a .duomo file, where two towers can express it.
#include "cli/baselines.h"
#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/evidence_record.h"
#include "cli/provenance.h"
#include "cli/understanding.h"
#include "console/signals.h"
#include "training/export.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string name, file, split = "none", social;
  DataOptions data;
  uint64_t seed = 0;
  bool store_history = false;
};

void Run(const Options& o) {
  // Rows become evidence as for what is trained, so that both are of the same rows.
  Understood read = Understand(o.data, EvidenceOf::kOwnTables,
                               BaselineRates(o.name) ? data::Goal::kRate : data::Goal::kRank);
  if (!read.spec.interactions.empty()) {
    for (const std::string& line : read.Lines()) Log("%s\n", line.c_str());
  }
  const data::Dataset& dataset = read.dataset;
  data::Split split = SplitData(o.data, data::ParseSplit(o.split), dataset, o.seed);
  auto ratings = evaluation::RatingMatrix::Make(dataset, split.train);
  auto baseline = MakeBaseline(o.name, {dataset, split, ratings, o.social});
  model::Contents contents = baseline->Export(dataset);
  if (o.store_history) training::AddHistory(contents.tensors, dataset, split.train);
  contents.report.data = dataset.name;
  contents.report.split = split.name;
  Json settings = {
      {"baseline", o.name}, {"predicts_ratings", baseline->PredictsRatings()}, {"seed", o.seed}};
  if (!o.data.user_range.empty()) settings["user_range"] = o.data.user_range;
  Json evidence;
  if (read.evidence_options) evidence = EvidenceToJson(*read.evidence_options, read.evidence);
  settings["data"] =
      RecordJson({dataset, split, o.seed, read.spec.interactions.empty() ? nullptr : &read.spec,
                  std::move(evidence)});
  contents.report.settings = settings.dump();
  console::Interruptible whole;  // a signal waits until the file is
  model::Save(o.file, contents);
  Log("wrote %s: %s\n", o.file.c_str(), baseline->ExportNote().c_str());
}

}  // namespace

void AddBaseline(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("baseline",
                                   "Write a baseline as a .duomo file, if it can be stored as one");
  std::vector<std::string> names = BaselineNames();
  c->add_option("NAME", o->name, CLI::detail::join(names, ", "))
      ->required()
      ->check(CLI::IsMember(names))
      ->type_name("TEXT");
  AddDataOptions(*c, o->data);
  AddEvidenceOptions(*c, o->data);
  c->add_option("-o,--output", o->file, "The .duomo file to write")->required();
  AddSplitOption(*c, o->split, "none");
  c->add_option("--seed", o->seed, "Seed of random splits")->capture_default_str();
  c->add_option("--social", o->social, "For social-cf: a CSV file of who knows whom");
  AddUserRange(*c, o->data, "all");
  c->add_flag("--store-history", o->store_history, "Store in the file who has rated what");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
