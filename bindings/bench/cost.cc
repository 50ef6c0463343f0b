// What cost.c does, in C++.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <duomo/duomo.hpp>
#include <vector>

namespace {

constexpr int kPairs = 4096, kCalls = 10000, kRepetitions = 40;

template <typename Run>
double Least(int repetitions, int n, const Run& run) {
  using Clock = std::chrono::steady_clock;
  double least = 1e18;
  for (int r = 0; r < repetitions; ++r) {
    auto begin = Clock::now();
    run();
    std::chrono::duration<double, std::nano> time = Clock::now() - begin;
    least = std::min(least, time.count() / n);
  }
  return least;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  auto model = duomo::Model::Open(argv[1]);
  auto context = duomo::Context::Create(model);
  std::vector<int64_t> users(kPairs), items(kPairs);
  std::vector<float> out(kPairs);
  for (size_t i = 0; i < kPairs; ++i) {
    users[i] = static_cast<int64_t>(i % 12 + 1);
    items[i] = static_cast<int64_t>(1000 + 3 * (i % 40));
  }
  double one = Least(kRepetitions, kCalls, [&] {
    for (size_t i = 0; i < kCalls; ++i) out[0] = context.Predict(users[i % 64], items[i % 64]);
  });
  double batch = Least(5 * kRepetitions, kPairs, [&] { context.PredictInto(out, users, items); });
  duomo::TopKResult result;
  auto request = duomo::TopKRequest::Users(users).K(10);
  double top = Least(kRepetitions, kPairs, [&] { context.TopKInto(result, request); });
  std::printf("%.2f %.3f %.2f\n", one, batch, top);
} catch (const std::exception& error) {
  return std::fprintf(stderr, "%s\n", error.what()), 1;
}
