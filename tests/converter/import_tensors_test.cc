// What importers say of tensors that are not the model's.
#include "converter/arrays/import_tensors.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "core/error.h"

namespace duomo::convert {
namespace {

std::string MessageOf(const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kInvalidArgument);
    return error.message();
  }
  return "";
}

using Shapes = std::vector<NamedShape>;

std::string Check(const Shapes& expected, const Shapes& found) {
  return MessageOf([&] { CheckNamesAndShapes("in.tar", expected, found); });
}

TEST(ImportTensors, TheSameInAnyOrder) {
  EXPECT_EQ(Check({{"a", {2, 3}}, {"b", {4}}}, {{"b", {4}}, {"a", {2, 3}}}), "");
  EXPECT_EQ(Check({}, {}), "");
}

TEST(ImportTensors, EverythingThatIsWrongIsListed) {
  EXPECT_EQ(Check({{"a", {2, 3}}, {"b", {4}}, {"c", {5, 1}}}, {{"c", {1, 5}}, {"d", {}}}),
            "in.tar: not the tensors of the model:\n"
            "  missing: \"a\", 2 × 3\n"
            "  missing: \"b\", 4\n"
            "  \"c\" is 1 × 5; expected: 5 × 1\n"
            "  not expected: \"d\", ()");
}

TEST(ImportTensors, ManyAndOddNames) {
  Shapes many;
  for (int i = 0; i < 1500; ++i) many.push_back({std::to_string(i), {1}});
  std::string text = Check({}, many);
  EXPECT_NE(text.find("\"999\", 1\n  and 500 more"), text.npos);
  EXPECT_EQ(QuotedName("a\nb\x1b"), "\"a?b?\"");
  EXPECT_EQ(QuotedName("\xE9"), "\"é\"");
  EXPECT_EQ(QuotedName("é"), "\"é\"");
  EXPECT_EQ(QuotedName(std::string(300, 'x')), "\"" + std::string(200, 'x') + "…\"");
}

TEST(ImportTensors, TheFirstNumberThatIsNotFinite) {
  std::vector<float> values(6, 1.0f);
  auto check = [&](std::vector<uint64_t> shape) {
    return MessageOf([&] { CheckFinite("w", shape, values); });
  };
  EXPECT_EQ(check({2, 3}), "");
  values[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(check({2, 3}), "w[1, 2] is NaN; --allow-nonfinite takes it");
  values[4] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(check({6}), "w[4] is infinite; --allow-nonfinite takes it");
  EXPECT_EQ(check({2, 1, 3}), "w[1, 0, 1] is infinite; --allow-nonfinite takes it");
}

}  // namespace
}  // namespace duomo::convert
