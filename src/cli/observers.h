// Observers of a training run on the command line: a progress bar, a log of events, a plot, Ctrl-C.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "console/json.h"
#include "console/signals.h"
#include "training/trainer.h"

namespace duomo::cli {

// A progress bar on a terminal, otherwise a line from time to time; both on stderr.
class ProgressBar : public training::Observer {
 public:
  explicit ProgressBar(uint64_t steps_per_pass);
  void OnTrain(const training::TrainEvent& event) override;
  void OnTest(const training::TestEvent& event) override;
  void OnPass(const training::PassEvent& event) override;

 private:
  void Clear();
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now(), drawn_{};
  bool terminal_, visible_ = false;
  uint64_t steps_per_pass_;
  double average_ = 0;  // running mean of the cost
};

// One JSON object a line: every tenth training event and every test event.
class EventLog : public training::Observer {
 public:
  // append: after what is there, for runs that are resumed.
  explicit EventLog(const std::string& path, bool append = false);
  ~EventLog() override;
  void OnTrain(const training::TrainEvent& event) override;
  void OnTest(const training::TestEvent& event) override;

 private:
  void Line(const console::Json& event);
  std::string path_;
  std::FILE* file_;
};

// Keeps the costs; Write() draws them as SVG.
class CostPlot : public training::Observer {
 public:
  void OnTrain(const training::TrainEvent& event) override;
  void OnTest(const training::TestEvent& event) override;
  void Write(const std::string& path, const std::string& title) const;

 private:
  std::vector<std::pair<double, double>> train_, test_;
};

// The last test of a run.
class LastTest : public training::Observer {
 public:
  void OnTest(const training::TestEvent& event) override { event_ = event; }
  const training::TestEvent& event() const { return event_; }

 private:
  training::TestEvent event_{0, 0, 0};
};

// While it lives, the first SIGINT (Ctrl-C), SIGTERM or SIGHUP ends training after the current
// step, so that what has been learned is written; the second one ends the program. Made on the main
// thread. main() then ends with 128 + the signal.
class Interrupt : public training::Observer {
 public:
  bool ShouldStop() override { return Received(); }
  static bool Received() { return Signal() != 0; }
  static int Signal() { return console::Interruptible::Signal(); }  // 0: none; known for good

 private:
  console::Interruptible interruptible_;
};

}  // namespace duomo::cli
