#include "runtime/engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/narrow.h"
#include "kernels/vector.h"
#include "model/parameters.h"
#include "runtime/exponential.h"
#include "runtime/tower.h"
#include "runtime/widen.h"

namespace duomo::runtime {
namespace {

using model::HeadKind;
using model::OutputKind;
using model::Side;

// Not FLT_MAX: after <cmath>, zig's headers for macOS have no more of <cfloat>.
constexpr double kLargest = std::numeric_limits<float>::max();

// NaN becomes the lowest number; so does −∞. Converting what is left to float never overflows.
double Finite(double x) {
  if (!(x > -kLargest)) return -kLargest;
  return std::min(x, kLargest);
}

// The bias of each value of an input: a column of the vectors of a dot head.
struct Bias {
  model::Rows values;  // [rows, 1], the unknown value's last; empty: no bias
  uint32_t input = 0;
};

class TowerEngine : public Engine {
 public:
  TowerEngine(std::shared_ptr<const model::Model> model, kernels::Backend backend)
      : Engine(std::move(model)) {
    const model::Description& d = model_->description();
    for (const model::Tower& tower : d.towers) towers_.emplace_back(*model_, tower.side, backend);
    if (d.head.kind == HeadKind::kLogistic) {
      model::Rows weight = model_->parameter("head/weight");
      weight_.resize(ToSize(weight.size()));
      CopyRows(weight, 0, weight.count, weight_.data());
      bias_ = model_->parameter("head/bias").floats()[0];
    }
    has_biases_ = !joint_ && vector_width_ != towers_[0].width();
    auto find = [&](int32_t input, const char* name) {
      if (input < 0) return Bias{};
      return Bias{model_->parameter(name), static_cast<uint32_t>(input)};
    };
    biases_[0] = find(d.head.user_bias, "head/user_bias");
    biases_[1] = find(d.head.item_bias, "head/item_bias");
    if (d.head.global_bias) bias_ = model_->parameter("head/global_bias").floats()[0];
  }

  size_t BlockRows(Side side) const override {
    return towers_[joint_ || side != Side::kItem ? 0 : 1].block();
  }

  void Encode(Side side, const Batch& batch, float* vectors, Workspace& work) const override {
    if (joint_ || side == Side::kJoint) {
      Fail(Status::kUnsupported, "the model \"", model_->description().name, "\" has ",
           joint_ ? "one joint tower, so there are no vectors; rank its items instead"
                  : "a user and an item tower; name one of them");
    }
    size_t index = side == Side::kUser ? 0 : 1;
    const Tower& tower = towers_[index];
    for (size_t begin = 0; begin < batch.count; begin += tower.block()) {
      work.stop.Check();
      size_t count = std::min(tower.block(), batch.count - begin);
      const float* x = tower.Forward(batch, begin, count, work);
      for (size_t i = 0; i < count; ++i) {
        float* vector = vectors + (begin + i) * vector_width_;
        Finish(x + i * tower.width(), vector, tower.width());
        if (has_biases_) AddBiases(index, batch, begin + i, vector + tower.width());
      }
    }
  }

  void Rank(const Batch& batch, float* heads, Workspace& work) const override {
    if (!joint_) {
      Fail(Status::kUnsupported, "the model \"", model_->description().name,
           "\" has no joint tower; predict with its vectors instead");
    }
    const Tower& tower = towers_[0];
    const kernels::VectorKernels& k = kernels::Vector();
    for (size_t begin = 0; begin < batch.count; begin += tower.block()) {
      work.stop.Check();
      size_t count = std::min(tower.block(), batch.count - begin);
      const float* x = tower.Forward(batch, begin, count, work);
      for (size_t i = 0; i < count; ++i) {
        double head = k.dot(weight_.data(), x + i * tower.width(), tower.width());
        heads[begin + i] = static_cast<float>(Finite(head + double{bias_}));
      }
    }
  }

 private:
  // From a tower's output to a vector: unit length for cosines. What is not finite, which takes
  // damaged parameters or absurd numbers, becomes the zero vector.
  void Finish(const float* x, float* vector, size_t n) const {
    const kernels::VectorKernels& k = kernels::Vector();
    double squares = k.dot(x, x, n);
    if (!std::isfinite(squares) || squares == 0) {
      std::fill_n(vector, n, 0.0f);
    } else if (model_->description().head.kind == HeadKind::kCosine) {
      k.scale(1 / std::sqrt(squares), x, vector, n);
    } else {
      std::memcpy(vector, x, n * sizeof(float));
    }
  }

  void AddBiases(size_t side, const Batch& batch, size_t row, float* columns) const {
    const Bias& bias = biases_[side];
    double value = side == 0 ? double{bias_} : 0;
    if (!bias.values.empty()) {
      RowReader reader(batch, bias.input, model_->description().inputs[bias.input],
                       bias.values.count);
      float learned = 0;
      CopyRows(bias.values, reader.One(row), 1, &learned);
      value += double{learned};
    }
    auto own = static_cast<float>(std::isnan(value) ? 0 : Finite(value));
    columns[0] = side == 0 ? own : 1;
    columns[1] = side == 0 ? 1 : own;
  }

  std::vector<Tower> towers_;    // user, item; or joint
  AlignedVector<float> weight_;  // logistic
  float bias_ = 0;               // logistic: the head's; dot: the global one
  Bias biases_[2];               // user, item
  bool has_biases_ = false;
};

}  // namespace

Engine::Engine(std::shared_ptr<const model::Model> model)
    : model_(std::move(model)), joint_(model::IsJoint(model_->description())) {
  if (!joint_) vector_width_ = model::VectorWidth(model_->description());
}

std::shared_ptr<const Engine> Engine::Create(std::shared_ptr<const model::Model> model,
                                             kernels::Backend backend) {
  return std::make_shared<TowerEngine>(std::move(model), backend);
}

double Engine::Head(double dot) const {
  const model::Head& head = model_->description().head;
  if (head.kind == HeadKind::kLogistic) return Finite(dot);
  if (head.kind == HeadKind::kDot) return Finite(head.scale * dot);
  if (!(dot > -1)) return Finite(-head.scale);  // NaN, too
  return Finite(head.scale * std::min(dot, 1.0));
}

float Engine::Output(double head) const {
  const model::Output& output = model_->description().output;
  head = Finite(head);
  double value = head;
  if (output.kind == OutputKind::kExponential) value = MonotoneExp(head);
  if (output.kind == OutputKind::kSigmoid) value = 1 / (1 + MonotoneExp(-head));
  return static_cast<float>(Finite(output.scale * value + output.offset));
}

float Engine::minimum_output() const {
  const model::Description& d = model_->description();
  if (d.head.kind == HeadKind::kCosine) return Predict(-1);
  if (d.output.kind == OutputKind::kLinear) return -std::numeric_limits<float>::infinity();
  return Output(-kLargest);
}

float Engine::maximum_output() const {
  const model::Description& d = model_->description();
  if (d.head.kind == HeadKind::kCosine) return Predict(1);
  if (d.output.kind != OutputKind::kSigmoid) return std::numeric_limits<float>::infinity();
  return Output(kLargest);
}

std::span<const float> Engine::Vector(Side side, uint64_t row, AlignedVector<float>& buffer) const {
  const model::Entities& entities = model_->side(side);
  if (joint_ || side == Side::kJoint || entities.vectors.empty() || row >= entities.count) {
    return {};
  }
  return {FloatsOf(entities.vectors, row, 1, buffer), vector_width_};
}

void Engine::StoredInputs(Side side, std::span<const uint32_t> rows,
                          std::vector<InputSource>& inputs) const {
  const auto& descriptions = model_->description().inputs;
  model::Scope scope = side == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
  inputs.resize(descriptions.size());
  for (size_t i = 0; i < descriptions.size(); ++i) {
    if (descriptions[i].scope != scope) continue;
    bool history = descriptions[i].kind == model::InputKind::kHistory;
    if (history) {
      // A file keeps one history, the users'.
      inputs[i].view = scope == model::Scope::kUser ? model_->history() : model::FeatureView{};
    } else {
      const auto& views = model_->side(side).features.inputs;
      inputs[i].view = i < views.size() ? views[i] : model::FeatureView{};
    }
    inputs[i].rows = rows;
  }
}

AlignedVector<float> Engine::Freeze(Side side) const {
  Workspace work;
  StoredInputs(side, {}, work.inputs);
  size_t count = ToSize(model_->side(side).count);
  AlignedVector<float> vectors(Times(count, vector_width_));
  Encode(side, {count, work.inputs}, vectors.data(), work);
  return vectors;
}

}  // namespace duomo::runtime
