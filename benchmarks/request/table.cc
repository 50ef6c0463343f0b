#include "table.h"

#include <atomic>
#include <cstdio>
#include <thread>

#include "../clock.h"
#include "allocations.h"
#include "figures.h"

namespace duomo::bench {
namespace {

using Customers = std::vector<Customer>;

struct Times {
  double p50 = 0, p99 = 0, search = 0, rank = 0, allocations = 0, a_second = 0;
};

// One client; by its own CPU time, or by the wall clock where it has help.
Times OneAfterTheOther(Client& client, const Customers& customers, clockid_t clock, double budget) {
  Answer answer;
  for (const Customer& c : customers) client.Ask(c, answer);
  std::vector<double> all, search, rank;
  const uint64_t before = Allocations();
  uint64_t ours = 0;  // of the vectors here
  const double end = Seconds(CLOCK_MONOTONIC) + budget;
  for (size_t i = 0; Seconds(CLOCK_MONOTONIC) < end || i < 16; ++i) {
    double begin = Seconds(clock);
    client.Ask(customers[i % customers.size()], answer);
    double time = Seconds(clock) - begin;
    const uint64_t mark = Allocations();
    all.push_back(time);
    search.push_back(answer.search);
    rank.push_back(answer.rank);
    ours += Allocations() - mark;
  }
  Times out;
  out.allocations =
      static_cast<double>(Allocations() - before - ours) / static_cast<double>(all.size());
  out.p50 = Percentile(all, 0.5);
  out.p99 = Percentile(all, 0.99);
  out.search = Percentile(search, 0.5);
  out.rank = Percentile(rank, 0.5);
  return out;
}

Times AtOnce(Assembly& assembly, const Customers& customers, size_t clients, double budget) {
  std::vector<std::vector<double>> times(clients);
  std::vector<std::thread> threads;
  std::atomic<size_t> ready{0};
  std::atomic<bool> go{false}, stop{false};
  for (size_t t = 0; t < clients; ++t) {
    threads.emplace_back([&, t] {
      SetPeerThreads(1);
      auto client = assembly.NewClient(1);
      Answer answer;
      for (size_t i = 0; i < 8; ++i) client->Ask(customers[i], answer);
      ++ready;
      while (!go) std::this_thread::yield();
      for (size_t i = t * 16; !stop || times[t].size() < 2; ++i) {
        double begin = Seconds(CLOCK_MONOTONIC);
        client->Ask(customers[i % customers.size()], answer);
        times[t].push_back(Seconds(CLOCK_MONOTONIC) - begin);
      }
    });
  }
  while (ready < clients) std::this_thread::yield();
  double begin = Seconds(CLOCK_MONOTONIC);
  go = true;
  std::this_thread::sleep_for(std::chrono::duration<double>(budget));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  double took = Seconds(CLOCK_MONOTONIC) - begin;
  std::vector<double> all;
  for (auto& of : times) all.insert(all.end(), of.begin(), of.end());
  Times out;
  out.a_second = static_cast<double>(all.size()) / took;
  out.p50 = Percentile(all, 0.5);
  out.p99 = Percentile(all, 0.99);
  return out;
}

}  // namespace

void RequestTable::Begin() {
  std::printf(
      "| items | who | asked by | p50 | p99 | of it search; ranking | allocations | "
      "p50, times Duomo's exact |\n|---|---|---|---|---|---|---|---|\n");
}

void RequestTable::Line(const std::string& who, const char* asked, double p50, double p99,
                        const std::string& parts, const std::string& allocations) {
  auto [first, added] = exact_.try_emplace(asked, p50);
  std::string ratio = "–";
  if (!added) {
    char text[32];
    double times = p50 / first->second;
    std::snprintf(text, sizeof text, times < 10 ? "%.2f ×" : "%.0f ×", times);
    ratio = text;
  }
  std::printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", items_.c_str(), who.c_str(), asked,
              Duration(p50).c_str(), Duration(p99).c_str(), parts.c_str(), allocations.c_str(),
              ratio.c_str());
  std::fflush(stdout);
}

void RequestTable::Add(Assembly& assembly, double budget) {
  auto one = [&](const char* asked, const Customers& customers, unsigned threads) {
    SetPeerThreads(threads);
    auto client = assembly.NewClient(threads);
    Times t = OneAfterTheOther(*client, customers,
                               threads > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, budget);
    char allocations[32];
    std::snprintf(allocations, sizeof allocations, "%.1f", t.allocations);
    Line(assembly.name(), asked, t.p50, t.p99, Duration(t.search) + "; " + Duration(t.rank),
         allocations);
  };
  one("a history, one thread", shop_.with_history, 1);
  one("features, one thread", shop_.cold, 1);
  one("a history, two threads", shop_.with_history, 2);
  SetPeerThreads(1);
  Times t = AtOnce(assembly, shop_.with_history, 8, budget);
  char rate[48];
  std::snprintf(rate, sizeof rate, "%.0f requests a second", t.a_second);
  Line(assembly.name(), "8 clients at once", t.p50, t.p99, rate, "–");
}

}  // namespace duomo::bench
