// What a run refuses, and why.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/error.h"

namespace duomo::training {

// Expects an error of this status whose message has all parts.
inline void Refused(Status status, const std::vector<std::string>& parts,
                    const std::function<void()>& f) {
  try {
    f();
    ADD_FAILURE() << "not refused: " << parts[0];
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.message();
    for (const std::string& part : parts) {
      EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
    }
  }
}

}  // namespace duomo::training
