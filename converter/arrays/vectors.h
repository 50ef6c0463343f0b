// Vectors of users and items from elsewhere, their keys, and a model made of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "converter/arrays/arrays.h"
#include "data/bytes.h"
#include "model/model.h"

namespace duomo::convert {

// Keys in row order: integers where all of them are (without leading zeros), else strings.
class Keys {
 public:
  void Add(std::string_view key);
  void Add(int64_t key);
  size_t size() const { return strings_.empty() ? integers_.size() : strings_.size(); }
  std::string At(size_t row) const;
  // Appends the keys of "users" or "items". Throws Error(kInvalidArgument) for one that stands
  // twice.
  void AddTo(std::vector<file::OwnedTensor>& out, const std::string& prefix) const;

 private:
  std::vector<int64_t> integers_;
  std::vector<std::string> strings_;  // not empty: then these
};

// Vectors [n, width], in the one array of the list, and the keys beside them where there are any.
struct VectorFile {
  Arrays arrays;
  Keys keys;
  std::vector<std::string> titles = {};  // none, or one a row
  uint64_t skipped = 0;                  // bad lines of text that were left out

  const Array& array() const { return arrays.list[0]; }
  uint64_t count() const { return array().shape[0]; }
  uint64_t width() const { return array().shape[1]; }
};

inline constexpr uint64_t kLargestVectorWidth = 1u << 20;

// `path` is a .npy, .npz or .safetensors file ("FILE/ARRAY" where it holds several), .fvecs, or a
// table as data/table_reader.h knows them, packed or not: a row is a key, which is the first column
// or "id", and its numbers, or a list of them. It is read once into a file beside `output`, which
// goes with the result. Throws Error(kCorrupt, kInvalidArgument, kUnsupported) that names file and
// line, or array.
VectorFile OpenVectors(const std::string& path, const std::string& output,
                       bool skip_bad_lines = false);
// One key a line, or an array of integers in .npy, .npz or .safetensors.
Keys ReadKeys(const std::string& path);

// The parts, for tests. Each takes any bytes.
Arrays FvecsOf(std::span<const std::byte> bytes, const std::string& where, Drop drop = {});
// The array `name` of several, or the only one with two axes; an empty name: that one.
void SelectVectors(Arrays& arrays, std::string_view name);
// Gives the numbers row by row.
struct TextVectors {
  uint64_t width = 0, skipped = 0;
};
TextVectors ReadVectorText(std::unique_ptr<data::ByteSource> bytes, const std::string& where,
                           bool skip_bad_lines, Keys& keys,
                           const std::function<void(std::span<const float>)>& sink);
Keys KeysOf(const Arrays& arrays, const Array& array);

struct VectorOptions {
  model::Head head;  // cosine or dot, and its scale
  model::Output output;
  std::optional<model::FoldIn> fold_in = {};  // `fixed` is found out
  bool allow_nonfinite = false;
};
struct VectorCounts {
  uint64_t count = 0, normalized = 0, zero = 0;
};
// A model made of vectors only. Each side's tower is a table with one value, "average", whose
// vector is the mean of all vectors; whoever is unknown gets it. No entity has this value, so the
// vector is all that is stored of an entity, and pruning leaves nothing behind. With a dot head, a
// column that is 1 in all vectors of one side marks the other side's column as biases. For cosines,
// vectors are normalised; those of length 1 keep their bits. The sources borrow `users` and
// `items`; `users` may be null. Reads all vectors once. Throws Error(kInvalidArgument) for widths
// that differ and as CheckFinite().
struct VectorModel {
  model::Contents contents;
  VectorCounts users, items;
};
VectorModel VectorModelOf(const VectorFile* users, const VectorFile& items,
                          const VectorOptions& options);

}  // namespace duomo::convert
