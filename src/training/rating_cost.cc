#include "training/rating_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/vector.h"

namespace duomo::training {
namespace {

using model::Side;

constexpr size_t kBatch = 256;  // entities a tower run

// The entities of one side that the examples name.
struct Named {
  std::vector<uint32_t> rows;    // ascending
  std::vector<uint32_t> places;  // by row: in `rows`

  Named(const RatingExamples& examples, Side side, size_t count) : places(count, 0) {
    for (size_t i = 0; i < examples.size(); ++i) places[RowOf(examples, side, i)] = 1;
    for (uint32_t row = 0; row < count; ++row) {
      if (places[row] == 0) continue;
      places[row] = static_cast<uint32_t>(rows.size());
      rows.push_back(row);
    }
  }
  static uint32_t RowOf(const RatingExamples& examples, Side side, size_t i) {
    return side == Side::kUser ? examples.UserOf(i) : examples.ItemOf(i);
  }
};

}  // namespace

double MeanSquaredError(const data::Encoded& encoded, const Layout& layout,
                        const RatingExamples& examples, const float* parameters,
                        std::span<const std::unique_ptr<Worker>> workers, ThreadPool& pool) {
  if (examples.size() == 0) return 0;
  const model::Description& d = encoded.description;
  const model::FeatureSet* sets[2] = {&encoded.users, &encoded.items};
  const size_t width = model::TowerWidth(d, d.towers[0]);
  const kernels::VectorKernels& k = kernels::Vector();
  const bool cosine = d.head.kind == model::HeadKind::kCosine;
  const float global = d.head.global_bias
                           ? parameters[layout.slots()[layout.IndexOf("head/global_bias")].offset]
                           : 0;

  Named named[2] = {{examples, Side::kUser, encoded.users.count},
                    {examples, Side::kItem, encoded.items.count}};
  // Vectors of the smaller side are kept, those of the other looked at batch by batch.
  const Side kept = named[0].rows.size() < named[1].rows.size() ? Side::kUser : Side::kItem;
  const Side passing = kept == Side::kUser ? Side::kItem : Side::kUser;
  const Named& inner = named[static_cast<size_t>(kept)];
  const Named& outer = named[static_cast<size_t>(passing)];

  auto norm = [&](const float* v) { return cosine ? std::sqrt(k.dot(v, v, width)) : 1.0; };
  // Calls use(first place, count, vectors, biases) for batches of a side's entities.
  auto encode = [&](Side side, const std::vector<uint32_t>& rows, const auto& use) {
    pool.Run([&](size_t w) {
      Range share = Share(rows.size(), w, pool.size());
      std::vector<runtime::InputSource> inputs(d.inputs.size());
      for (size_t begin = share.begin; begin < share.end; begin += kBatch) {
        size_t count = std::min(kBatch, share.end - begin);
        std::span<const uint32_t> some(rows.data() + begin, count);
        for (size_t i = 0; i < inputs.size(); ++i) {
          inputs[i] = {sets[static_cast<size_t>(side)]->inputs[i], some};
        }
        runtime::Batch batch{count, inputs};
        std::span<const float> biases = workers[w]->Biases(parameters, side, batch);
        use(begin, count, workers[w]->Encode(parameters, side, batch), biases);
      }
    });
  };

  AlignedVector<float> vectors(inner.rows.size() * width);
  std::vector<float> biases(inner.rows.size());
  std::vector<double> norms(inner.rows.size());
  encode(kept, inner.rows, [&](size_t at, size_t count, const float* v, std::span<const float> b) {
    std::copy_n(v, count * width, &vectors[at * width]);
    std::copy_n(b.begin(), count, biases.begin() + static_cast<ptrdiff_t>(at));
    for (size_t i = 0; i < count; ++i) norms[at + i] = norm(v + i * width);
  });

  // The examples by the entity that passes.
  std::vector<uint32_t> ends(outer.rows.size() + 1, 0), order(examples.size());
  auto place = [&](size_t i) { return outer.places[Named::RowOf(examples, passing, i)]; };
  for (size_t i = 0; i < examples.size(); ++i) ++ends[place(i) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<uint32_t> next(ends.begin(), ends.end() - 1);
  for (size_t i = 0; i < examples.size(); ++i) order[next[place(i)]++] = static_cast<uint32_t>(i);

  std::vector<double> costs(examples.size());
  encode(
      passing, outer.rows, [&](size_t at, size_t count, const float* v, std::span<const float> b) {
        for (size_t i = 0; i < count; ++i) {
          const float* mine = v + i * width;
          double length = norm(mine);
          for (size_t e = ends[at + i]; e < ends[at + i + 1]; ++e) {
            size_t other = inner.places[Named::RowOf(examples, kept, order[e])];
            double dot = k.dot(mine, &vectors[other * width], width), both = length * norms[other];
            dot = both > 0 ? dot / both : 0;
            double user_bias = passing == Side::kUser ? b[i] : biases[other];
            double item_bias = passing == Side::kUser ? biases[other] : b[i];
            double head = d.head.scale * (dot + user_bias + item_bias + global);
            double error = head - examples.TargetOf(order[e]);
            costs[order[e]] = error * error;
          }
        }
      });
  // In the order of the examples, whoever took them.
  return std::accumulate(costs.begin(), costs.end(), 0.0) / static_cast<double>(examples.size());
}

}  // namespace duomo::training
