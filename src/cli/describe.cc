// duomo describe: proposes a model file for data, to be read, changed and given to train --model.
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/open.h"
#include "data/propose.h"
#include "data/tables.h"
#include "description/json.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string data, out;
  data::TablesSpec tables;
  std::vector<std::string> mappings;
  std::string separator;
};

// What people can type where a tab is hard to.
char SeparatorFrom(const std::string& text) {
  if (text.empty()) return '\0';
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r') return text[0];
  Fail(Status::kInvalidArgument, "--separator \"", text, "\" is neither one character nor \"tab\"");
}

data::Dataset Read(const Options& o) {
  if (o.data.empty() == o.tables.interactions.empty()) {
    Fail(Status::kInvalidArgument, "give either DATA or --interactions FILE");
  }
  if (!o.data.empty())
    return data::OpenDataset(o.data, {.skip_bad_lines = o.tables.skip_bad_lines});
  data::TablesSpec tables = o.tables;
  tables.separator = SeparatorFrom(o.separator);
  for (const std::string& wish : o.mappings) data::ApplyMapping(tables, wish);
  return data::ReadTables(tables);
}

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
  data::Dataset dataset = Read(o);
  if (dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(dataset.skipped_lines));
  }
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
  auto* data = c->add_option("DATA", o->data, "A MovieLens folder or zip, of any of its formats");
  c->add_option(
       "--interactions", o->tables.interactions,
       "Your own data: a CSV file (also .gz, or in a zip) of users, items and, where there "
       "are any, ratings and times")
      ->excludes(data);
  c->add_option("--users", o->tables.users, "A CSV file about the users")->excludes(data);
  c->add_option("--items", o->tables.items, "A CSV file about the items")->excludes(data);
  c->add_option("--map", o->mappings,
                "ROLE=COLUMN (user, item, rating, timestamp, users.id, items.id, title) or "
                "COLUMN:KIND (integer, number, string, set), as often as needed")
      ->excludes(data);
  c->add_option("--separator", o->separator, "Between fields: one character, or tab [found out]")
      ->excludes(data);
  c->add_option("--set-separator", o->tables.set_separator, "Between the values of a set")
      ->capture_default_str()
      ->excludes(data);
  c->add_flag("--latin1", o->tables.latin1, "The files are ISO-8859-1, not UTF-8")->excludes(data);
  c->add_flag("--skip-bad-lines", o->tables.skip_bad_lines,
              "Leave bad lines out instead of stopping");
  c->add_option("-o,--output", o->out, "The JSON file to write; else it goes to stdout");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
