#include "converter/edit/quality.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "console/progress.h"
#include "core/random.h"
#include "kernels/vector.h"
#include "retrieval/topk.h"

namespace duomo::convert {
namespace {

using model::Side;

constexpr size_t kUsers = 16;                 // users whose lists are made at a time
constexpr size_t kBlock = 1024;               // rows whose vectors are made at a time
constexpr uint64_t kScanned = 4'000'000'000;  // numbers of items' vectors: some seconds

// Vectors of rows of a side as known ids have them, or always from the stored features.
class Vectors {
 public:
  Vectors(const runtime::Engine& engine, Side side, bool from_features)
      : engine_(engine),
        side_(side),
        tower_(from_features || engine.model().side(side).vectors.empty()) {}

  std::span<const float> Of(std::span<const uint32_t> rows) {
    size_t width = engine_.vector_width();
    made_.resize(rows.size() * width);
    if (tower_) {
      engine_.StoredInputs(side_, rows, inputs_);
      engine_.Encode(side_, {rows.size(), inputs_}, made_.data(), work_);
    } else {
      for (size_t i = 0; i < rows.size(); ++i) {
        std::ranges::copy(engine_.Vector(side_, rows[i], widened_), made_.begin() + i * width);
      }
    }
    return made_;
  }

 private:
  const runtime::Engine& engine_;
  Side side_;
  bool tower_;
  std::vector<runtime::InputSource> inputs_;
  runtime::Workspace work_;
  AlignedVector<float> made_, widened_;
};

// Predictions of pairs, block by block.
class Predictor {
 public:
  Predictor(const runtime::Engine& engine, bool from_features)
      : engine_(engine),
        users_(engine, Side::kUser, from_features),
        items_(engine, Side::kItem, from_features) {}

  void Run(std::span<const uint32_t> users, std::span<const uint32_t> items, float* out) {
    if (engine_.joint()) {
      engine_.StoredInputs(Side::kUser, users, inputs_);
      engine_.StoredInputs(Side::kItem, items, inputs_);
      engine_.Rank({users.size(), inputs_}, out, work_);
      for (size_t i = 0; i < users.size(); ++i) out[i] = engine_.Output(out[i]);
      return;
    }
    size_t width = engine_.vector_width();
    auto u = users_.Of(users), v = items_.Of(items);
    for (size_t i = 0; i < users.size(); ++i) {
      out[i] = engine_.Predict(kernels::Vector().dot(&u[i * width], &v[i * width], width));
    }
  }

 private:
  const runtime::Engine& engine_;
  Vectors users_, items_;
  std::vector<runtime::InputSource> inputs_;
  runtime::Workspace work_;
};

Differences Compare(const runtime::Engine& before, const runtime::Engine& after, bool from_features,
                    std::span<const uint32_t> users, std::span<const uint32_t> items) {
  Differences out;
  Predictor first(before, from_features), second(after, from_features);
  std::vector<float> a(kBlock), b(kBlock);
  console::Progress progress("compare predictions", users.size());
  double sum = 0;
  for (size_t begin = 0; begin < users.size(); begin += kBlock) {
    size_t count = std::min(kBlock, users.size() - begin);
    first.Run(users.subspan(begin, count), items.subspan(begin, count), a.data());
    second.Run(users.subspan(begin, count), items.subspan(begin, count), b.data());
    progress.Add(count);
    for (size_t i = 0; i < count; ++i) {
      double difference = std::abs(double{a[i]} - double{b[i]});
      out.largest = std::max(out.largest, difference);
      sum += difference;
    }
  }
  out.pairs = users.size();
  out.mean = users.empty() ? 0 : sum / static_cast<double>(users.size());
  return out;
}

class Lists {
 public:
  explicit Lists(const runtime::Engine& engine)
      : engine_(engine), catalogue_(engine), users_(engine, Side::kUser, false) {}

  // The best rows of each user, ascending by row.
  std::vector<std::vector<uint32_t>> Of(std::span<const uint32_t> users) {
    std::vector<std::vector<uint32_t>> out;
    size_t width = engine_.vector_width();
    auto vectors = users_.Of(users);
    for (size_t i = 0; i < users.size(); ++i) {
      retrieval::Query query;
      query.vector = vectors.subspan(i * width, width);
      query.k = QualityOptions::kBest;
      auto& list = out.emplace_back();
      for (const retrieval::Hit& hit : retrieval::TopK(catalogue_, query, work_)) {
        list.push_back(hit.row);
      }
      std::ranges::sort(list);
    }
    return out;
  }

 private:
  const runtime::Engine& engine_;
  retrieval::Catalogue catalogue_;
  Vectors users_;
  retrieval::SearchWorkspace work_;
};

void CompareLists(const runtime::Engine& before, const runtime::Engine& after,
                  std::span<const uint32_t> users, Quality& out) {
  Lists first(before), second(after);
  console::Progress progress("compare top 10", users.size());
  double sum = 0;
  for (size_t begin = 0; begin < users.size(); begin += kUsers) {
    size_t count = std::min(kUsers, users.size() - begin);
    auto a = first.Of(users.subspan(begin, count)), b = second.Of(users.subspan(begin, count));
    progress.Add(count);
    for (size_t i = 0; i < count; ++i) {
      std::vector<uint32_t> both;
      std::ranges::set_intersection(a[i], b[i], std::back_inserter(both));
      double part =
          a[i].empty() ? 1 : static_cast<double>(both.size()) / static_cast<double>(a[i].size());
      sum += part;
      out.worst_overlap = std::min(out.worst_overlap, part);
      out.same_lists += a[i] == b[i];
    }
  }
  out.users = users.size();
  if (!users.empty()) out.overlap = sum / static_cast<double>(users.size());
}

}  // namespace

Quality Measure(const runtime::Engine& before, const runtime::Engine& after,
                const QualityOptions& options) {
  Quality out;
  const model::Model& model = before.model();
  uint64_t n_users = model.users().count, n_items = model.items().count;
  if (n_users == 0 || n_items == 0) return out;
  Random random(options.seed);
  std::vector<uint32_t> users(options.pairs), items(options.pairs);
  for (size_t i = 0; i < options.pairs; ++i) {
    users[i] = static_cast<uint32_t>(random.Below(n_users));
    items[i] = static_cast<uint32_t>(random.Below(n_items));
  }
  out.known = Compare(before, after, before.joint(), users, items);
  if (!before.joint()) out.features = Compare(before, after, true, users, items);

  bool searchable = !model.items().vectors.empty() && !after.model().items().vectors.empty();
  if (before.joint() || !searchable) return out;
  out.users_of = n_users;
  uint64_t most = kScanned / std::max<uint64_t>(1, model.items().vectors.size());
  uint64_t wanted = options.users.value_or(std::clamp<uint64_t>(most, 10, 1000));
  std::vector<uint32_t> sample;
  if (wanted == 0 || wanted >= n_users) {
    sample.resize(n_users);
    std::iota(sample.begin(), sample.end(), 0u);
  } else {
    for (uint64_t i = 0; i < wanted; ++i) {
      sample.push_back(static_cast<uint32_t>(random.Below(n_users)));
    }
  }
  CompareLists(before, after, sample, out);
  return out;
}

}  // namespace duomo::convert
