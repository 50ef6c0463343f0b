// Signals end every command with 128 + their number, and leave no half-written file.
#include <sys/stat.h>

#include <csignal>

#include "cli/program.h"

namespace duomo::testing {
namespace {

// Opens the pipe for writing once the program reads it, which then waits for what never comes.
int WriterOf(const std::string& pipe) {
  for (int i = 0; i < 6000; ++i) {
    int end = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (end >= 0) return end;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return -1;
}

TEST(Signal, EndsCommandsThatHaveNothingToFinish) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    TemporaryFolder folder;
    std::string model = SmallModel(), pipe = folder.File("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {DUOMO_PROGRAM, "evaluate", model, "--interactions", pipe},
             {DUOMO_PROGRAM, "compare", model, "--interactions", pipe},
             {DUOMO_PROGRAM, "predict", model, "--pairs", pipe},
             {DUOMO_PROGRAM, "topk", model, "--users", pipe, "-o", folder.File("r.csv")},
             {DUOMO_CONVERT, "prune", model, "--keep-users", pipe, "-o", folder.File("m.duomo")}}) {
      Process process(command);
      int writer = WriterOf(pipe);
      ASSERT_GE(writer, 0) << command[1];
      process.Signal(signal);
      Outcome o = process.Wait();
      ::close(writer);
      EXPECT_EQ(o.code, 128 + signal) << command[1] << o.signal << o.err;
      EXPECT_EQ(folder.Names(), std::vector<std::string>{"pipe"}) << command[1];
    }
  }
}

TEST(Signal, OneThatIsIgnoredStaysIgnored) {
  TemporaryFolder folder;
  std::string data = SmallData();
  auto before = std::signal(SIGHUP, SIG_IGN);  // as nohup does
  Process train({DUOMO_PROGRAM, "train", data, "--preset", "hybrid", "-o", folder.File("m.duomo"),
                 "--threads", "1", "--passes", "100000000", "--test-every", "7"});
  std::signal(SIGHUP, before);
  ASSERT_TRUE(train.WaitFor("step      7 "));
  train.Signal(SIGHUP);
  ASSERT_TRUE(train.WaitFor("step     70 "));
  train.Signal(SIGTERM);
  Outcome o = train.Wait();
  EXPECT_EQ(o.code, 128 + SIGTERM);
  EXPECT_NE(o.err.find("interrupted"), o.err.npos) << o.err;
  EXPECT_TRUE(std::filesystem::exists(folder.File("m.duomo")));
}

}  // namespace
}  // namespace duomo::testing
