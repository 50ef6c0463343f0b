#include "training/optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

#include "core/large_zeros.h"
#include "core/thread_pool.h"
#include "kernels/vector.h"
#include "training/schedule.h"

namespace duomo::training {
namespace {

constexpr uint32_t kBusy = UINT32_MAX;  // in State::current: somebody is at it
constexpr size_t kAhead = 8;            // rows whose memory is asked for in advance
constexpr size_t kLine = kAlignment / sizeof(float);

void Prefetch(const float* begin, size_t size) {
  for (size_t i = 0; i < size; i += kLine) __builtin_prefetch(begin + i);
}

}  // namespace

// What one update does to every parameter alike.
struct Optimizer::Step {
  kernels::AdamStep adam;
  float rate, decay;
};

Optimizer::Optimizer(const TrainingOptions& options, const Layout& layout, std::span<float> values,
                     uint64_t total)
    : options_(options), layout_(&layout), values_(values), missed_(options, total) {
  size_t states = 0;
  for (size_t s = 0; s < layout.slots().size(); ++s) {
    const Layout::Slot& slot = layout.slots()[s];
    offsets_.push_back(states);
    states += RoundUp(StateWidth(s) * (slot.table < 0 ? 1 : slot.rows()), kLine);
    if (slot.table < 0) continue;
    state_.current.emplace_back(slot.rows(), 0u);
    state_.trained.emplace_back(slot.rows(), uint8_t{0});
  }
  bool plain = options.optimizer == OptimizerKind::kSgd && options.momentum == 0;
  if (!plain) state_.first = LargeZeros(states);
  if (options.optimizer == OptimizerKind::kAdam) state_.second = LargeZeros(states);
  missed_.Reach(1);
}

bool Optimizer::Restore(State state) {
  auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.size() == y.size(); });
  };
  bool fits = state.first.size() == state_.first.size() &&
              state.second.size() == state_.second.size() && state.steps <= kMostSteps &&
              same(state.current, state_.current) && same(state.trained, state_.trained);
  for (const auto& table : state.current) {
    for (uint32_t step : table) fits = fits && step <= state.steps;
  }
  if (!fits) return false;
  state_ = std::move(state);
  missed_.Reach(state_.steps + 1);
  return true;
}

float* Optimizer::Values(size_t slot, size_t row) const {
  const Layout::Slot& s = layout_->slots()[slot];
  return values_.data() + s.offset + row * s.width();
}

size_t Optimizer::StateWidth(size_t slot) const {
  const Layout::Slot& s = layout_->slots()[slot];
  if (s.table < 0) return s.size;
  return options_.optimizer == OptimizerKind::kAdagradRows ? 1 : s.width();
}

void Optimizer::CatchUp(bool trained, uint64_t from, size_t width, float* first, float* second,
                        float* values) const {
  const kernels::VectorKernels& k = kernels::Vector();
  bool adam = options_.optimizer == OptimizerKind::kAdam;
  bool moves = trained && (adam || (options_.optimizer == OptimizerKind::kSgd && first != nullptr));
  uint64_t now = state_.steps;
  auto decay = [&](uint64_t since) {
    if (options_.weight_decay == 0) return;
    auto lost = static_cast<float>(missed_.Decay(since, now));
    for (size_t i = 0; i < width; ++i) values[i] -= lost * values[i];
  };
  if (!moves) return decay(from);
  if (missed_.has_sum()) {
    kernels::AdamMissed missed = missed_.Between(from, now);
    if (adam) return k.adam_missed(missed, first, second, values, width);
    for (size_t i = 0; i < width; ++i) {
      values[i] -= missed.decay * values[i] + missed.moments[0] * first[i];
      first[i] *= missed.beta1;
    }
    return;
  }
  // One by one, as long as there is a moment.
  for (uint64_t t = from + 1; t <= now; ++t) {
    if (std::all_of(first, first + width, [](float m) { return m == 0; })) {
      decay(t - 1);
      auto fall = static_cast<float>(std::pow(options_.beta2, static_cast<double>(now - t + 1)));
      for (size_t i = 0; adam && i < width; ++i) second[i] *= fall;
      return;
    }
    Step step = At(t);
    if (adam) {
      k.adam(step.adam, nullptr, first, second, values, width);
      continue;
    }
    for (size_t i = 0; i < width; ++i) {
      first[i] *= static_cast<float>(options_.momentum);
      values[i] -= step.decay * values[i] + step.rate * first[i];
    }
  }
}

const float* Optimizer::UpToDate(size_t slot, uint32_t row) {
  float* values = Values(slot, row);
  size_t table = TableOf(slot);
  auto now = static_cast<uint32_t>(state_.steps);
  // The compiler's own atomics, because not every standard library has std::atomic_ref yet.
  uint32_t* current = &state_.current[table][row];
  uint32_t was = __atomic_load_n(current, __ATOMIC_ACQUIRE);
  while (was != now) {
    if (was == kBusy) {
      std::this_thread::yield();
      was = __atomic_load_n(current, __ATOMIC_ACQUIRE);
    } else if (__atomic_compare_exchange_n(current, &was, kBusy, true, __ATOMIC_ACQUIRE,
                                           __ATOMIC_ACQUIRE)) {
      size_t at = StateAt(slot, row);
      CatchUp(state_.trained[table][row] != 0, was, layout_->slots()[slot].width(),
              state_.first.empty() ? nullptr : &state_.first[at],
              state_.second.empty() ? nullptr : &state_.second[at], values);
      __atomic_store_n(current, now, __ATOMIC_RELEASE);
      break;
    }
  }
  return values;
}

void Optimizer::Find(size_t slot, std::span<const uint32_t> rows, std::vector<const float*>& out) {
  out.resize(rows.size());
  size_t width = layout_->slots()[slot].width(), states = StateWidth(slot);
  const std::vector<uint32_t>& current = state_.current[TableOf(slot)];
  for (uint32_t row : rows) __builtin_prefetch(&current[row], 1);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + kAhead < rows.size()) {
      uint32_t row = rows[i + kAhead];
      size_t at = StateAt(slot, row);
      Prefetch(Values(slot, row), width);
      if (!state_.first.empty()) Prefetch(&state_.first[at], states);
      if (!state_.second.empty()) Prefetch(&state_.second[at], states);
    }
    out[i] = UpToDate(slot, rows[i]);
  }
}

void Optimizer::Peek(size_t slot, std::span<const uint32_t> rows, AlignedVector<float>& scratch,
                     std::vector<const float*>& out) const {
  out.resize(rows.size());
  size_t width = layout_->slots()[slot].width(), states = StateWidth(slot), table = TableOf(slot);
  size_t wanted = (rows.size() + 2) * width;
  if (scratch.size() < wanted) scratch.resize(wanted);
  float* free = scratch.data();
  float *first = free + rows.size() * width, *second = first + width;
  for (size_t i = 0; i < rows.size(); ++i) {
    uint32_t row = rows[i], was = state_.current[table][row];
    const float* values = out[i] = Values(slot, row);
    if (was == state_.steps) continue;
    size_t at = StateAt(slot, row);
    std::memcpy(free, values, width * sizeof(float));
    bool has_first = !state_.first.empty(), has_second = !state_.second.empty();
    if (has_first) std::memcpy(first, &state_.first[at], states * sizeof(float));
    if (has_second) std::memcpy(second, &state_.second[at], states * sizeof(float));
    CatchUp(state_.trained[table][row] != 0, was, width, has_first ? first : nullptr,
            has_second ? second : nullptr, free);
    out[i] = free;
    free += width;
  }
}

Optimizer::Step Optimizer::At(uint64_t step) const {
  double rate = missed_.Rate(step), decay = missed_.Decay(step);
  return {{static_cast<float>(rate), static_cast<float>(options_.beta1),
           static_cast<float>(options_.beta2), static_cast<float>(options_.epsilon),
           static_cast<float>(decay)},
          static_cast<float>(rate),
          static_cast<float>(decay)};
}

void Optimizer::Apply(const Step& step, size_t state, const float* g, float* w, size_t size,
                      bool one_state) {
  auto epsilon = static_cast<float>(options_.epsilon);
  switch (options_.optimizer) {
    case OptimizerKind::kAdam:
      kernels::Vector().adam(step.adam, g, &state_.first[state], &state_.second[state], w, size);
      break;
    case OptimizerKind::kAdagradRows:
      if (one_state) {
        double squares = kernels::Vector().dot(g, g, size);
        float& sum = state_.first[state];
        sum += static_cast<float>(squares / static_cast<double>(size));
        float rate = step.rate / (std::sqrt(sum) + epsilon);
        for (size_t i = 0; i < size; ++i) w[i] -= step.decay * w[i] + rate * g[i];
        break;
      }
      [[fallthrough]];
    case OptimizerKind::kAdagrad: {
      float* sums = &state_.first[state];
      for (size_t i = 0; i < size; ++i) {
        sums[i] += g[i] * g[i];
        w[i] -= step.decay * w[i] + step.rate * g[i] / (std::sqrt(sums[i]) + epsilon);
      }
      break;
    }
    case OptimizerKind::kSgd:
      if (state_.first.empty()) {
        for (size_t i = 0; i < size; ++i) w[i] -= step.decay * w[i] + step.rate * g[i];
        break;
      }
      auto momentum = static_cast<float>(options_.momentum);
      float* direction = &state_.first[state];
      for (size_t i = 0; i < size; ++i) {
        direction[i] = momentum * direction[i] + g[i];
        w[i] -= step.decay * w[i] + step.rate * direction[i];
      }
      break;
  }
}

void Optimizer::Update(std::span<Gradients* const> gradients, size_t part, size_t parts) {
  const kernels::VectorKernels& k = kernels::Vector();
  const Step step = At(state_.steps + 1);
  auto l2 = static_cast<float>(options_.embedding_l2);
  for (size_t s = 0; s < layout_->slots().size(); ++s) {
    const Layout::Slot& slot = layout_->slots()[s];
    if (slot.table < 0) {
      // Whole cache lines a part, so that parts do not write to each other's.
      Range lines = Share((slot.size + kLine - 1) / kLine, part, parts);
      size_t begin = lines.begin * kLine, end = std::min(lines.end * kLine, slot.size);
      if (begin >= end) continue;
      float* g = gradients[0]->of(s) + begin;
      for (size_t w = 1; w < gradients.size(); ++w) {
        k.axpy(1, gradients[w]->of(s) + begin, g, end - begin);
      }
      Apply(step, StateAt(s, 0) + begin, g, &values_[slot.offset + begin], end - begin, false);
      continue;
    }
    size_t width = slot.width(), table = TableOf(s);
    for (size_t w = 0; w < gradients.size(); ++w) {
      std::span<const uint32_t> rows = gradients[w]->rows(s);
      Range share = Share(rows.size(), part, parts);
      for (size_t i = share.begin; i < share.end; ++i) {
        uint32_t row = rows[i];
        auto touched = [&](Gradients* other) { return other->Touched(s, row); };
        // The first of them has it in its own list.
        if (std::any_of(gradients.begin(), gradients.begin() + static_cast<ptrdiff_t>(w),
                        touched)) {
          continue;
        }
        float* g = gradients[w]->RowAt(s, i);
        for (size_t other = w + 1; other < gradients.size(); ++other) {
          if (const float* more = gradients[other]->Find(s, row)) k.axpy(1, more, g, width);
        }
        UpToDate(s, row);  // unless nobody read it
        float* values = Values(s, row);
        if (l2 > 0) k.axpy(l2, values, g, width);
        Apply(step, StateAt(s, row), g, values, width, true);
        state_.current[table][row] = static_cast<uint32_t>(state_.steps + 1);
        state_.trained[table][row] = 1;
      }
    }
  }
}

void Optimizer::Done() {
  ++state_.steps;
  missed_.Reach(state_.steps + 1);
}

void Optimizer::CopyCurrent(float* out, size_t part, size_t parts) const {
  AlignedVector<float> scratch;
  std::vector<const float*> found;
  for (size_t s = 0; s < layout_->slots().size(); ++s) {
    const Layout::Slot& slot = layout_->slots()[s];
    Range rows = Share(slot.rows(), part, parts);
    size_t width = slot.width();
    float* to = out + slot.offset;
    if (slot.table < 0) {
      std::copy_n(Values(s, rows.begin), rows.size() * width, to + rows.begin * width);
      continue;
    }
    for (size_t r = rows.begin; r < rows.end; ++r) {
      auto row = static_cast<uint32_t>(r);
      Peek(s, std::span(&row, 1), scratch, found);
      std::copy_n(found[0], width, to + r * width);
    }
  }
}

void Optimizer::Finish() {
  state_.first = {};
  state_.second = {};
}

void Optimizer::BringUpToDate(size_t part, size_t parts) {
  for (size_t s = 0; s < layout_->slots().size(); ++s) {
    const Layout::Slot& slot = layout_->slots()[s];
    if (slot.table < 0) continue;
    Range rows = Share(slot.rows(), part, parts);
    for (size_t r = rows.begin; r < rows.end; ++r) UpToDate(s, static_cast<uint32_t>(r));
  }
}

}  // namespace duomo::training
