// Contexts with threads in a child of fork(), as Python's multiprocessing and servers that load
// before they fork have them; and what the threads do with signals.
#include <duomo/duomo.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "abi/fixtures.h"

#ifdef __SANITIZE_THREAD__
// TSan gives the child's first threads the ids of the parent's, and ends the program over it.
constexpr uint32_t kThreadsOfChild = 1;
#else
constexpr uint32_t kThreadsOfChild = 4;
#endif

namespace duomo {
namespace {

constexpr size_t kK = 10;
constexpr unsigned kMostSeconds = 60;  // a child that hangs is ended by its alarm

struct Lists {
  std::vector<int64_t> ids = std::vector<int64_t>(fixtures::kUsers * kK);
  std::vector<float> scores = std::vector<float>(fixtures::kUsers * kK);
  std::vector<size_t> counts = std::vector<size_t>(fixtures::kUsers);
  bool operator==(const Lists&) const = default;
};

duomo_context* MakeContext(duomo_model* model, uint32_t threads) {
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  options.threads = threads;
  duomo_context* context = nullptr;
  duomo_context_create(&context, model, &options, nullptr);
  return context;
}

duomo_status Search(duomo_context* context, Lists& lists, size_t users = fixtures::kUsers) {
  int64_t ids[fixtures::kUsers];
  for (int i = 0; i < fixtures::kUsers; ++i) ids[i] = i + 1;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = users;
  request.ids = ids;
  request.k = kK;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = lists.ids.data();
  result.scores = lists.scores.data();
  result.counts = lists.counts.data();
  return duomo_topk(&result, context, &request, nullptr);
}

// What work() returns in a child: its exit code, or 1000 + the signal that ended it.
template <typename Work>
int InChild(const Work& work) {
  pid_t child = fork();
  if (child == 0) {
    alarm(kMostSeconds);
    _exit(work());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

class AbiFork : public ::testing::Test {
 protected:
  AbiFork() : bytes_(model::SaveToMemory(fixtures::ShopModel(true))) {
    EXPECT_EQ(duomo_model_open_buffer(&model_, bytes_.data(), bytes_.size(), nullptr, nullptr),
              DUOMO_OK);
  }
  ~AbiFork() override { duomo_model_release(model_); }

  AlignedVector<std::byte> bytes_;
  duomo_model* model_ = nullptr;
};

TEST_F(AbiFork, AChildSearchesAndReleases) {
  for (bool used : {false, true}) {  // before the fork
    duomo_context* context = MakeContext(model_, 4);
    Lists expected, found;
    duomo_context* alone = MakeContext(model_, 1);
    ASSERT_EQ(Search(alone, expected), DUOMO_OK);
    duomo_context_release(alone);
    if (used) {
      ASSERT_EQ(Search(context, found), DUOMO_OK);
    }
    EXPECT_EQ(InChild([&] {
                for (int round = 0; round < 3; ++round) {
                  found = {};
                  if (Search(context, found) != DUOMO_OK) return 1;
                  if (!(found == expected)) return 2;
                }
                duomo_context_release(context);
                // One of the child's own, with threads.
                duomo_context* own = MakeContext(model_, kThreadsOfChild);
                found = {};
                if (own == nullptr || Search(own, found) != DUOMO_OK) return 3;
                if (!(found == expected)) return 4;
                duomo_context_release(own);
                duomo_model_release(model_);
                return 0;
              }),
              0);
    // The parent's has its threads still.
    found = {};
    EXPECT_EQ(Search(context, found), DUOMO_OK);
    EXPECT_EQ(found, expected);
    duomo_context_release(context);
  }
}

TEST_F(AbiFork, AChildOfAChild) {
  duomo_context* context = MakeContext(model_, 3);
  EXPECT_EQ(InChild([&] {
              int status = InChild([&] {
                Lists found;
                if (Search(context, found) != DUOMO_OK) return 1;
                duomo_context_release(context);
                return 0;
              });
              duomo_context_release(context);
              return status;
            }),
            0);
  duomo_context_release(context);
}

// Whatever handler the host has runs on a thread of the host.
TEST_F(AbiFork, ThreadsBlockSignals) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  duomo_context* context = MakeContext(model_, 4);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int s = 1; s < 32; ++s) EXPECT_EQ(sigismember(&before, s), sigismember(&after, s)) << s;
  size_t blocking = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(getpid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("SigBlk:")) continue;
      uint64_t mask = std::stoull(line.substr(7), nullptr, 16);
      bool all = true;
      for (int s : {SIGHUP, SIGINT, SIGUSR1, SIGALRM, SIGTERM, SIGCHLD, SIGPROF}) {
        all = all && (mask >> (s - 1) & 1) != 0;
      }
      blocking += all;
    }
  }
  EXPECT_GE(blocking, 3u);
  duomo_context_release(context);
}

}  // namespace
}  // namespace duomo
