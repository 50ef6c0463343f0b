#include "training/statistics.h"

#include <algorithm>
#include <cmath>

namespace duomo::training {

std::vector<std::vector<float>> NumberStatistics(const model::Description& d,
                                                 const Examples& examples) {
  std::vector<std::vector<float>> out(d.inputs.size());
  std::vector<model::Normalization> kinds(d.inputs.size(), model::Normalization::kNone);
  for (const model::Tower& tower : d.towers) {
    for (const model::Encoder& e : tower.encoders) {
      if (e.kind == model::EncoderKind::kNumber) kinds[e.input] = e.normalization;
    }
  }
  if (std::all_of(kinds.begin(), kinds.end(),
                  [](auto kind) { return kind == model::Normalization::kNone; })) {
    return out;
  }
  std::vector<std::vector<float>> values(d.inputs.size());
  ExampleBatch batch;
  std::vector<uint32_t> numbers;
  for (size_t begin = 0; begin < examples.size(); begin += 4096) {
    numbers.clear();
    for (size_t i = begin; i < std::min(begin + 4096, examples.size()); ++i) {
      numbers.push_back(static_cast<uint32_t>(i));
    }
    examples.Gather(numbers, batch);
    for (size_t i = 0; i < d.inputs.size(); ++i) {
      if (kinds[i] == model::Normalization::kNone) continue;
      const runtime::InputSource& source = batch.inputs[i];
      for (size_t j = 0; j < batch.users.size(); ++j) {
        size_t entity = source.rows.empty() ? j : source.rows[j];
        float x = entity < source.view.numbers.size() ? source.view.numbers[entity] : NAN;
        if (std::isfinite(x)) values[i].push_back(x);
      }
    }
  }
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    std::vector<float>& v = values[i];
    if (v.empty()) continue;
    if (kinds[i] == model::Normalization::kStandard) {
      double sum = 0, squares = 0, n = static_cast<double>(v.size());
      for (float x : v) sum += x;
      double mean = sum / n;
      for (float x : v) squares += (x - mean) * (x - mean);
      out[i] = {static_cast<float>(mean), static_cast<float>(std::sqrt(squares / n))};
    } else {
      std::sort(v.begin(), v.end());
      for (size_t q = 0; q <= 100; ++q) out[i].push_back(v[q * (v.size() - 1) / 100]);
      out[i].erase(std::unique(out[i].begin(), out[i].end()), out[i].end());
      if (out[i].size() == 1) out[i].push_back(std::nextafter(out[i][0], INFINITY));
    }
  }
  return out;
}

}  // namespace duomo::training
