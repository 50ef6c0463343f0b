// Folding in: the vector of a user who is known by their items only, for models without history
// inputs. It is the vector that training would have learned, in closed form. runtime/fold_in.h
// computes it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file/tensor.h"
#include "model/description.h"

namespace duomo::fb {
struct FoldIn;
}

namespace duomo::model {

// The x that minimises, over the n items taken, with vectors y and weights w,
//   Σ w (t − ⟨x,y⟩)² + alpha0 · xᵀGx + λ|x − m|²,   λ = l2 · (Σ w + alpha0 · candidates)^nu,
// G = Σ y·yᵀ over all candidates, as implicit ALS solves it for its own users (Hu, Koren and
// Volinsky 2008; λ after Rendle and others 2021). x and y are vectors without the columns of
// biases: those of the head and `fixed` ones.
struct FoldIn {
  // 0: λ is the weighted mean of |y|² instead, so the result does not depend on the scale of the
  // vectors.
  double l2 = 0;
  double alpha0 = 0;        // how much an item that was not taken counts; 0: not at all
  double nu = 0;            // from −8 to 8
  uint64_t candidates = 0;  // how many items training chose from
  bool to_mean = false;     // m is the vector of an unknown user; else 0
  // The target of ⟨user, item⟩ including biases for an item that was taken; t is this target minus
  // the biases. 0: t is 1, that is, the target is the biases plus 1.
  double target = 0;
  // Columns of the towers' vectors that hold biases, ascending: one side has 1 there in all its
  // vectors, and the other side has its bias. New users get the values of an unknown user there.
  std::vector<uint32_t> fixed = {};

  // G = Q·diag(values)·Qᵀ; views of the file's tensors fold_in/values, f64 [width], and
  // fold_in/axes, f64 [width, width]: Q, whose columns are orthonormal. Empty axes: Q = 1.
  std::span<const double> values = {}, axes = {};
};

// Throws Error(kInvalidArgument) that names the field.
void Validate(const FoldIn& fold_in, const Description& description);

FoldIn ReadFoldIn(const fb::FoldIn& table);

// Fills the views where alpha0 > 0, and validates. Throws Error(kInvalidArgument) where a tensor is
// missing or has another type or shape.
void BindFoldIn(FoldIn& fold_in, const Description& description,
                const std::function<std::optional<file::Tensor>(std::string_view name)>& find);

// The tensors of a G [width, width] in its eigenvectors, of which row j belongs to values[j].
void AddGramian(std::vector<file::OwnedTensor>& out, std::span<const double> values,
                std::span<const double> vectors);

}  // namespace duomo::model
