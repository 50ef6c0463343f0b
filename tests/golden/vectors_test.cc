// The shared vectors still hold: every build and machine gives the same bits.
#include "golden/vectors.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace duomo::testing {
namespace {

class GoldenVectors : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenVectors, TheSameBitsEverywhere) {
  std::string folder = std::string(DUOMO_GOLDEN) + "/" + GetParam();
  auto expected = nlohmann::ordered_json::parse(ReadText(folder + "/vectors.json"));
  auto computed = ComputeVectors(folder + "/good");
  ASSERT_EQ(computed["cases"].size(), expected["cases"].size());
  for (size_t i = 0; i < expected["cases"].size(); ++i) {
    EXPECT_EQ(computed["cases"][i], expected["cases"][i]) << "case " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(OfEveryVersion, GoldenVectors, ::testing::Values("v1", "v2", "v3", "v4"),
                         [](const auto& version) { return version.param; });

}  // namespace
}  // namespace duomo::testing
