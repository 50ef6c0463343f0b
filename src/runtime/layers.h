// Dense layers made from a model's parameters. For the towers; stands on kernels and model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "kernels/dense.h"
#include "model/model.h"
#include "runtime/widen.h"

namespace duomo::runtime {

using DenseLayers = std::vector<std::unique_ptr<kernels::DenseLayer>>;
// Weights that are not stored as floats, converted; layers point into them.
using Widened = std::vector<AlignedVector<float>>;

inline kernels::Activation Kernel(model::Activation a) {
  return static_cast<kernels::Activation>(a);
}

inline float* Grow(AlignedVector<float>& buffer, size_t size) {
  if (buffer.size() < size) buffer.resize(size);
  return buffer.data();
}

// A matrix as floats: in the file, or converted in a block of `widened`.
inline const float* Weight(const model::Model& model, const std::string& name, Widened& widened) {
  model::Rows rows = model.parameter(name);
  if (rows.dtype == file::DType::kF32) return rows.floats().data();
  return FloatsOf(rows, 0, rows.count, widened.emplace_back());
}

// Makes dense layers from parameters of one model.
struct LayerMaker {
  const model::Model& model;
  kernels::Backend backend;
  Widened& widened;

  std::unique_ptr<kernels::DenseLayer> Make(const std::string& name, size_t in, size_t units,
                                            model::Activation activation,
                                            const float* weight = nullptr) const {
    if (weight == nullptr) weight = Weight(model, name + "/weight", widened);
    return kernels::DenseLayer::Create(backend, weight,
                                       model.parameter(name + "/bias").floats().data(), in, units,
                                       Kernel(activation));
  }

  // Appends the layers named prefix/dense0, …, the first on weights of its own where they are
  // given; returns the width after them.
  size_t Append(const std::string& prefix, const std::vector<model::Dense>& dense, size_t in,
                DenseLayers& layers, std::vector<size_t>& units,
                const float* first = nullptr) const {
    for (size_t i = 0; i < dense.size(); ++i) {
      layers.push_back(Make(StrCat(prefix, "/dense", i), in, dense[i].units, dense[i].activation,
                            i == 0 ? first : nullptr));
      units.push_back(in = dense[i].units);
    }
    return in;
  }
};

}  // namespace duomo::runtime
