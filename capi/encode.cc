// Vectors of known ids and of raw features.
#include <algorithm>
#include <limits>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "capi/towers.h"

namespace duomo::capi {
namespace {

using model::Side;

void EncodeIds(float* vectors, duomo_context* context, Side side, const char* array,
               const int64_t* ids, size_t n) {
  const Call call(context);
  duomo_context& c = call.context();
  RequireTwoTowers(*c.model);
  size_t width = c.model->engine->vector_width();
  auto out = NeedArray(vectors, CheckedProduct(n, width, "vectors"), "vectors");
  auto given = NeedArray(ids, n, array);
  FindRows(c.model->model(), side, array, given, c.mark_unknown, c.user_rows);
  StoredVectors stored(c, side, c.user_rows);
  for (size_t i = 0; i < n; ++i) {  // nothing fails from here on
    auto to = out.subspan(i * width, width);
    if (c.user_rows[i] == kNoRow) {
      std::fill(to.begin(), to.end(), std::numeric_limits<float>::quiet_NaN());
    } else {
      std::copy_n(stored.At(i), width, to.begin());
    }
  }
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_encode_users(float* vectors, duomo_context* context, const int64_t* user_ids,
                                size_t n, duomo_error* error) {
  return Guard(error,
               [&] { EncodeIds(vectors, context, model::Side::kUser, "user_ids", user_ids, n); });
}

duomo_status duomo_encode_items(float* vectors, duomo_context* context, const int64_t* item_ids,
                                size_t n, duomo_error* error) {
  return Guard(error,
               [&] { EncodeIds(vectors, context, model::Side::kItem, "item_ids", item_ids, n); });
}

duomo_status duomo_encode_features(float* vectors, duomo_context* context,
                                   const duomo_features* features, duomo_error* error) {
  return Guard(error, [&] {
    const Call call(context);
    duomo_context& c = call.context();
    const duomo_features& f = Need(features, "features");
    RequireTwoTowers(*c.model);
    bool items = f.scope == model::Scope::kItem;
    auto side = items ? model::Side::kItem : model::Side::kUser;
    CheckFeatures(c, f, items ? model::Scope::kItem : model::Scope::kUser, "features");
    size_t size = CheckedProduct(f.count, c.model->engine->vector_width(), "vectors");
    auto out = NeedArray(vectors, size, "vectors");
    ClearInputs(c);
    AddFeatures(c, f, {});
    // What may fail after it has written goes through a buffer.
    if (f.count <= c.model->engine->BlockRows(side)) {
      RunTower(c, side, f.count, out.data());
      return;
    }
    c.user_vectors.resize(size);
    RunTower(c, side, f.count, c.user_vectors.data());
    std::copy(c.user_vectors.begin(), c.user_vectors.end(), out.begin());
  });
}
