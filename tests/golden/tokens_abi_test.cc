// Words through the C ABI: the table of texts that every binding may read, on a model whose items'
// vectors are the sums of their words' rows.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace duomo::testing {
namespace {

class TokensAbi : public ::testing::Test {
 protected:
  void SetUp() override {
    duomo_error error = DUOMO_ERROR_INIT;
    ASSERT_EQ(duomo_model_open(&model_, DUOMO_GOLDEN "/v3/good/words.duomo", nullptr, &error), 0)
        << error.message;
    ASSERT_EQ(duomo_context_create(&context_, model_, nullptr, &error), 0) << error.message;
  }
  void TearDown() override {
    duomo_context_release(context_);
    duomo_model_release(model_);
  }

  std::vector<float> Vector(const std::string& title) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_features* features = nullptr;
    const char* text = title.c_str();
    std::vector<float> out(4);
    EXPECT_EQ(duomo_features_create(&features, model_, DUOMO_ITEM, 1, &error), 0);
    EXPECT_EQ(duomo_features_set_strings(features, "title", &text, &error), 0) << error.message;
    EXPECT_EQ(duomo_encode_features(out.data(), context_, features, &error), 0) << error.message;
    duomo_features_release(features);
    return out;
  }

  duomo_model* model_ = nullptr;
  duomo_context* context_ = nullptr;
};

TEST_F(TokensAbi, TextIsItsWords) {
  auto table = nlohmann::json::parse(ReadText(DUOMO_GOLDEN "/tokens.json"));
  const std::vector<float> unknown = Vector("nobodyknowsthis");
  for (const auto& one : table["cases"]) {
    auto text = one["text"].get<std::string>();
    std::vector<float> sum(4);
    std::string joined;
    for (const auto& word : one["words"]) {
      joined += word.get<std::string>() + ' ';
      std::vector<float> row = Vector(word.get<std::string>());
      EXPECT_NE(row, unknown) << word;
      for (size_t i = 0; i < 4; ++i) sum[i] += row[i];
    }
    EXPECT_EQ(Vector(text), sum) << text;
    EXPECT_EQ(Vector(joined), sum) << text;
  }
}

}  // namespace
}  // namespace duomo::testing
