// The shared vectors still hold: every build and machine gives the same bits.
#include "golden/vectors.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace duomo::testing {
namespace {

TEST(GoldenVectors, TheSameBitsEverywhere) {
  std::string folder = std::string(DUOMO_GOLDEN) + "/v1";
  auto expected = nlohmann::ordered_json::parse(ReadText(folder + "/vectors.json"));
  auto computed = ComputeVectors(folder + "/good");
  ASSERT_EQ(computed["cases"].size(), expected["cases"].size());
  for (size_t i = 0; i < expected["cases"].size(); ++i) {
    EXPECT_EQ(computed["cases"][i], expected["cases"][i]) << "case " << i;
  }
}

}  // namespace
}  // namespace duomo::testing
