#include "console/signals.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <iterator>
#include <string>

#include "console/output.h"

namespace duomo::console {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t asked = 0;
int depth = 0;
struct sigaction before[std::size(kSignals)];

extern "C" void EndAtOnce(int signal) { ::_exit(128 + signal); }

extern "C" void AskToStop(int signal) {
  if (asked != 0) ::_exit(128 + signal);
  asked = signal;
}

// Handlers need a stack of their own: oneDNN's matrix kernels borrow the stack pointer for their
// workspace, and a signal's frame put there overwrites the heap. The kernel hands signals of the
// process to its main thread, which is the one that is here. The stack stays to the end.
void GiveHandlersAStack() {
  stack_t stack = {};
  if (::sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0) return;
  static size_t size = static_cast<size_t>(std::max(::sysconf(_SC_SIGSTKSZ), 65536L));
  static std::byte* memory = new std::byte[size];
  stack = {.ss_sp = memory, .ss_flags = 0, .ss_size = size};
  ::sigaltstack(&stack, nullptr);
}

// Where a signal is ignored, it stays so.
void Handle(void (*handler)(int), struct sigaction* old) {
  GiveHandlersAStack();
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESTART);
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], nullptr, &old[i]);
    if (old[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

}  // namespace

void EndOnSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  struct sigaction unused[std::size(kSignals)];
  Handle(EndAtOnce, unused);
}

Interruptible::Interruptible() {
  if (depth++ == 0) Handle(AskToStop, before);
}

Interruptible::~Interruptible() {
  if (--depth > 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before[i], nullptr);
}

int Interruptible::Signal() { return asked; }

void Interruptible::Check() {
  if (asked == 0) return;
  int signal = asked;
  asked = 0;
  Log(std::string(program_invocation_short_name) + ": stopped; nothing was written\n");
  throw ExitWith{128 + signal};
}

}  // namespace duomo::console
