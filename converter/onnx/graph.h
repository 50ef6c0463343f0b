// The network of a model as an ONNX graph, from the rows of vocabularies to the prediction.
//
// Inputs (named as the description's inputs; those that nothing reads are left out):
//   category            int64 [n]      a row of its vocabulary; −1 or its size: unknown
//   set, text, history  int64 [n, m]   rows, m ≥ 1; −1: nothing there, in any place but, for a
//                                      convolution, only behind the words. Limits on the length
//                                      hold.
//   number              float [n]      NaN: not given
// with n "users", "items" or, for a joint tower and inputs of pairs, "pairs". Users and items are
// as many as each other, or one user for many items, or one item for many users. Outputs:
// "prediction" float [n], in the output's unit, and for two towers "user_vector" and "item_vector"
// float [n, vector width], the vectors that duomo.h gives.
#pragma once

#include <optional>

#include "converter/onnx/onnx.h"
#include "model/model.h"

namespace duomo::convert {

// `tower`: only that side's inputs and vector. The graph's tensors are views of the model's where
// they can be, so the model must outlive it. Throws Error(kUnsupported) for a side that the model
// has not, and for inputs that are named like an output.
onnx::Graph GraphOf(const model::Model& model, std::optional<model::Side> tower = {});

}  // namespace duomo::convert
