// Predictions of pairs. For known pairs with frozen vectors: two look-ups, a dot product, a map.
#include <algorithm>
#include <cmath>
#include <limits>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "capi/towers.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

namespace duomo::capi {
namespace {

using model::Side;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// One pair whose vectors are frozen; false where an id is unknown.
bool PredictFrozen(duomo_context& c, int64_t user, int64_t item, float* out) {
  const duomo_model& model = *c.model;
  const model::Entities& users = model.model().users();
  const model::Entities& items = model.model().items();
  auto user_row = RowOfId(users, user);
  auto item_row = RowOfId(items, item);
  if (!user_row || !item_row) return false;
  size_t width = model.engine->vector_width();
  double dot =
      kernels::Vector().dot(runtime::FloatsOf(users.vectors, *user_row, 1, c.user_vectors),
                            runtime::FloatsOf(items.vectors, *item_row, 1, c.item_vectors), width);
  *out = model.engine->Predict(dot);
  return true;
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_predict(float* predictions, duomo_context* context, const int64_t* user_ids,
                           const int64_t* item_ids, size_t n, duomo_error* error) {
  return Guard(error, [&] {
    const Call call(context);
    duomo_context& c = call.context();
    const duomo_model& model = *c.model;
    RequireTwoTowers(model);
    auto out = NeedArray(predictions, n, "predictions");
    auto users = NeedArray(user_ids, n, "user_ids");
    auto items = NeedArray(item_ids, n, "item_ids");
    bool frozen = !model.model().users().vectors.empty() && !model.model().items().vectors.empty();
    if (n == 1 && frozen && PredictFrozen(c, users[0], items[0], out.data())) return;

    FindRows(model.model(), Side::kUser, "user_ids", users, c.mark_unknown, c.user_rows);
    FindRows(model.model(), Side::kItem, "item_ids", items, c.mark_unknown, c.item_rows);
    // Chunks bound the scratch of towers and of widening; results go out at the end, when nothing
    // can fail.
    c.scores.resize(n);
    for (size_t begin = 0; begin < n; begin += kChunk) {
      c.stop.Check();
      size_t count = std::min(kChunk, n - begin);
      auto user_rows = std::span<const uint32_t>(c.user_rows).subspan(begin, count);
      auto item_rows = std::span<const uint32_t>(c.item_rows).subspan(begin, count);
      StoredVectors user_vectors(c, Side::kUser, user_rows);
      StoredVectors item_vectors(c, Side::kItem, item_rows);
      const auto dot = kernels::Vector().dot;
      size_t width = model.engine->vector_width();
      for (size_t i = 0; i < count; ++i) {
        bool known = user_rows[i] != kNoRow && item_rows[i] != kNoRow;
        c.scores[begin + i] =
            known ? model.engine->Predict(dot(user_vectors.At(i), item_vectors.At(i), width))
                  : kNaN;
      }
    }
    std::copy(c.scores.begin(), c.scores.end(), out.begin());
  });
}

duomo_status duomo_predict_vectors(float* predictions, duomo_context* context,
                                   const float* user_vectors, const float* item_vectors, size_t n,
                                   duomo_error* error) {
  return Guard(error, [&] {
    const Call call(context);
    duomo_context& c = call.context();
    RequireTwoTowers(*c.model);
    const runtime::Engine& engine = *c.model->engine;
    size_t width = engine.vector_width();
    size_t size = CheckedProduct(n, width, "user_vectors");
    auto out = NeedArray(predictions, n, "predictions");
    auto users = NeedArray(user_vectors, size, "user_vectors");
    auto items = NeedArray(item_vectors, size, "item_vectors");
    const auto dot = kernels::Vector().dot;
    c.scores.resize(n);
    for (size_t i = 0; i < n; ++i) {
      double value = dot(users.data() + i * width, items.data() + i * width, width);
      // Of finite floats it is finite.
      bool known = std::isfinite(value);
      if (!known && !c.mark_unknown) {
        throw MakeError(Status::kInvalidArgument, Kind::kNotFinite, "user_vectors", i,
                        StrCat("user_vectors or item_vectors: pair ", i, " has NaN or infinity"));
      }
      c.scores[i] = known ? engine.Predict(value) : kNaN;
    }
    std::copy(c.scores.begin(), c.scores.end(), out.begin());
  });
}
