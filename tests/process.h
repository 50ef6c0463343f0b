// Runs a program as a process and keeps what it says. Linux.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "temporary_folder.h"

namespace duomo::testing {

struct Outcome {
  int code = -1;    // exit code; -1: killed
  int signal = 0;   // what killed it
  long memory = 0;  // peak resident bytes
  std::string out, err;
};

struct Surroundings {
  long largest_file = -1;         // bytes that any file may have, as on a full disk; -1: no limit
  bool obey_permissions = false;  // root, too, is held by the modes of folders
  std::string out;                // stdout goes here; empty: kept
};

// A process from start to end; one that is still running when this goes out of scope is killed.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command, const Surroundings& in = {})
      : name_(command[0]), keep_out_(in.out.empty()) {
    if (!keep_out_) out_ = in.out;
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    child_ = ::fork();
    if (child_ != 0) return;
    int out_fd = ::open(out_.c_str(), O_WRONLY | O_CREAT, 0600);
    int err_fd = ::open(err_.c_str(), O_WRONLY | O_CREAT, 0600);
    ::dup2(out_fd, STDOUT_FILENO);
    ::dup2(err_fd, STDERR_FILENO);
    // Without this capability root is refused as anybody would be.
    if (in.obey_permissions && ::geteuid() == 0 &&
        ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) != 0) {
      ::_exit(126);
    }
    if (in.largest_file >= 0) {
      struct rlimit limit = {static_cast<rlim_t>(in.largest_file),
                             static_cast<rlim_t>(in.largest_file)};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  Process(const Process&) = delete;
  ~Process() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  void Signal(int number) { EXPECT_EQ(::kill(child_, number), 0); }

  // Waits until stderr holds `text`; false where the process ends without, or a minute passes.
  bool WaitFor(const std::string& text) {
    for (int i = 0; i < 6000; ++i) {
      if (ReadText(err_).find(text) != std::string::npos) return true;
      siginfo_t info = {};
      ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid != 0) return ReadText(err_).find(text) != std::string::npos;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Outcome Wait() {
    int status = 0;
    struct rusage usage = {};
    EXPECT_EQ(::wait4(child_, &status, 0, &usage), child_);
    child_ = 0;
    Outcome outcome;
    if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.memory = usage.ru_maxrss * 1024;
    if (keep_out_) outcome.out = ReadText(out_);
    outcome.err = ReadText(err_);
    EXPECT_NE(outcome.code, 126) << "cannot give up CAP_DAC_OVERRIDE";
    EXPECT_NE(outcome.code, 127) << "cannot run " << name_;
    return outcome;
  }

 private:
  std::string name_;
  bool keep_out_;
  TemporaryFolder folder_;
  std::string out_ = folder_.File("out"), err_ = folder_.File("err");
  pid_t child_ = 0;
};

inline Outcome RunProgram(const std::vector<std::string>& command, const Surroundings& in = {}) {
  return Process(command, in).Wait();
}

}  // namespace duomo::testing
