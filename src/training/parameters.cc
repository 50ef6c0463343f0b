#include "training/parameters.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace duomo::training {

Layout::Layout(const model::Description& description) {
  for (model::Parameter& parameter : model::ParametersOf(description)) {
    size_t size = parameter.size();
    int32_t table = parameter.is_table ? static_cast<int32_t>(table_count_++) : -1;
    slots_.push_back({std::move(parameter), total_, size, table});
    total_ += RoundUp(size, kAlignment / sizeof(float));
  }
}

size_t Layout::IndexOf(std::string_view name) const {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].parameter.name == name) return i;
  }
  Fail(Status::kInternal, "no parameter is called ", name);
}

AlignedVector<float> InitialValues(const Layout& layout, Random& random) {
  AlignedVector<float> values(layout.total(), 0.0f);
  for (const Layout::Slot& slot : layout.slots()) {
    float* out = values.data() + slot.offset;
    if (slot.parameter.init.empty()) {
      std::fill_n(out, slot.size, static_cast<float>(slot.parameter.start));
    }
    for (const model::Parameter::Block& block : slot.parameter.init) {
      for (size_t i = block.begin_row * slot.width(); i < block.end_row * slot.width(); ++i) {
        out[i] = static_cast<float>(random.Normal() * block.deviation);
      }
    }
  }
  return values;
}

Gradients::Gradients(const Layout& layout) : layout_(&layout), values_(layout.total(), 0.0f) {
  for (const Layout::Slot& slot : layout.slots()) {
    if (slot.table >= 0) stamps_.emplace_back(slot.rows(), 0u);
  }
}

float* Gradients::Row(size_t slot, uint32_t row) {
  const Layout::Slot& s = layout_->slots()[slot];
  float* out = values_.data() + s.offset + row * s.width();
  uint32_t& stamp = stamps_[static_cast<size_t>(s.table)][row];
  if (stamp != step_) {
    stamp = step_;
    std::memset(out, 0, s.width() * sizeof(float));
  }
  return out;
}

bool Gradients::Touched(size_t slot, uint32_t row) const {
  return stamps_[static_cast<size_t>(layout_->slots()[slot].table)][row] == step_;
}

bool Gradients::EverTouched(size_t slot, uint32_t row) const {
  return stamps_[static_cast<size_t>(layout_->slots()[slot].table)][row] != 0;
}

void Gradients::NextStep() {
  ++step_;
  for (const Layout::Slot& slot : layout_->slots()) {
    if (slot.table < 0) std::fill_n(values_.data() + slot.offset, slot.size, 0.0f);
  }
}

}  // namespace duomo::training
