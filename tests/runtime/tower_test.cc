// Towers of both backends, with every encoder, activation and pooling, at many batch sizes, against
// the reference in double.
#include <gtest/gtest.h>

#include <tuple>

#include "model/samples.h"
#include "runtime/engine.h"
#include "runtime/models.h"
#include "runtime/reference.h"

namespace duomo::runtime {
namespace {

using kernels::Backend;
using model::Activation;
using model::HeadKind;
using model::Pooling;
using model::Side;

constexpr size_t kCounts[] = {1, 2, 7, 256, 300};

std::vector<Backend> Backends() {
  if (!kernels::HasOneDnn()) return {Backend::kPortable};
  return {Backend::kPortable, Backend::kOneDnn};
}

void CheckVectors(const Engine& engine, Side side, const Batch& batch, Workspace& work) {
  Reference reference(engine.model());
  size_t width = engine.vector_width();
  std::vector<float> vectors(batch.count * width + 1, 77.0f);
  engine.Encode(side, batch, vectors.data(), work);
  for (size_t row = 0; row < batch.count; ++row) {
    auto expected = reference.Vector(side, batch, row);
    ASSERT_EQ(expected.size(), width);
    double scale = 1;
    for (double x : expected) scale = std::max(scale, std::abs(x));
    for (size_t i = 0; i < width; ++i) {
      ASSERT_NEAR(vectors[row * width + i], expected[i], 1e-5 * scale)
          << "row " << row << " of " << batch.count << ", column " << i;
    }
  }
  EXPECT_EQ(vectors.back(), 77.0f) << "wrote beyond the vectors";
}

void CheckAllCounts(const model::Contents& contents, Backend backend) {
  Opened opened(contents);
  auto engine = Engine::Create(opened.model, backend);
  Workspace work;  // kept, as by a context: what one batch leaves must not reach the next
  for (uint32_t seed = 0; size_t count : kCounts) {
    RandomBatch features(opened.model->description(), count, seed++);
    Batch batch = features.batch();
    if (engine->joint()) {
      Reference reference(*opened.model);
      std::vector<float> heads(count);
      engine->Rank(batch, heads.data(), work);
      for (size_t row = 0; row < count; ++row) {
        double expected = reference.Rank(batch, row);
        ASSERT_NEAR(heads[row], expected, 1e-5 * std::max(1.0, std::abs(expected)));
      }
    } else {
      CheckVectors(*engine, Side::kUser, batch, work);
      CheckVectors(*engine, Side::kItem, batch, work);
    }
  }
}

// Tables and weights of two bytes or one a number: the towers compute with what they stand for.
TEST(QuantizedTowers, AgreeWithDoubles) {
  for (auto dtype : {file::DType::kF16, file::DType::kBF16, file::DType::kI8}) {
    for (HeadKind head : {HeadKind::kCosine, HeadKind::kDot, HeadKind::kLogistic}) {
      for (Backend backend : Backends()) {
        auto contents = RandomContents(EveryEncoder({head}), 5, 40, 11);
        CheckAllCounts(testing::Quantized(std::move(contents), dtype), backend);
      }
    }
  }
}

using Parameters = std::tuple<Backend, HeadKind, Activation, Pooling>;
class TowerTest : public ::testing::TestWithParam<Parameters> {};

TEST_P(TowerTest, AgreesWithDoubles) {
  auto [backend, head, activation, pooling] = GetParam();
  CheckAllCounts(RandomContents(EveryEncoder({head, activation, pooling}), 5, 40, 11), backend);
}

INSTANTIATE_TEST_SUITE_P(
    All, TowerTest,
    ::testing::Combine(::testing::ValuesIn(Backends()),
                       ::testing::Values(HeadKind::kCosine, HeadKind::kDot, HeadKind::kLogistic),
                       ::testing::Values(Activation::kIdentity, Activation::kTanh,
                                         Activation::kSigmoid, Activation::kRelu),
                       ::testing::Values(Pooling::kSum, Pooling::kMean, Pooling::kMax)));

class TowerVariantTest : public ::testing::TestWithParam<Backend> {};
INSTANTIATE_TEST_SUITE_P(All, TowerVariantTest, ::testing::ValuesIn(Backends()));

TEST_P(TowerVariantTest, WithoutTowerLayersVectorsAreTheConcatenation) {
  CheckAllCounts(RandomContents(EveryEncoder({HeadKind::kCosine, Activation::kTanh, Pooling::kMax,
                                              false, false}),
                                5, 40, 11),
                 GetParam());
  CheckAllCounts(
      RandomContents(EveryEncoder({HeadKind::kDot, Activation::kTanh, Pooling::kMax, true, false}),
                     5, 40, 11),
      GetParam());
}

TEST_P(TowerVariantTest, DotWithoutBiasesHasNoExtraColumns) {
  CheckAllCounts(
      RandomContents(EveryEncoder({HeadKind::kDot, Activation::kTanh, Pooling::kMax, false}), 5, 40,
                     11),
      GetParam());
}

// Encoders of small tables are folded at opening, all of them in the models above. Here the ids'
// table is too large, so that others before and behind it are.
TEST_P(TowerVariantTest, LargeTablesAreNotFolded) {
  for (HeadKind head : {HeadKind::kCosine, HeadKind::kLogistic}) {
    auto d = EveryEncoder({head});
    d.vocabularies[0].size = 1000;  // times 120 units
    model::Encoder small = d.towers[0].encoders[0];
    for (auto& tower : d.towers) {
      for (auto& e : tower.encoders) {
        if (e.input == 6) small = e;
      }
    }
    if (head == HeadKind::kLogistic) {
      small.name = "first";
      d.towers[0].encoders.insert(d.towers[0].encoders.begin(), small);
    }
    CheckAllCounts(RandomContents(d, 5, 40, 14), GetParam());
  }
}

TEST_P(TowerVariantTest, MoreSmallTablesThanAreFolded) {
  auto d = EveryEncoder({});
  for (int i = 0; i < 20; ++i) {
    auto& encoders = d.towers[1].encoders;
    encoders.push_back(encoders[0]);
    encoders.back().name = std::string("again") + static_cast<char>('a' + i);
  }
  CheckAllCounts(RandomContents(d, 5, 40, 15), GetParam());
}

TEST_P(TowerVariantTest, EverythingFolded) {
  auto d = EveryEncoder({});
  d.towers[1].encoders.resize(1);
  CheckAllCounts(RandomContents(d, 5, 40, 16), GetParam());
}

TEST_P(TowerVariantTest, LongTextsSpanBlocksOfWindows) {
  auto d = EveryEncoder({});
  for (auto& input : d.inputs) input.max_length = 0;
  Opened opened(RandomContents(d, 5, 40, 12));
  auto engine = Engine::Create(opened.model, GetParam());
  Workspace work;
  for (size_t count : {2, 7, 40}) {  // row 1 has 600 words
    RandomBatch features(d, count, 1);
    CheckVectors(*engine, Side::kUser, features.batch(), work);
    CheckVectors(*engine, Side::kItem, features.batch(), work);
  }
}

// Histories of none, one, fewer and more than the places, in every type of number.
TEST_P(TowerVariantTest, AttentionReadsTheNewest) {
  for (HeadKind head : {HeadKind::kDot, HeadKind::kLogistic}) {
    Variant variant{head, head == HeadKind::kDot ? Activation::kRelu : Activation::kTanh};
    variant.attention = true;
    CheckAllCounts(RandomContents(EveryEncoder(variant), 5, 40, 17), GetParam());
  }
  Variant variant;
  variant.attention = true;
  variant.tower_layers = false;
  auto d = EveryEncoder(variant);
  for (auto& input : d.inputs) input.max_length = 0;  // row 1 has 600 items, of which 70 are read
  CheckAllCounts(RandomContents(d, 5, 40, 18), GetParam());
  CheckAllCounts(testing::Quantized(RandomContents(d, 5, 40, 19), file::DType::kI8), GetParam());
}

TEST_P(TowerVariantTest, NothingSetIsABatch) {
  Opened opened(RandomContents(EveryEncoder({}), 5, 40, 13));
  auto engine = Engine::Create(opened.model, GetParam());
  Workspace work;
  std::vector<InputSource> unset(opened.model->description().inputs.size());
  CheckVectors(*engine, Side::kUser, {3, unset}, work);
  CheckVectors(*engine, Side::kItem, {3, unset}, work);
  CheckVectors(*engine, Side::kItem, {0, unset}, work);
  // No list of inputs at all means the same.
  std::vector<float> one(engine->vector_width()), other(engine->vector_width());
  engine->Encode(Side::kItem, {1, unset}, one.data(), work);
  engine->Encode(Side::kItem, {1, {}}, other.data(), work);
  EXPECT_EQ(one, other);
}

}  // namespace
}  // namespace duomo::runtime
