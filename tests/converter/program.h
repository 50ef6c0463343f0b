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

#include <string>
#include <vector>

#include "temporary_folder.h"

namespace duomo::testing {

struct Outcome {
  int code = -1;  // exit code; -1: killed
  std::string out, err;
};

struct Surroundings {
  long largest_file = -1;         // bytes that any file may have, as on a full disk; -1: no limit
  bool obey_permissions = false;  // root, too, is held by the modes of folders
  std::string out;                // stdout goes here; empty: kept
};

inline Outcome RunProgram(const std::vector<std::string>& command, const Surroundings& in = {}) {
  TemporaryFolder folder;
  std::string out = in.out.empty() ? folder.File("out") : in.out, err = folder.File("err");
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = ::fork();
  if (child == 0) {
    int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT, 0600);
    int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT, 0600);
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
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  Outcome outcome;
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  if (in.out.empty()) outcome.out = ReadText(out);
  outcome.err = ReadText(err);
  EXPECT_NE(outcome.code, 126) << "cannot give up CAP_DAC_OVERRIDE";
  EXPECT_NE(outcome.code, 127) << "cannot run " << command[0];
  return outcome;
}

}  // namespace duomo::testing
