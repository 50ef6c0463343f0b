// Checks the named tensors of a file against the description. Opening and saving both use it, so
// every file that is written can be opened.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file/preamble.h"
#include "file/tensor.h"
#include "model/attributes.h"
#include "model/description.h"
#include "model/features.h"
#include "model/key_index.h"
#include "model/model.h"

namespace duomo::model {

using FindTensor = std::function<std::optional<file::Tensor>(std::string_view name)>;

// The oldest reader that knows tokenisers after version 1; greater than the versions that follow
// from types of tensors.
inline constexpr uint32_t kTokenizerReaderVersion = 3;
// The oldest reader that knows attention encoders.
inline constexpr uint32_t kAttentionReaderVersion = 4;

// Views of the tensors that `find` gave.
struct Binding {
  uint32_t reader_version = file::kMinimumReaderVersion;  // the oldest that knows all of this
  Entities users, items;
  std::vector<KeyIndex> vocabularies;
  FeatureView history;
  std::vector<std::span<const float>> statistics;  // by input
  std::vector<Attribute> attributes;
};

// `description` is valid and bound, and `attributes` are checked. Checks dtype and shape of every
// tensor of model.h's list, in constant time each: contents (rows, offsets) are checked where they
// are used. Tensors of other names are ignored. Throws Error(kInvalidArgument) that names the
// tensor, what was expected and what was found.
Binding Bind(const Description& description, std::span<const AttributeInfo> attributes,
             const FindTensor& find);

// "[6041, 32]", for messages.
std::string ShapeText(std::span<const uint64_t> shape);

// The rows of a tensor that Bind() has checked; `scales`: of an i8 tensor.
Rows RowsOf(const file::Tensor& tensor, const std::optional<file::Tensor>& scales);

}  // namespace duomo::model
