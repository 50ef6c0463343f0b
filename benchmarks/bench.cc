// duomo_bench [--model FILE] [--stages CANDIDATES RANKING] [--benchmark_… of Google Benchmark]: everything is measured through
// duomo.h and the shared library.
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

[[noreturn]] void Die(const char* message) {
  std::fprintf(stderr, "duomo_bench: %s\n", message);
  std::exit(1);
}

void OpenSetup() {
  duomo_error error = DUOMO_ERROR_INIT;
  if (duomo_model_open(&setup.model, setup.path.c_str(), nullptr, &error) != DUOMO_OK ||
      duomo_context_create(&setup.context, setup.model, nullptr, &error) != DUOMO_OK) {
    Die(error.message);
  }
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_model_get_info(&info, setup.model, nullptr);
  if (info.user_count == 0 || info.item_count == 0 || info.vector_width == 0) {
    Die("the model needs users, items and two towers");
  }
  setup.width = info.vector_width;
  setup.items = info.item_count;
  std::mt19937_64 random(1);
  setup.user_ids.resize(kIds);
  setup.item_ids.resize(kIds);
  for (size_t i = 0; i < kIds; ++i) {
    duomo_user_id_at(&setup.user_ids[i], setup.model, random() % info.user_count, nullptr);
    duomo_item_id_at(&setup.item_ids[i], setup.model, random() % info.item_count, nullptr);
  }
  std::printf("%s\n%.*s: %llu users, %llu items, vectors of %zu, %s\n", duomo_build_info(),
              static_cast<int>(info.name.size), info.name.data,
              static_cast<unsigned long long>(info.user_count),
              static_cast<unsigned long long>(info.item_count), setup.width, setup.path.c_str());
}

}  // namespace

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
    } else {
      Die((std::string("unknown argument ") + argv[i]).c_str());
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
  benchmark::RunSpecifiedBenchmarks();
  duomo_context_release(setup.context);
  duomo_model_release(setup.model);
  if (!made.empty()) std::filesystem::remove(made);
  return 0;
}

}  // namespace duomo::bench

int main(int argc, char** argv) { return duomo::bench::Run(argc, argv); }
