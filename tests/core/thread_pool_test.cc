#include "core/thread_pool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace duomo {
namespace {

TEST(ThreadPoolTest, EveryWorkerRunsOnceEachTime) {
  for (size_t size : {1u, 2u, 5u}) {
    ThreadPool pool(size);
    EXPECT_EQ(pool.size(), size);
    std::vector<std::atomic<int>> calls(size);
    for (int round = 0; round < 200; ++round) pool.Run([&](size_t worker) { ++calls[worker]; });
    for (auto& count : calls) EXPECT_EQ(count, 200);
  }
}

TEST(ThreadPoolTest, WorkerZeroIsTheCaller) {
  ThreadPool pool(3);
  std::thread::id zero;
  pool.Run([&](size_t worker) {
    if (worker == 0) zero = std::this_thread::get_id();
  });
  EXPECT_EQ(zero, std::this_thread::get_id());
}

TEST(ThreadPoolTest, AnExceptionReachesTheCallerAndThePoolGoesOn) {
  ThreadPool pool(3);
  for (size_t thrower = 0; thrower < 3; ++thrower) {
    EXPECT_THROW(pool.Run([&](size_t worker) {
      if (worker == thrower) throw std::runtime_error("no");
    }),
                 std::runtime_error);
    std::atomic<int> calls = 0;
    pool.Run([&](size_t) { ++calls; });
    EXPECT_EQ(calls, 3);
  }
}

TEST(ThreadPoolTest, WorkersBlockSignalsAndTheCallerDoesNot) {
  ThreadPool pool(3);
  std::array<sigset_t, 3> masks;
  pool.Run([&](size_t worker) { pthread_sigmask(SIG_SETMASK, nullptr, &masks[worker]); });
  for (size_t worker = 0; worker < 3; ++worker) {
    for (int signal : {SIGINT, SIGTERM, SIGUSR1, SIGPROF}) {
      EXPECT_EQ(sigismember(&masks[worker], signal), worker == 0 ? 0 : 1) << worker;
    }
  }
}

// A child has none of the threads: the work is done all the same, and nothing waits for them.
TEST(ThreadPoolTest, InAChildOfFork) {
  auto pool = std::make_unique<ThreadPool>(4);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    size_t sum = 0;
    pool->Run([&](size_t worker) { sum += worker + 1; });
    bool thrown = false;
    try {
      pool->Run([&](size_t) { throw std::runtime_error("no"); });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    pool.reset();
    _exit(sum == 10 && thrown ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ShareTest, PartsAreContiguousCompleteAndEven) {
  for (size_t n : {0u, 1u, 7u, 64u}) {
    for (size_t workers : {1u, 2u, 3u, 10u}) {
      size_t end = 0;
      for (size_t w = 0; w < workers; ++w) {
        Range part = Share(n, w, workers);
        EXPECT_EQ(part.begin, end);
        EXPECT_GE(part.size(), n / workers);
        EXPECT_LE(part.size(), n / workers + 1);
        end = part.end;
      }
      EXPECT_EQ(end, n);
    }
  }
}

}  // namespace
}  // namespace duomo
