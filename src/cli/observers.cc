#include "cli/observers.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "cli/command.h"
#include "cli/cost_log.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::cli {

ProgressBar::ProgressBar(uint64_t steps_per_pass)
    : terminal_(::isatty(STDERR_FILENO) != 0), steps_per_pass_(steps_per_pass) {}

void ProgressBar::Clear() {
  if (visible_) Log("\r\033[K");
  visible_ = false;
}

void ProgressBar::OnTrain(const training::TrainEvent& event) {
  average_ = event.step == 0 ? event.cost : 0.98 * average_ + 0.02 * event.cost;
  auto now = Clock::now();
  bool last = event.step + 1 == event.total_steps;
  if (!terminal_ || (now - drawn_ < std::chrono::milliseconds(100) && !last)) return;
  drawn_ = now;
  constexpr int kWidth = 30;
  double done = static_cast<double>(event.step + 1) / static_cast<double>(event.total_steps);
  double seconds = std::chrono::duration<double>(now - start_).count();
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < static_cast<int>(done * kWidth) ? "█" : "░";
  Log("\r\033[K%s %3.0f %%  step %llu of %llu  cost %.3f  %.0f s left", bar.c_str(), done * 100,
      static_cast<unsigned long long>(event.step + 1),
      static_cast<unsigned long long>(event.total_steps), average_, seconds / done * (1 - done));
  visible_ = true;
}

void ProgressBar::OnTest(const training::TestEvent& event) {
  Clear();
  Log("step %6llu   test cost %.4f", static_cast<unsigned long long>(event.step), event.cost);
  if (std::isfinite(event.rmse)) Log("   RMSE %.4f", event.rmse);  // ratings only
  Log("\n");
}

void ProgressBar::OnPass(const training::PassEvent& event) {
  Clear();
  Log("pass %llu: %llu steps in %.2f s\n", static_cast<unsigned long long>(event.pass),
      static_cast<unsigned long long>(event.steps), event.seconds);
}

EventLog::EventLog(const std::string& path, bool append)
    : path_(path), file_(std::fopen(path.c_str(), append ? "a" : "w")) {
  if (file_ == nullptr) Fail(Status::kIo, "cannot write ", path, ": ", std::strerror(errno));
}

EventLog::~EventLog() { std::fclose(file_); }

void EventLog::Line(const console::Json& event) {
  std::string text = console::JsonText(event) + '\n';
  // Flushed a line at a time: the log is there to be watched while training runs.
  if (std::fputs(text.c_str(), file_) < 0 || std::fflush(file_) != 0) {
    Fail(Status::kIo, "cannot write ", path_, ": ", std::strerror(errno));
  }
}

void EventLog::OnTrain(const training::TrainEvent& event) {
  if (event.step % 10 != 0) return;
  Line({{"event", "train"},
        {"pass", event.pass},
        {"batch", event.batch},
        {"step", event.step},
        {"cost", event.cost}});
}

void EventLog::OnTest(const training::TestEvent& event) {
  Line({{"event", "test"}, {"step", event.step}, {"cost", event.cost}, {"rmse", event.rmse}});
}

void CostPlot::OnTrain(const training::TrainEvent& event) {
  train_.emplace_back(static_cast<double>(event.step), event.cost);
}

void CostPlot::OnTest(const training::TestEvent& event) {
  test_.emplace_back(static_cast<double>(event.step), event.cost);
}

void CostPlot::Write(const std::string& path, const std::string& title) const {
  AtomicFile file(path);
  file.Write(CostChart(title, train_, test_).Svg());
  file.Commit();
}

}  // namespace duomo::cli
