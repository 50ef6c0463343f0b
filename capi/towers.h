// Runs the towers for the functions of the C ABI, in the scratch memory of a context.
#pragma once

#include <cstdint>
#include <span>

#include "capi/handles.h"
#include "capi/ids.h"

namespace duomo::capi {

// The scope of a call with a context: allocations during the call use the context's memory. Throws
// Error(kInvalidArgument) for NULL, (kCancelled).
class Call {
 public:
  explicit Call(duomo_context* context);
  duomo_context& context() const { return context_; }

 private:
  duomo_context& context_;
  const MemoryScope memory_;
};

// The number of queries or pairs that are encoded at a time, which bounds scratch memory.
inline constexpr size_t kChunk = 256;

// Throws Error(kUnsupported) for joint models.
void RequireTwoTowers(const duomo_model& model);

// Throws Error(kInvalidArgument) where `features` are of another model or another scope than
// `scope`; `name` is that of the argument.
void CheckFeatures(const duomo_context& context, const duomo_features& features, model::Scope scope,
                   const char* name);

// Fills context.inputs for one tower: unset everywhere.
void ClearInputs(duomo_context& context);
// Adds the features' inputs; the batch's row i reads features' row rows[i], or i where it is empty.
void AddFeatures(duomo_context& context, const duomo_features& features,
                 std::span<const uint32_t> rows);
// Replaces every history input by `history`, which must outlive the run; rows as above.
void AddHistory(duomo_context& context, const HostColumn& history, std::span<const uint32_t> rows);

// Throws Error(kUnsupported) if the model cannot use a history: it has no history input, and not
// the two towers and item vectors that folding in needs.
void RequireHistories(const duomo_model& model);
// True where FoldInHistory() answers for a history, and no tower reads it.
bool FoldsIn(const duomo_model& model);
// The vector [vector_width] of a user who took these items; unknown items are ignored. weights: one
// an id, or NULL: all 1.
void FoldInHistory(duomo_context& context, const Names& items, const float* weights, float* vector);

// Appends one list of items to a history; unknown items are ignored. Throws as RowsOf().
void AppendHistory(const duomo_model& model, const Names& items, HostColumn& history);

// Runs a side's tower (the joint one) on `count` rows of context.inputs.
void RunTower(duomo_context& context, model::Side side, size_t count, float* vectors);
void RunJointTower(duomo_context& context, size_t count, float* heads);

// Vectors of the stored rows, from their stored features.
void EncodeStored(duomo_context& context, model::Side side, std::span<const uint32_t> rows,
                  float* vectors);

// The vectors of a side by position in a list of stored rows: frozen floats where they lie in the
// file, else in a buffer, widened or made by the tower. Positions of kNoRow have none.
class StoredVectors {
 public:
  // `rows` and the context's buffer (user_vectors or item_vectors) must outlive this.
  StoredVectors(duomo_context& context, model::Side side, std::span<const uint32_t> rows);
  const float* At(size_t position) const {
    return base_ + static_cast<size_t>(in_place_ ? rows_[position] : position) * width_;
  }

 private:
  const float* base_ = nullptr;
  std::span<const uint32_t> rows_;
  size_t width_;
  bool in_place_;
};

}  // namespace duomo::capi
