// duomo_bench [--model FILE] [--stages CANDIDATES RANKING] [--catalogue NAME=FILE …]
// [--benchmark_… of Google Benchmark]: everything is measured through duomo.h and the shared
// library.
#include "bench.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <random>

#include "model.h"

namespace duomo::bench {
namespace {

Setup setup;
constexpr size_t kIds = 4096;

void OpenSetup() {
  OpenTowers(setup);
  std::mt19937_64 random(1);
  setup.user_ids.resize(kIds);
  setup.item_ids.resize(kIds);
  for (size_t i = 0; i < kIds; ++i) {
    duomo_user_id_at(&setup.user_ids[i], setup.model, random() % setup.users, nullptr);
    duomo_item_id_at(&setup.item_ids[i], setup.model, random() % setup.items, nullptr);
  }
}

}  // namespace

void OpenTowers(Opened& out) {
  out.Open();
  if (out.users == 0 || out.items == 0 || out.width == 0) {
    Die(out.path + ": the model needs users, items and two towers");
  }
  std::fprintf(stderr, "%.*s: %zu users, %zu items, vectors of %zu, %s\n",
               static_cast<int>(out.info.name.size), out.info.name.data, out.users, out.items,
               out.width, out.path.c_str());
}

const Setup& TheSetup() { return setup; }

int Run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (const char* path = std::getenv("DUOMO_BENCH_MODEL")) setup.path = path;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--model") == 0 && i + 1 < argc) {
      setup.path = argv[++i];
    } else if (std::strncmp(argv[i], "--model=", 8) == 0) {
      setup.path = argv[i] + 8;
    } else if (std::strcmp(argv[i], "--stages") == 0 && i + 2 < argc) {
      setup.stages[0] = argv[++i];
      setup.stages[1] = argv[++i];
    } else if (std::strcmp(argv[i], "--catalogue") == 0 && i + 1 < argc &&
               std::strchr(argv[i + 1], '=') != nullptr) {
      std::string pair = argv[++i];
      const std::string name = pair.substr(0, pair.find('=')), path = pair.substr(name.size() + 1);
      (name.ends_with("-attributes") ? RegisterFilters : RegisterCatalogue)(name, path);
    } else {
      Die(std::string("unknown argument ") + argv[i]);
    }
  }
  std::string made;
  if (setup.path.empty()) {
    made = (std::filesystem::temp_directory_path() /
            ("duomo_bench_" + std::to_string(::getpid()) + ".duomo"))
               .string();
    try {
      WriteModel(made);
    } catch (const std::exception& error) {
      Die(error.what());
    }
    setup.path = made;
  }
  OpenSetup();
  benchmark::AddCustomContext("duomo", duomo_build_info());
  benchmark::RunSpecifiedBenchmarks();
  if (!made.empty()) std::filesystem::remove(made);
  return 0;
}

}  // namespace duomo::bench

int main(int argc, char** argv) { return duomo::bench::Run(argc, argv); }
