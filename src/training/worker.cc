#include "training/worker.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "kernels/dense.h"
#include "kernels/vector.h"
#include "runtime/rows.h"

namespace duomo::training {

using model::HeadKind;
using model::Side;

Worker::Worker(const model::Description& d, const Layout& layout,
               std::span<const std::vector<float>> statistics, const model::FeatureSet& items,
               const TrainingOptions& options, const ItemSampler* sampler, uint64_t seed,
               Optimizer* optimizer)
    : description_(&d),
      layout_(&layout),
      options_(&options),
      all_items_(&items),
      sampler_(sampler),
      gradients_(layout),
      random_(seed) {
  if (optimizer != nullptr) rows_.emplace(*optimizer);
  for (const model::Tower& tower : d.towers) nets_.emplace_back(d, layout, tower.side, statistics);
  dropout_.rate = static_cast<float>(options.dropout);
  // Rates by input, of encoders that `counts` says; nobody names an input in vain.
  auto read = [&](const auto& rates, const char* what, const char* missing, auto counts) {
    std::vector<float> out(d.inputs.size());
    for (const auto& [name, probability] : rates) {
      if (!(probability >= 0 && probability < 1)) {
        Fail(Status::kInvalidArgument, what, " of \"", name, "\": must be in [0, 1)");
      }
      bool found = false;
      for (const model::Tower& tower : d.towers) {
        for (const model::Encoder& e : tower.encoders) {
          if (!counts(e.kind) || d.inputs[e.input].name != name) continue;
          out[e.input] = static_cast<float>(probability);
          found = true;
        }
      }
      if (!found) {
        Fail(Status::kInvalidArgument, what, ": no ", missing, " reads an input called \"", name,
             '"');
      }
    }
    return out;
  };
  using model::EncoderKind;
  dropout_.ids = read(options.id_dropout, "id dropout", "embedding",
                      [](EncoderKind kind) { return kind == EncoderKind::kEmbedding; });
  dropout_.outputs = read(options.output_dropout, "output dropout", "encoder but attention",
                          [](EncoderKind kind) { return kind != EncoderKind::kAttention; });
  auto slot = [&](const char* name) { return static_cast<int>(layout.IndexOf(name)); };
  if (d.head.user_bias >= 0) user_bias_ = slot("head/user_bias");
  if (d.head.item_bias >= 0) item_bias_ = slot("head/item_bias");
  if (d.head.global_bias) global_bias_ = slot("head/global_bias");
}

const float* Worker::Encode(const float* parameters, Side side, const runtime::Batch& batch) {
  frozen_items_ = nullptr;  // the net's memory is written anew
  return Net(side).Forward(parameters, batch, nullptr, nullptr, Rows(false));
}

std::span<const float> Worker::Biases(const float* parameters, Side side,
                                      const runtime::Batch& batch) {
  frozen_items_ = nullptr;  // item_biases_ are written anew
  ReadBiases(parameters, Rows(false), side, batch);
  return side == Side::kUser ? user_biases_ : item_biases_;
}

void Worker::FreezeItems(const float* parameters) {
  if (options_->loss != Loss::kSoftmax || model::IsJoint(*description_)) return;
  candidates_.resize(all_items_->count);
  std::iota(candidates_.begin(), candidates_.end(), 0u);
  std::vector<runtime::InputSource> inputs = CandidateInputs();
  runtime::Batch batch{candidates_.size(), inputs};
  RowSource* rows = Rows(false);
  ReadBiases(parameters, rows, Side::kItem, batch);
  frozen_items_ = Net(Side::kItem).Forward(parameters, batch, nullptr, nullptr, rows);
}

std::vector<runtime::InputSource> Worker::CandidateInputs() const {
  std::vector<runtime::InputSource> inputs(description_->inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (description_->inputs[i].scope == model::Scope::kItem) {
      inputs[i] = {all_items_->inputs[i], candidates_};
    }
  }
  return inputs;
}

RowSource* Worker::Rows(bool training) {
  if (!rows_) return nullptr;
  rows_->set_training(training);
  return &*rows_;
}

void Worker::ReadBiases(const float* parameters, RowSource* source, Side side,
                        const runtime::Batch& batch) {
  bool user = side == Side::kUser;
  int slot = user ? user_bias_ : item_bias_;
  int32_t input = user ? description_->head.user_bias : description_->head.item_bias;
  std::vector<float>& values = user ? user_biases_ : item_biases_;
  std::vector<uint32_t>& rows = user ? user_bias_rows_ : item_bias_rows_;
  values.assign(batch.count, 0.0f);
  if (slot < 0) return;
  const Layout::Slot& table = layout_->slots()[static_cast<size_t>(slot)];
  auto index = static_cast<uint32_t>(input);
  runtime::RowReader reader(batch, index, description_->inputs[index], table.rows());
  rows.resize(batch.count);
  for (size_t i = 0; i < batch.count; ++i) rows[i] = static_cast<uint32_t>(reader.One(i));
  if (source != nullptr) source->Find(static_cast<size_t>(slot), rows, found_);
  for (size_t i = 0; i < batch.count; ++i) {
    values[i] = source != nullptr ? *found_[i] : parameters[table.offset + rows[i]];
  }
}

double Worker::Step(const float* parameters, const Examples& examples,
                    std::span<const uint32_t> numbers, float scale, bool train) {
  heads_.clear();
  if (train) frozen_items_ = nullptr;
  if (numbers.empty()) return 0;
  examples.Gather(numbers, batch_);
  heads_.resize(batch_.users.size());  // zeros
  if (model::IsJoint(*description_)) return JointLoss(parameters, scale, train);
  if (options_->loss == Loss::kSoftmax) return SoftmaxLoss(parameters, scale, train);
  return PairLoss(parameters, scale, train);
}

double Worker::PointLoss(size_t i, double& slope) const {
  double head = heads_[i], target = batch_.targets[i];
  double weight = batch_.weights.empty() ? 1.0 : batch_.weights[i];
  if (options_->loss == Loss::kLogistic) {
    // −weight·log σ(h) for positives, −log(1 − σ(h)) for negatives; log1p form, no overflow.
    double sign = target > 0 ? 1 : -1;
    double margin = sign * head;
    double cost =
        margin > 0 ? std::log1p(std::exp(-margin)) : -margin + std::log1p(std::exp(margin));
    slope = -weight * sign / (1 + std::exp(margin));
    return weight * cost;
  }
  slope = weight * 2 * (head - target);
  return weight * (head - target) * (head - target);
}

double Worker::PairLoss(const float* parameters, float scale, bool train) {
  const model::Head& head = description_->head;
  size_t count = heads_.size(), width = Net(Side::kUser).width();
  const Dropout* dropout = train ? &dropout_ : nullptr;
  Random* random = train ? &random_ : nullptr;
  RowSource* rows = Rows(train);
  const float* users = Net(Side::kUser).Forward(parameters, batch_.batch(), dropout, random, rows);
  const float* items = Net(Side::kItem).Forward(parameters, batch_.batch(), dropout, random, rows);
  const kernels::VectorKernels& k = kernels::Vector();
  ReadBiases(parameters, rows, Side::kUser, batch_.batch());
  ReadBiases(parameters, rows, Side::kItem, batch_.batch());
  if (train) {
    user_gradient_.resize(count * width);
    item_gradient_.resize(count * width);
  }
  double global = 0, cost = 0;
  if (global_bias_ >= 0) {
    global = parameters[layout_->slots()[static_cast<size_t>(global_bias_)].offset];
  }
  for (size_t i = 0; i < count; ++i) {
    const float* u = users + i * width;
    const float* v = items + i * width;
    double dot = k.dot(u, v, width), uu = 1, vv = 1, length = 1;
    if (head.kind == HeadKind::kCosine) {
      uu = k.dot(u, u, width);
      vv = k.dot(v, v, width);
      length = std::sqrt(uu) * std::sqrt(vv);
      dot = length > 0 ? dot / length : 0;
    }
    double sum = dot + user_biases_[i] + item_biases_[i] + global;
    heads_[i] = static_cast<float>(head.scale * sum);
    double g = 0;  // by `sum`
    if (train && options_->members > 1) {
      cost += MembersLoss(i, u, v, sum - dot, scale, g);
    } else {
      double slope = 0;
      cost += PointLoss(i, slope);
      g = slope * scale * head.scale;
    }
    if (!train) continue;
    auto step = static_cast<float>(g);
    auto add = [&](int slot, const std::vector<uint32_t>& of) {
      if (slot >= 0) gradients_.Row(static_cast<size_t>(slot), of[i])[0] += step;
    };
    add(user_bias_, user_bias_rows_);
    add(item_bias_, item_bias_rows_);
    if (global_bias_ >= 0) gradients_.of(static_cast<size_t>(global_bias_))[0] += step;
    if (options_->members > 1) continue;  // the vectors have theirs already
    // By u: v for the dot product; (v/|v| − cos·u/|u|)/|u| for the cosine, 0 at the zero vector.
    double cross = g, own_u = 0, own_v = 0;
    if (head.kind == HeadKind::kCosine) {
      cross = length > 0 ? g / length : 0;
      own_u = length > 0 ? g * dot / uu : 0;
      own_v = length > 0 ? g * dot / vv : 0;
    }
    auto c = static_cast<float>(cross);
    auto ou = static_cast<float>(own_u), ov = static_cast<float>(own_v);
    float* gu = &user_gradient_[i * width];
    float* gv = &item_gradient_[i * width];
    for (size_t j = 0; j < width; ++j) {
      gu[j] = c * v[j] - ou * u[j];
      gv[j] = c * u[j] - ov * v[j];
    }
  }
  if (train) {
    Net(Side::kUser).Backward(parameters, user_gradient_.data(), gradients_);
    Net(Side::kItem).Backward(parameters, item_gradient_.data(), gradients_);
  }
  return cost;
}

// Member m predicts scale · (members · ⟨u_m, v_m⟩ + biases), so that the mean of all is the model's
// own prediction, and the loss is the mean of theirs. Writes the gradients of both vectors and
// `by_biases`, that of the biases' sum.
double Worker::MembersLoss(size_t i, const float* u, const float* v, double biases, float scale,
                           double& by_biases) {
  const kernels::VectorKernels& k = kernels::Vector();
  size_t members = options_->members, width = Net(Side::kUser).width(), part = width / members;
  double n = static_cast<double>(members), by_head = description_->head.scale * scale;
  double cost = 0, mean = 0;
  by_biases = 0;
  for (size_t at = 0; at < width; at += part) {
    heads_[i] =
        static_cast<float>(description_->head.scale * (n * k.dot(u + at, v + at, part) + biases));
    mean += heads_[i] / n;
    double slope = 0;
    cost += PointLoss(i, slope) / n;
    by_biases += slope * by_head / n;
    auto g = static_cast<float>(slope * by_head);
    float* gu = &user_gradient_[i * width + at];
    float* gv = &item_gradient_[i * width + at];
    for (size_t j = 0; j < part; ++j) {
      gu[j] = g * v[at + j];
      gv[j] = g * u[at + j];
    }
  }
  heads_[i] = static_cast<float>(mean);
  return cost;
}

double Worker::JointLoss(const float* parameters, float scale, bool train) {
  size_t count = heads_.size(), width = Net(Side::kJoint).width();
  const Dropout* dropout = train ? &dropout_ : nullptr;
  Random* random = train ? &random_ : nullptr;
  const float* x =
      Net(Side::kJoint).Forward(parameters, batch_.batch(), dropout, random, Rows(train));
  size_t weight = layout_->IndexOf("head/weight"), bias = layout_->IndexOf("head/bias");
  const float* w = parameters + layout_->slots()[weight].offset;
  float b = parameters[layout_->slots()[bias].offset];
  const kernels::VectorKernels& k = kernels::Vector();
  user_gradient_.assign(count * width, 0.0f);
  double cost = 0;
  for (size_t i = 0; i < count; ++i) {
    heads_[i] = static_cast<float>(k.dot(x + i * width, w, width) + b);
    double slope = 0;
    cost += PointLoss(i, slope);
    if (!train) continue;
    auto g = static_cast<float>(slope * scale);
    gradients_.of(bias)[0] += g;
    k.axpy(g, x + i * width, gradients_.of(weight), width);
    k.axpy(g, w, &user_gradient_[i * width], width);
  }
  if (train) Net(Side::kJoint).Backward(parameters, user_gradient_.data(), gradients_);
  return cost;
}

}  // namespace duomo::training
