#include "console/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "console/output.h"

namespace duomo::console {

Progress::Progress(std::string label, uint64_t total)
    : label_(std::move(label)), total_(total), terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_) Log("\r\x1b[K");
}

void Progress::Add(uint64_t done) {
  Interruptible::Check();
  done_ += done;
  auto now = Clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + std::chrono::milliseconds(250);
  shown_ = true;
  // What goes by twice, such as a tensor that does not get smaller when compressed, is counted so.
  double part = total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_);
  char text[16];
  std::snprintf(text, sizeof(text), ": %3.0f %%", std::min(part, 1.0) * 100);
  Log("\r" + label_ + text);
}

}  // namespace duomo::console
