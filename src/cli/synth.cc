// duomo synth: invented data in ml-1m's own format.
#include "cli/command.h"
#include "console/signals.h"
#include "data/movielens.h"
#include "data/synthetic.h"

namespace duomo::cli {

void AddSynth(CLI::App& app) {
  struct Options {
    std::string out;
    uint32_t users = 2000, items = 1000;
    uint64_t ratings = 200000, seed = 0;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "synth", "Make a synthetic data set in ml-1m's format; the same options give the same data");
  c->add_option("-o,--output", o->out, "A folder, or a file that ends in .zip")->required();
  c->add_option("--users", o->users, "Users")->capture_default_str()->check(AtLeastOne());
  c->add_option("--items", o->items, "Movies")->capture_default_str()->check(AtLeastOne());
  c->add_option("--ratings", o->ratings, "Ratings")->capture_default_str()->check(AtLeastOne());
  c->add_option("--seed", o->seed, "Seed")->capture_default_str();
  AddJson(c, o->json);
  c->callback([=] {
    data::Dataset dataset = data::MakeSynthetic(o->users, o->items, o->ratings, o->seed);
    console::Interruptible whole;  // a signal waits until the files are
    data::WriteMovieLens1M(dataset, o->out);
    if (o->json) {
      PrintJson({{"path", o->out},
                 {"users", dataset.users.size()},
                 {"items", dataset.items.size()},
                 {"ratings", dataset.interactions.size()}});
    } else {
      Print("%s: %zu users, %zu movies, %zu ratings\n", o->out.c_str(), dataset.users.size(),
            dataset.items.size(), dataset.interactions.size());
    }
  });
}

}  // namespace duomo::cli
