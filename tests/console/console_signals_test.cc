#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "console/signals.h"

namespace duomo::console {
namespace {

using ::testing::ExitedWithCode;

TEST(Signals, EndTheProgramWithTheirCode) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          EndOnSignals();
          std::raise(signal);
        },
        ExitedWithCode(128 + signal), "");
  }
}

TEST(Signals, TheFirstAsksTheSecondEnds) {
  EXPECT_EXIT(
      {
        Interruptible outer;
        Interruptible inner;
        std::raise(SIGINT);
        if (Interruptible::Signal() != SIGINT) ::_exit(1);
        std::raise(SIGTERM);
      },
      ExitedWithCode(128 + SIGTERM), "");
}

TEST(Signals, WhatWasIgnoredStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        EndOnSignals();
        std::raise(SIGINT);
        Interruptible work;
        std::raise(SIGINT);
        Interruptible::Check();
        ::_exit(Interruptible::Signal() == 0 ? 7 : 8);
      },
      ExitedWithCode(7), "");
}

TEST(Signals, CheckThrowsOnce) {
  Interruptible work;
  EXPECT_NO_THROW(Interruptible::Check());
  std::raise(SIGHUP);
  try {
    Interruptible::Check();
    ADD_FAILURE();
  } catch (const ExitWith& exit) {
    EXPECT_EQ(exit.code, 128 + SIGHUP);
  }
  EXPECT_NO_THROW(Interruptible::Check());
}

TEST(Signals, AClosedPipeIsAnErrorOfTheWrite) {
  EXPECT_EXIT(
      {
        EndOnSignals();
        int ends[2];
        if (::pipe(ends) != 0) ::_exit(1);
        ::close(ends[0]);
        ::_exit(::write(ends[1], "x", 1) < 0 ? 7 : 8);
      },
      ExitedWithCode(7), "");
}

}  // namespace
}  // namespace duomo::console
