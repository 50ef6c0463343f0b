// One user and many items, with features of the pairs: the joint tower, or the two towers.
#include <algorithm>
#include <limits>
#include <string>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "capi/towers.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

namespace duomo::capi {
namespace {

using model::Scope;
using model::Side;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

class Ranking {
 public:
  Ranking(duomo_context& context, const duomo_rank_request& request)
      : c_(context), request_(request), model_(*context.model) {
    Check();
  }

  // One number for every item into context.scores; NaN where the user or the item is unknown.
  void Run() {
    c_.scores.assign(request_.n, kNaN);
    FindUser();
    FindItems();
    if (!user_known_ || c_.item_rows.empty()) return;
    if (model_.engine->joint()) {
      RunJoint();
    } else {
      RunTwoTowers();
    }
  }

 private:
  void Check() {
    int users = ((request_.flags & DUOMO_RANK_USER_ID) != 0) + (request_.user_key != nullptr) +
                (request_.user_features != nullptr);
    if (users != 1) {
      FailArgument(Status::kInvalidArgument, Kind::kConflict, "request",
                   ": give exactly one of user_id with DUOMO_RANK_USER_ID, user_key and "
                   "user_features");
    }
    bool listed = request_.item_ids != nullptr || request_.item_keys != nullptr;
    if (listed && request_.item_features != nullptr) {
      FailArgument(Status::kInvalidArgument, Kind::kConflict, "request",
                   ": give one of item_ids, item_keys and item_features");
    }
    if (request_.item_features == nullptr) {
      items_ = NeedNames(request_.item_ids, request_.item_keys, request_.n, "request.item_ids",
                         "request.item_keys");
    }
    CheckFeatureRows(request_.user_features, Scope::kUser, 1, "request.user_features");
    CheckFeatureRows(request_.item_features, Scope::kItem, request_.n, "request.item_features");
    CheckFeatureRows(request_.pair_features, Scope::kPair, request_.n, "request.pair_features");
    history_ = NeedNames(request_.history_ids, request_.history_keys, request_.history_count,
                         "request.history_ids", "request.history_keys");
    if (has_history()) RequireHistories(model_);
  }

  void CheckFeatureRows(const duomo_features* features, Scope scope, size_t rows,
                        const char* name) {
    if (features == nullptr) return;
    CheckFeatures(c_, *features, scope, name);
    if (features->count != rows) {
      FailArgument(Status::kInvalidArgument, Kind::kValue, name, " has ", features->count,
                   " rows, expected ", rows);
    }
  }

  void FindUser() {
    if (request_.user_features != nullptr) return;
    const model::Entities& users = model_.model().users();
    if (request_.user_key != nullptr) {
      RowsOfKeys(users, {&request_.user_key, 1}, "request.user_key", &user_row_);
    } else {
      RowsOfIds(users, {&request_.user_id, 1}, &user_row_);
    }
    user_known_ = user_row_ != kNoRow;
    if (user_known_ || c_.mark_unknown) return;
    const std::string name = request_.user_key != nullptr ? StrCat('"', request_.user_key, '"')
                                                          : StrCat(request_.user_id);
    FailArgument(Status::kNotFound, Kind::kUnknownId,
                 request_.user_key != nullptr ? "request.user_key" : "request.user_id",
                 ": the model has no user ", name);
  }

  // item_rows: the rows, of the file or of item_features, of the items that are known; values:
  // their positions in the request.
  void FindItems() {
    if (request_.item_features != nullptr) {
      c_.item_rows.resize(request_.n);
      for (size_t i = 0; i < request_.n; ++i) c_.item_rows[i] = static_cast<uint32_t>(i);
      c_.values = c_.item_rows;
      return;
    }
    FindRows(model_.model(), Side::kItem, items_, c_.mark_unknown, c_.item_rows);
    c_.values.clear();
    for (size_t i = 0; i < request_.n; ++i) {
      if (c_.item_rows[i] != kNoRow) c_.values.push_back(static_cast<uint32_t>(i));
    }
    std::erase(c_.item_rows, kNoRow);
  }

  void AddUser(size_t count) {
    c_.user_rows.assign(count, user_row_);
    if (request_.user_features != nullptr) {
      AddFeatures(c_, *request_.user_features, c_.user_rows);
    } else {
      model_.engine->StoredInputs(Side::kUser, c_.user_rows, c_.inputs);
    }
    if (!has_history()) return;
    c_.history.kind = model::InputKind::kHistory;
    c_.history.offsets.assign(1, 0);
    c_.history.rows.clear();
    AppendHistory(model_, history_, c_.history);
    c_.tower_rows.assign(count, 0);
    AddHistory(c_, c_.history, c_.tower_rows);
  }

  void RunJoint() {
    size_t count = c_.item_rows.size();
    ClearInputs(c_);
    AddUser(count);
    if (request_.item_features != nullptr) {
      AddFeatures(c_, *request_.item_features, c_.item_rows);
    } else {
      model_.engine->StoredInputs(Side::kItem, c_.item_rows, c_.inputs);
    }
    if (request_.pair_features != nullptr) AddFeatures(c_, *request_.pair_features, c_.values);
    c_.user_vectors.resize(count);
    RunJointTower(c_, count, c_.user_vectors.data());
    for (size_t i = 0; i < count; ++i) {
      c_.scores[c_.values[i]] = model_.engine->Output(c_.user_vectors[i]);
    }
  }

  const float* UserVector() {
    const model::Rows& frozen = model_.model().users().vectors;
    size_t width = model_.engine->vector_width();
    bool stored = request_.user_features == nullptr && !has_history();
    if (stored && !frozen.empty()) {
      return runtime::FloatsOf(frozen, user_row_, 1, c_.user_vectors);
    }
    c_.user_vectors.resize(width);
    if (has_history() && FoldsIn(model_)) {
      FoldInHistory(c_, history_, nullptr, c_.user_vectors.data());
      return c_.user_vectors.data();
    }
    ClearInputs(c_);
    AddUser(1);
    RunTower(c_, Side::kUser, 1, c_.user_vectors.data());
    return c_.user_vectors.data();
  }

  void RunTwoTowers() {
    size_t width = model_.engine->vector_width();
    const float* user = UserVector();
    auto score = [&](size_t position, const float* item) {
      c_.scores[position] = model_.engine->Predict(kernels::Vector().dot(user, item, width));
    };
    if (request_.item_features != nullptr) {
      ClearInputs(c_);
      AddFeatures(c_, *request_.item_features, {});
      c_.item_vectors.resize(CheckedProduct(request_.n, width, "request.n"));
      RunTower(c_, Side::kItem, request_.n, c_.item_vectors.data());
      for (size_t i = 0; i < request_.n; ++i) score(i, c_.item_vectors.data() + i * width);
      return;
    }
    StoredVectors items(c_, Side::kItem, c_.item_rows);
    for (size_t i = 0; i < c_.item_rows.size(); ++i) score(c_.values[i], items.At(i));
  }

  // An empty one is given, too.
  bool has_history() const { return history_.ids != nullptr || history_.keys != nullptr; }

  duomo_context& c_;
  const duomo_rank_request& request_;
  const duomo_model& model_;
  Names items_, history_;
  uint32_t user_row_ = 0;  // of the file or of user_features
  bool user_known_ = true;
};

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_rank(float* predictions, duomo_context* context,
                        const duomo_rank_request* request, duomo_error* error) {
  return Guard(error, [&] {
    const Call call(context);
    duomo_context& c = call.context();
    duomo_rank_request known = ReadStruct(&Need(request, "request"), "duomo_rank_request");
    CheckFlags(known.flags, DUOMO_RANK_USER_ID, "request.flags");
    auto out = NeedArray(predictions, known.n, "predictions");
    Ranking ranking(c, known);
    ranking.Run();
    std::copy(c.scores.begin(), c.scores.end(), out.begin());
  });
}
