#include "converter/progress.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <vector>

#include "converter/command.h"
#include "converter/output.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t asked = 0;
int depth = 0;
struct sigaction before[std::size(kSignals)];

extern "C" void AskToStop(int signal) { asked = signal; }

// Handlers need a stack of their own: oneDNN's matrix kernels borrow the stack pointer for their
// workspace, and a signal's frame put there overwrites the heap. It stays: towers may still run.
void GiveHandlersAStack() {
  static std::vector<std::byte> memory;
  stack_t stack = {};
  if (::sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0) return;
  memory.resize(static_cast<size_t>(std::max(::sysconf(_SC_SIGSTKSZ), 65536L)));
  stack = {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
  ::sigaltstack(&stack, nullptr);
}

}  // namespace

Interruptible::Interruptible() {
  if (depth++ > 0) return;
  GiveHandlersAStack();
  struct sigaction action = {};
  action.sa_handler = AskToStop;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND | SA_RESTART);
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], nullptr, &before[i]);
    // Ignored by whoever started us, as nohup does: it stays so.
    if (before[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

Interruptible::~Interruptible() {
  if (--depth > 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before[i], nullptr);
}

void Interruptible::Check() {
  if (asked == 0) return;
  int signal = asked;
  asked = 0;
  Log("duomo-convert: stopped; nothing was written\n");
  throw ExitWith{128 + signal};
}

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

}  // namespace duomo::convert
