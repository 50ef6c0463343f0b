// Our implicit ALS pass by pass, for learning.py: a file and the CPU seconds of learning after
// each.
//   duomo-als-passes TABLE FOLDER WIDTH UNOBSERVED L2 NU PASSES
// Writes FOLDER/PASS.duomo and prints "PASS SECONDS" a line. One thread.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "../clock.h"
#include "core/text.h"
#include "data/tables.h"
#include "model/model.h"
#include "training/als.h"

namespace {

using namespace duomo;  // NOLINT: nobody includes this

class Passes : public training::Observer {
 public:
  Passes(const training::Als& als, const data::Dataset& dataset, std::string folder)
      : als_(als), dataset_(dataset), folder_(std::move(folder)), begin_(Now()) {}
  void OnPass(const training::PassEvent& event) override {
    seconds_ += Now() - begin_;
    auto pass = static_cast<unsigned>(event.pass + 1);
    model::Save(StrCat(folder_, "/", pass, ".duomo"), als_.Export(dataset_));
    std::printf("%u %.3f\n", pass, seconds_);
    std::fflush(stdout);
    begin_ = Now();
  }

 private:
  static double Now() { return bench::Seconds(CLOCK_PROCESS_CPUTIME_ID); }
  const training::Als& als_;
  const data::Dataset& dataset_;
  std::string folder_;
  double begin_, seconds_ = 0;
};

int Run(char** arguments) {
  data::TablesSpec spec;
  spec.interactions = arguments[1];
  data::Dataset dataset = data::ReadTables(spec);
  std::vector<uint32_t> rows(dataset.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  training::AlsOptions options;
  options.dim = static_cast<uint32_t>(std::stoul(arguments[3]));
  options.alpha0 = std::stod(arguments[4]);
  options.l2 = std::stod(arguments[5]);
  options.nu = std::stod(arguments[6]);
  options.passes = static_cast<uint32_t>(std::stoul(arguments[7]));
  options.use_weights = false;
  options.threads = 1;
  double begin = bench::Seconds(CLOCK_PROCESS_CPUTIME_ID);
  training::Als als(dataset, rows, options);
  // Grouping the rows is part of learning; peers take a matrix that is grouped by users.
  std::printf("0 %.3f\n", bench::Seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
  Passes passes(als, dataset, arguments[2]);
  training::Observer* observers[] = {&passes};
  als.Run(observers);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 8) {
    std::fprintf(stderr, "duomo-als-passes TABLE FOLDER WIDTH UNOBSERVED L2 NU PASSES\n");
    return 2;
  }
  try {
    return Run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
