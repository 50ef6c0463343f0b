// Helpers of this room's tests: a folder of one's own, and errors as values.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.h"

namespace duomo::test {

// Removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "duomo-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void WriteText(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The error that `call` throws; a failed test and an empty one where it throws none.
template <typename Call>
Error ErrorOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {Status::kOk, ""};
}

}  // namespace duomo::test

// The call throws that status, and its message contains the text.
#define EXPECT_FAILS(call, expected_status, expected_text)                         \
  do {                                                                             \
    auto error_of_call = duomo::test::ErrorOf([&] { (void)(call); });              \
    EXPECT_EQ(error_of_call.status(), expected_status) << error_of_call.message(); \
    EXPECT_NE(error_of_call.message().find(expected_text), std::string::npos)      \
        << error_of_call.message();                                                \
  } while (false)
