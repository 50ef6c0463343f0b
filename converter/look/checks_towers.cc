// Frozen vectors against the towers that they came from.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "console/progress.h"
#include "converter/look/checks.h"
#include "converter/output.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

// Entities encoded at once, so that verifying a large catalogue takes little memory.
constexpr uint64_t kBlock = 4096;

double LargestTolerance(const model::Model& model, const model::Rows& vectors) {
  double most = ToleranceOf(vectors.dtype);
  for (const model::Parameter& p : model::ParametersOf(model.description())) {
    most = std::max(most, ToleranceOf(model.parameter(p.name).dtype));
  }
  return most;
}

// Whether anything is known of a row that its tower could read. What was added by its vector alone
// (see merge) has nothing to be compared with.
bool HasFeatures(const model::Model& m, model::Side side, uint32_t row) {
  const model::Description& d = m.description();
  const auto& features = m.side(side).features.inputs;
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    const model::FeatureView& view = features[i];
    if (row < view.numbers.size() && !std::isnan(view.numbers[row])) return true;
    auto rows = view.RowsOf(row);
    bool category = view.kind == model::InputKind::kCategory;
    if (rows.empty()) continue;
    auto vocabulary = static_cast<size_t>(d.inputs[i].vocabulary);
    if (!category || rows[0] < d.vocabularies[vocabulary].size) return true;
  }
  return side == model::Side::kUser && !m.HistoryOf(row).empty();
}

// The largest difference found on one side.
double CheckSide(Check& check, const runtime::Engine& engine, model::Side side, const char* name) {
  const model::Rows& vectors = engine.model().side(side).vectors;
  const double tolerance = LargestTolerance(engine.model(), vectors);
  AlignedVector<float> widened;
  uint64_t count = engine.model().side(side).count;
  size_t width = engine.vector_width();
  runtime::Workspace work;
  std::vector<runtime::InputSource> inputs;
  std::vector<uint32_t> rows;
  AlignedVector<float> made;
  double largest = 0;
  console::Progress progress(StrCat("verify ", name), count);
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    rows.resize(std::min(kBlock, count - begin));
    progress.Add(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint32_t>(begin + i);
    made.resize(rows.size() * width);
    engine.StoredInputs(side, rows, inputs);
    engine.Encode(side, {rows.size(), inputs}, made.data(), work);
    const float* frozen = runtime::FloatsOf(vectors, begin, rows.size(), widened);
    for (size_t i = 0; i < rows.size(); ++i) {
      double difference = 0, scale = 1;
      for (size_t j = 0; j < width; ++j) {
        double a = static_cast<double>(frozen[i * width + j]);
        double b = static_cast<double>(made[i * width + j]);
        // The negated comparison catches NaN, too.
        if (!(std::abs(a - b) <= difference)) difference = std::abs(a - b);
        scale = std::max(scale, std::abs(b));
      }
      bool differs = !(difference <= tolerance * scale);
      if (differs && !HasFeatures(engine.model(), side, rows[i])) continue;
      if (differs) {
        check.Problem(name, "/vectors: row ", rows[i], " differs from the tower by ", difference,
                      ", more than ", tolerance * scale);
      }
      largest = std::max(largest, difference);
    }
  }
  return largest;
}

}  // namespace

Check CheckTowers(const runtime::Engine& engine) {
  Check check{.name = "towers"};
  if (engine.joint()) {
    check.checked = "none: a joint tower has nothing frozen";
    return check;
  }
  for (auto [name, side] :
       {std::pair("users", model::Side::kUser), std::pair("items", model::Side::kItem)}) {
    if (engine.model().side(side).vectors.empty()) {
      check.checked += StrCat(check.checked.empty() ? "" : ", ", name, " not frozen");
      continue;
    }
    if (side == model::Side::kUser && !engine.model().has_history() &&
        model::ReadsHistory(engine.model().description())) {
      check.checked += "users not compared, because their histories are not stored";
      continue;
    }
    double largest = CheckSide(check, engine, side, name);
    check.differences.emplace_back(name, largest);
    char difference[32];
    std::snprintf(difference, sizeof(difference), "%.2g", largest);
    check.checked +=
        StrCat(check.checked.empty() ? "" : ", ", name, " differ by at most ", difference);
  }
  return check;
}

}  // namespace duomo::convert
