// What the tests of quantize, prune and merge share: a file, its engine, its answers.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "converter/files.h"
#include "kernels/vector.h"
#include "runtime/engine.h"

namespace duomo::testing {

inline std::shared_ptr<const runtime::Engine> OpenEngine(const std::string& path) {
  return runtime::Engine::Create(model::Model::Open(path, {.verify_checksums = true}));
}

// The bits of the prediction for two stored rows with frozen vectors.
inline uint32_t PredictionBits(const runtime::Engine& engine, uint64_t user, uint64_t item) {
  AlignedVector<float> buffers[2];
  auto u = engine.Vector(model::Side::kUser, user, buffers[0]);
  auto v = engine.Vector(model::Side::kItem, item, buffers[1]);
  return std::bit_cast<uint32_t>(
      engine.Predict(kernels::Vector().dot(u.data(), v.data(), u.size())));
}

// A program's run that must succeed; its JSON.
inline nlohmann::ordered_json ConvertJson(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  Outcome o = Convert(arguments);
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  return nlohmann::ordered_json::parse(o.out);
}

inline void ExpectVerified(const std::string& path) {
  Outcome o = Convert({"verify", path});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
}

}  // namespace duomo::testing
