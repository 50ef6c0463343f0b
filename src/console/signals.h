// SIGINT, SIGTERM and SIGHUP. A signal that whoever started the program had ignored, as nohup and
// shells in the background do, stays ignored.
#pragma once

namespace duomo::console {

// Thrown by work that has already printed everything: the program ends with this exit code.
struct ExitWith {
  int code;
};

// From here on each of these signals ends the program at once, with exit code 128 + the signal; and
// a closed pipe or a file beyond the limit on sizes is an error of the write, not the end. Called
// once, first in main().
void EndOnSignals();

// While one exists, the first signal only requests a stop, so that the work can finish or remove
// what it has begun; the second signal ends the program at once. They nest. One thread.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  // Throws ExitWith (128 + the signal) where the work was asked to stop, and says that nothing was
  // written.
  static void Check();
  // The signal that asked the work to stop; 0: none did. It stays known afterwards, unless Check()
  // has thrown.
  static int Signal();
};

}  // namespace duomo::console
