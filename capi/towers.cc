#include "capi/towers.h"

#include "capi/arguments.h"
#include "capi/fail.h"
#include "capi/ids.h"
#include "core/error.h"
#include "runtime/fold_in.h"
#include "runtime/widen.h"

namespace duomo::capi {
namespace {

using model::InputKind;
using model::Side;

const char* NameOfScope(model::Scope scope) {
  switch (scope) {
    case model::Scope::kUser:
      return "DUOMO_USER";
    case model::Scope::kItem:
      return "DUOMO_ITEM";
    case model::Scope::kPair:
      return "DUOMO_PAIR";
  }
  return "?";
}

}  // namespace

Call::Call(duomo_context* context)
    : context_(Need(context, "context")), memory_(context->memory.get()) {
  context_.stop.Check();
}

void RequireTwoTowers(const duomo_model& model) {
  if (!model.engine->joint()) return;
  FailLacking(
      "this model has one joint tower for users and items and thus no vectors; use duomo_rank");
}

void CheckFeatures(const duomo_context& context, const duomo_features& features, model::Scope scope,
                   const char* name) {
  if (features.model.get() != context.model.get()) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, name,
                 " belongs to another model than the context");
  }
  if (features.scope != scope) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, name, " has the scope ",
                 NameOfScope(features.scope), ", not ", NameOfScope(scope));
  }
}

void ClearInputs(duomo_context& c) {
  const auto& inputs = c.model->description().inputs;
  c.inputs.assign(inputs.size(), {});
  for (size_t i = 0; i < inputs.size(); ++i) c.inputs[i].view.kind = inputs[i].kind;
}

void AddFeatures(duomo_context& c, const duomo_features& features, std::span<const uint32_t> rows) {
  const auto& inputs = c.model->description().inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].scope == features.scope) c.inputs[i] = {features.columns[i].view(), rows};
  }
}

void RequireHistories(const duomo_model& model) {
  if (model::ReadsHistory(model.description())) return;
  if (model.engine->joint()) {
    FailLacking("the model has no history input; a history tells it nothing");
  }
  if (model.model().items().vectors.empty()) {
    FailLacking("a history needs the items' vectors, and the file has none; export it with them");
  }
}

bool FoldsIn(const duomo_model& model) { return runtime::FoldsIn(*model.engine); }

void FoldInHistory(duomo_context& c, const Names& items, const float* weights, float* vector) {
  auto& rows = c.history.rows;
  auto& kept = c.history.numbers;
  rows.resize(items.count);
  kept.clear();
  RowsOf(c.model->model().items(), items, rows.data());
  size_t n = 0;
  for (size_t i = 0; i < items.count; ++i) {
    if (rows[i] == kNoRow) continue;
    rows[n++] = rows[i];
    if (weights != nullptr) kept.push_back(weights[i]);
  }
  rows.resize(n);
  runtime::FoldIn(*c.model->engine, rows, kept, vector, c.tower);
}

void AddHistory(duomo_context& c, const HostColumn& history, std::span<const uint32_t> rows) {
  const auto& inputs = c.model->description().inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].kind == InputKind::kHistory) c.inputs[i] = {history.view(), rows};
  }
}

void AppendHistory(const duomo_model& model, const Names& items, HostColumn& history) {
  AppendRows(model.model().items(), items, history.rows);
  history.offsets.push_back(history.rows.size());
}

void RunTower(duomo_context& c, Side side, size_t count, float* vectors) {
  c.model->engine->Encode(side, {count, c.inputs}, vectors, c.tower);
}

void RunJointTower(duomo_context& c, size_t count, float* heads) {
  c.model->engine->Rank({count, c.inputs}, heads, c.tower);
}

void EncodeStored(duomo_context& c, Side side, std::span<const uint32_t> rows, float* vectors) {
  if (rows.empty()) return;
  ClearInputs(c);
  c.model->engine->StoredInputs(side, rows, c.inputs);
  RunTower(c, side, rows.size(), vectors);
}

StoredVectors::StoredVectors(duomo_context& c, Side side, std::span<const uint32_t> rows)
    : rows_(rows), width_(c.model->engine->vector_width()) {
  const model::Rows& frozen = c.model->model().side(side).vectors;
  in_place_ = !frozen.empty() && frozen.dtype == file::DType::kF32;
  if (in_place_) {
    base_ = frozen.floats().data();
    return;
  }
  AlignedVector<float>& buffer = side == Side::kUser ? c.user_vectors : c.item_vectors;
  buffer.resize(Times(rows.size(), width_));
  base_ = buffer.data();
  if (!frozen.empty()) {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != kNoRow) runtime::CopyRows(frozen, rows[i], 1, buffer.data() + i * width_);
    }
    return;
  }
  // Runs of known rows, so that every vector lies at its own position.
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    while (end < rows.size() && rows[end] != kNoRow) ++end;
    EncodeStored(c, side, rows.subspan(begin, end - begin), buffer.data() + begin * width_);
    begin = end + 1;
  }
}

}  // namespace duomo::capi
