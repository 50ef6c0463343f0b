// From vectors to numbers, frozen vectors, stored features, and what happens to broken ones.
#include "runtime/engine.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <thread>

#include "core/error.h"
#include "kernels/vector.h"
#include "runtime/models.h"
#include "runtime/reference.h"

namespace duomo::runtime {
namespace {

using model::HeadKind;
using model::OutputKind;
using model::Side;

std::shared_ptr<const Engine> Make(const model::Contents& contents, std::vector<Opened>& keep) {
  keep.emplace_back(contents);
  return Engine::Create(keep.back().model);
}

class EngineTest : public testing::Test {
 protected:
  std::shared_ptr<const Engine> Of(HeadKind head, OutputKind output, double scale, double offset) {
    auto d = EveryEncoder({head});
    d.output.kind = output;
    d.output.scale = scale;
    d.output.offset = offset;
    return Make(RandomContents(d, 3, 40, 1), keep_);
  }
  std::vector<Opened> keep_;
  AlignedVector<float> buffer_;
};

TEST_F(EngineTest, HeadsAndOutputsAreWhatTheDescriptionSays) {
  auto cosine = Of(HeadKind::kCosine, OutputKind::kLinear, 0.5, 2.5);  // head scale 2.5
  EXPECT_EQ(cosine->Head(0.25), 0.625);
  EXPECT_EQ(cosine->Predict(0.25), 0.5f * 0.625f + 2.5f);
  EXPECT_EQ(cosine->Head(1 + 1e-6), 2.5);  // a rounded cosine may exceed 1
  EXPECT_EQ(cosine->Head(-1 - 1e-6), -2.5);
  EXPECT_EQ(cosine->minimum_output(), 1.25f);
  EXPECT_EQ(cosine->maximum_output(), 3.75f);

  auto dot = Of(HeadKind::kDot, OutputKind::kExponential, 3, 1);
  EXPECT_EQ(dot->Head(2), 5);
  EXPECT_NEAR(dot->Predict(0.4), 3 * std::exp(1.0) + 1, 1e-6);
  EXPECT_EQ(dot->minimum_output(), 1.0f);
  EXPECT_EQ(dot->maximum_output(), std::numeric_limits<float>::infinity());

  auto joint = Of(HeadKind::kLogistic, OutputKind::kSigmoid, 1, 0);
  EXPECT_TRUE(joint->joint());
  EXPECT_NEAR(joint->Output(0.7), 1 / (1 + std::exp(-0.7)), 1e-7);
  EXPECT_EQ(joint->minimum_output(), 0.0f);
  EXPECT_EQ(joint->maximum_output(), 1.0f);

  auto linear = Of(HeadKind::kDot, OutputKind::kLinear, 2, 1);
  EXPECT_EQ(linear->minimum_output(), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(linear->maximum_output(), std::numeric_limits<float>::infinity());
}

TEST_F(EngineTest, OutputsNeverDecreaseAndAreAlwaysFinite) {
  for (HeadKind head : {HeadKind::kCosine, HeadKind::kDot, HeadKind::kLogistic}) {
    for (OutputKind output :
         {OutputKind::kLinear, OutputKind::kExponential, OutputKind::kSigmoid}) {
      auto engine = Of(head, output, 0.7, -0.1);
      std::vector<double> dots = {-HUGE_VAL, -DBL_MAX, -1e30, -1, 0, 1, 1e30, DBL_MAX, HUGE_VAL};
      for (double x = -40; x < 40; x += 0.0137) dots.push_back(x);
      for (double x = -1.01; x < 1.01; x += 0.00001) dots.push_back(x);
      for (double x = 0.3; dots.size() < 220000;) {
        dots.push_back(x = std::nextafter(x, HUGE_VAL));
      }
      std::sort(dots.begin(), dots.end());
      float lowest = engine->Predict(std::nan("")), before = -HUGE_VALF;
      EXPECT_TRUE(std::isfinite(lowest));
      for (double dot : dots) {
        float now = engine->Predict(dot);
        ASSERT_TRUE(std::isfinite(now)) << dot;
        ASSERT_TRUE(std::isfinite(engine->Score(dot))) << dot;
        ASSERT_GE(now, before) << dot;
        ASSERT_GE(now, lowest) << dot;
        ASSERT_GE(now, engine->minimum_output());
        ASSERT_LE(now, engine->maximum_output());
        before = now;
      }
    }
  }
}

TEST_F(EngineTest, FreezesWhatStoredFeaturesGive) {
  for (HeadKind head : {HeadKind::kCosine, HeadKind::kDot}) {
    keep_.emplace_back(RandomContents(EveryEncoder({head}), 300, 40, 2));
    auto engine = Engine::Create(keep_.back().model);
    const model::Model& m = engine->model();
    Reference reference(m);
    for (Side side : {Side::kUser, Side::kItem}) {
      auto frozen = engine->Freeze(side);
      size_t width = engine->vector_width();
      ASSERT_EQ(frozen.size(), m.side(side).count * width);
      std::vector<InputSource> stored;
      engine->StoredInputs(side, {}, stored);
      if (side == Side::kUser) {
        EXPECT_EQ(stored[2].view.rows.data(), m.history().rows.data());
      }
      for (size_t row = 0; row < m.side(side).count; ++row) {
        auto expected = reference.Vector(side, {m.side(side).count, stored}, row);
        for (size_t i = 0; i < width; ++i) {
          ASSERT_NEAR(frozen[row * width + i], expected[i], 1e-5);
        }
      }
      // By row numbers, in any order.
      std::vector<uint32_t> rows = {2, 0, 2};
      engine->StoredInputs(side, rows, stored);
      std::vector<float> some(3 * width);
      Workspace work;
      engine->Encode(side, {3, stored}, some.data(), work);
      for (size_t i = 0; i < 3 * width; ++i) {
        ASSERT_NEAR(some[i], frozen[rows[i / width] * width + i % width], 1e-5);
      }
    }
  }
}

TEST_F(EngineTest, BiasColumnsMakeOneDotProductTheHead) {
  auto engine = Of(HeadKind::kDot, OutputKind::kLinear, 1, 0);
  const model::Model& m = engine->model();
  auto users = engine->Freeze(Side::kUser), items = engine->Freeze(Side::kItem);
  size_t width = engine->vector_width();
  Reference reference(m);
  std::vector<InputSource> stored;
  engine->StoredInputs(Side::kUser, {}, stored);
  auto user = reference.Tower(Side::kUser, {3, stored}, 1);
  engine->StoredInputs(Side::kItem, {}, stored);
  auto item = reference.Tower(Side::kItem, {40, stored}, 5);
  double sum = m.parameter("head/global_bias").floats()[0];
  sum += m.parameter("head/user_bias").floats()[m.users().features.inputs[0].rows[1]];
  sum += m.parameter("head/item_bias").floats()[m.items().features.inputs[6].rows[5]];
  for (size_t i = 0; i < user.size(); ++i) sum += user[i] * item[i];
  double dot = kernels::Vector().dot(&users[width], &items[5 * width], width);
  EXPECT_NEAR(engine->Head(dot), 2.5 * sum, 1e-4);
}

TEST_F(EngineTest, FrozenVectorsComeFromTheFile) {
  auto contents = RandomContents(EveryEncoder({}), 3, 40, 3);
  auto without = Make(contents, keep_);
  EXPECT_TRUE(without->Vector(Side::kItem, 0, buffer_).empty());
  size_t width = without->vector_width();
  std::vector<float> vectors(40 * width);
  for (size_t i = 0; i < vectors.size(); ++i) vectors[i] = static_cast<float>(i);
  contents.tensors.push_back(file::OwnedTensor::From<float>("items/vectors", {40, width}, vectors));
  auto with = Make(contents, keep_);
  auto vector = with->Vector(Side::kItem, 7, buffer_);
  ASSERT_EQ(vector.size(), width);
  EXPECT_EQ(vector[1], static_cast<float>(7 * width + 1));
  EXPECT_TRUE(with->Vector(Side::kItem, 40, buffer_).empty());
  EXPECT_TRUE(with->Vector(Side::kUser, 0, buffer_).empty());
}

TEST_F(EngineTest, BrokenParametersGiveZeroVectorsAndFiniteNumbers) {
  for (float bad : {NAN, INFINITY, -INFINITY, 3e38f}) {
    for (HeadKind head : {HeadKind::kCosine, HeadKind::kDot, HeadKind::kLogistic}) {
      // Identity throughout: nothing saturates what is broken away.
      auto d = EveryEncoder({head, model::Activation::kIdentity});
      for (auto& tower : d.towers) {
        for (auto& layer : tower.layers) layer.activation = model::Activation::kIdentity;
      }
      auto contents = RandomContents(d, 3, 40, 4);
      for (auto& tensor : contents.tensors) {
        if (!tensor.name.starts_with("parameters/")) continue;
        auto values = reinterpret_cast<float*>(tensor.bytes.data());
        for (size_t i = 0; i < tensor.bytes.size() / sizeof(float); i += 3) values[i] = bad;
      }
      auto engine = Make(contents, keep_);
      Workspace work;
      RandomBatch features(d, 9, 1);
      if (engine->joint()) {
        std::vector<float> heads(9);
        engine->Rank(features.batch(), heads.data(), work);
        for (float x : heads) EXPECT_TRUE(std::isfinite(x));
        continue;
      }
      for (Side side : {Side::kUser, Side::kItem}) {
        std::vector<float> vectors(9 * engine->vector_width());
        engine->Encode(side, features.batch(), vectors.data(), work);
        for (float x : vectors) ASSERT_TRUE(std::isfinite(x));
      }
    }
  }
}

TEST_F(EngineTest, ZeroVectorsStayZero) {
  auto d = EveryEncoder({HeadKind::kCosine});
  auto contents = RandomContents(d, 3, 40, 5);
  for (auto& tensor : contents.tensors) {
    if (tensor.name.starts_with("parameters/item/dense1")) {
      std::fill(tensor.bytes.begin(), tensor.bytes.end(), std::byte{0});
    }
  }
  auto engine = Make(contents, keep_);
  for (float x : engine->Freeze(Side::kItem)) ASSERT_EQ(x, 0.0f);
  EXPECT_EQ(engine->Head(0), 0);
}

TEST_F(EngineTest, CosineVectorsHaveUnitLength) {
  auto engine = Of(HeadKind::kCosine, OutputKind::kLinear, 1, 0);
  auto vectors = engine->Freeze(Side::kItem);
  size_t width = engine->vector_width();
  for (size_t i = 0; i < 40; ++i) {
    const float* v = &vectors[i * width];
    EXPECT_NEAR(kernels::Vector().dot(v, v, width), 1, 1e-6);
  }
}

TEST_F(EngineTest, RefusesWhatTheModelCannotDo) {
  auto two = Of(HeadKind::kCosine, OutputKind::kLinear, 1, 0);
  auto joint = Of(HeadKind::kLogistic, OutputKind::kSigmoid, 1, 0);
  Workspace work;
  float out = 0;
  auto status = [](const auto& call) {
    try {
      call();
    } catch (const Error& e) {
      return e.status();
    }
    return Status::kOk;
  };
  EXPECT_EQ(status([&] { two->Rank({1, {}}, &out, work); }), Status::kUnsupported);
  EXPECT_EQ(status([&] { joint->Encode(Side::kUser, {1, {}}, &out, work); }), Status::kUnsupported);
  EXPECT_EQ(status([&] { joint->Freeze(Side::kItem); }), Status::kUnsupported);
  EXPECT_TRUE(joint->Vector(Side::kItem, 0, buffer_).empty());
  if (!kernels::HasOneDnn()) {
    EXPECT_EQ(status([&] { Engine::Create(keep_[0].model, kernels::Backend::kOneDnn); }),
              Status::kUnsupported);
  }
}

TEST_F(EngineTest, ThreadsShareAnEngine) {
  auto engine = Of(HeadKind::kCosine, OutputKind::kLinear, 1, 0);
  RandomBatch features(engine->model().description(), 300, 1);
  size_t width = engine->vector_width();
  std::vector<std::vector<float>> vectors(4, std::vector<float>(300 * width));
  std::vector<std::thread> threads;
  for (auto& out : vectors) {
    threads.emplace_back([&] {
      Workspace work;
      for (int i = 0; i < 5; ++i) engine->Encode(Side::kItem, features.batch(), out.data(), work);
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto& out : vectors) EXPECT_EQ(out, vectors[0]);
}

}  // namespace
}  // namespace duomo::runtime
