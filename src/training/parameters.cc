#include "training/parameters.h"

#include <algorithm>

#include "core/error.h"
#include "core/large_zeros.h"

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
  AlignedVector<float> values = LargeZeros(layout.total());
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

Gradients::Gradients(const Layout& layout) : layout_(&layout) {
  size_t dense = 0;
  for (const Layout::Slot& slot : layout.slots()) {
    offsets_.push_back(dense);
    if (slot.table < 0) {
      dense += RoundUp(slot.size, kAlignment / sizeof(float));
    } else {
      Table& table = tables_.emplace_back();
      table.width = slot.width();
      table.places.assign(64, 0);
    }
  }
  dense_.assign(dense, 0.0f);
}

size_t Gradients::Table::Probe(uint32_t row) const {
  size_t mask = places.size() - 1;
  // The upper bits of the product depend on all of the row's.
  size_t at = static_cast<size_t>((row * 0x9E3779B97F4A7C15u) >> 32) & mask;
  while (places[at] != 0 && rows[places[at] - 1] != row) at = (at + 1) & mask;
  return at;
}

void Gradients::Table::Grow() {
  places.assign(places.size() * 2, 0);
  for (size_t i = 0; i < rows.size(); ++i) places[Probe(rows[i])] = static_cast<uint32_t>(i + 1);
}

float* Gradients::Row(size_t slot, uint32_t row) {
  Table& table = Of(slot);
  size_t at = table.Probe(row);
  if (table.places[at] == 0) {
    table.rows.push_back(row);
    table.places[at] = static_cast<uint32_t>(table.rows.size());
    table.values.resize(table.rows.size() * table.width, 0.0f);
    if (table.rows.size() * 2 > table.places.size()) table.Grow();
    return &table.values[table.values.size() - table.width];
  }
  return &table.values[(table.places[at] - 1) * table.width];
}

float* Gradients::Find(size_t slot, uint32_t row) {
  Table& table = Of(slot);
  size_t place = table.places[table.Probe(row)];
  return place == 0 ? nullptr : &table.values[(place - 1) * table.width];
}

float* Gradients::RowAt(size_t slot, size_t place) {
  Table& table = Of(slot);
  return &table.values[place * table.width];
}

void Gradients::NextStep() {
  std::fill(dense_.begin(), dense_.end(), 0.0f);
  for (Table& table : tables_) {
    // The table of places is emptied as cheaply as it was filled.
    if (table.rows.size() * 8 < table.places.size()) {
      // Latest first: what lies behind a row in its chain came after it.
      for (size_t i = table.rows.size(); i-- > 0;) table.places[table.Probe(table.rows[i])] = 0;
    } else {
      std::fill(table.places.begin(), table.places.end(), 0u);
    }
    table.rows.clear();
    table.values.clear();
  }
}

}  // namespace duomo::training
