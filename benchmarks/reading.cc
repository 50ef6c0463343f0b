// How fast tables are read: rows of integer ids, ratings and times, and the same with text ids.
// Bytes a CPU second, from memory, with what training needs of them: rows by id, numbers, times.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "core/random.h"
#include "data/tables.h"

namespace {

using namespace duomo;

constexpr int kRows = 1'000'000, kUsers = 100'000, kItems = 30'000;

std::string Table(bool texts, bool quoted) {
  Random random(1);
  std::string out = "user,item,rating,timestamp\n";
  const std::string quote = quoted ? "\"" : "";
  for (int row = 0; row < kRows; ++row) {
    std::string user = std::to_string(1 + static_cast<int>(random.Uniform() * kUsers)),
                item = std::to_string(1 + static_cast<int>(random.Uniform() * kItems)),
                stars = std::to_string(1 + static_cast<int>(random.Uniform() * 5));
    if (texts) user.insert(0, "user-"), item.insert(0, "item-");
    out += quote + user + quote + ',' + quote + item + quote + ',' + stars + ',' +
           std::to_string(1'000'000'000 + row) + '\n';
  }
  return out;
}

void Read(benchmark::State& state, bool texts, bool quoted) {
  std::string table = Table(texts, quoted);
  data::TablesSpec spec;
  spec.name = "benchmark";
  for (auto _ : state) {
    data::Dataset dataset =
        data::ReadTables(spec, {data::BytesOf(table), "table.csv"}, {nullptr, ""}, {nullptr, ""});
    benchmark::DoNotOptimize(dataset.interactions.size());
  }
  state.SetBytesProcessed(static_cast<int64_t>(table.size()) * state.iterations());
  state.SetItemsProcessed(int64_t{kRows} * state.iterations());
}

BENCHMARK_CAPTURE(Read, integer_ids, false, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Read, text_ids, true, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Read, quoted_text_ids, true, true)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
