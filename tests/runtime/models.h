// Models that hold every encoder, for the runtime's tests, and batches of features for them.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "model/model.h"
#include "runtime/engine.h"

namespace duomo::runtime {

struct Variant {
  model::HeadKind head = model::HeadKind::kCosine;
  model::Activation activation = model::Activation::kTanh;
  model::Pooling pooling = model::Pooling::kMax;
  bool biases = true;        // dot only
  bool tower_layers = true;  // else the vectors are the concatenation itself
  // Two attention encoders of the users' history, which ONNX files cannot hold.
  bool attention = false;
};

// Users: category, set, history, three numbers; items: category, set, text; joint: all of them
// and a number of the pair. Every encoder kind is there, with and without layers of its own.
model::Description EveryEncoder(const Variant& variant);

// Random parameters, entities with random features, a history; no frozen vectors.
model::Contents RandomContents(const model::Description& description, size_t users, size_t items,
                               uint32_t seed);

// A saved and opened model; keeps its bytes.
struct Opened {
  explicit Opened(const model::Contents& contents)
      : bytes(std::make_shared<AlignedVector<std::byte>>(model::SaveToMemory(contents))),
        model(model::Model::OpenBuffer(*bytes)) {}
  std::shared_ptr<AlignedVector<std::byte>> bytes;
  std::shared_ptr<const model::Model> model;
};

// Features for `count` batch rows: unknown rows, empty lists, missing numbers, inputs that are not
// set, and inputs read through row numbers.
class RandomBatch {
 public:
  RandomBatch(const model::Description& d, size_t count, uint32_t seed);
  Batch batch() const { return {sources_.empty() ? 0 : count_, sources_}; }

 private:
  size_t count_;
  std::vector<model::FeatureColumn> columns_;
  std::vector<std::vector<uint32_t>> rows_;
  std::vector<InputSource> sources_;
};

// `n` values of an input's kind.
model::FeatureColumn RandomColumn(const model::Description& d, const model::Input& input, size_t n,
                                  bool unknown_rows, std::mt19937& random);

}  // namespace duomo::runtime
