// A model: its description and its named tensors, read from a file or about to be written to one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/narrow.h"
#include "file/reader.h"
#include "file/tensor.h"
#include "model/attributes.h"
#include "model/description.h"
#include "model/entity_ids.h"
#include "model/features.h"
#include "model/fold_in.h"
#include "model/key_index.h"
#include "model/metadata.h"
#include "model/planes.h"
#include "model/rows.h"

namespace duomo::model {

// How the weights were trained; shown by `inspect`, ignored by the runtime.
struct Report {
  std::string data, split, settings;                    // settings: JSON
  std::vector<std::pair<std::string, double>> metrics;  // in the order given
};

// ---- Writing ---------------------------------------------------------------------------------

// Everything that a file holds. Tensor names (E is "users" or "items"):
//   parameters/NAME                          every ParametersOf(description)
//   vocabularies/V/{keys | offsets,text,order}   as KeyIndex; nothing for ranges
//   E/{keys[,order] | offsets,text,order}    keys in row order; E without rows may be absent
//   E/ids/{sorted,order}                     of string keys, optional, see entity_ids.h
//   E/titles/{offsets,text}                  optional
//   E/features/I/{rows | offsets,rows | numbers}   every input I of that scope
//   E/vectors                                [n, VectorWidth]; optional for users
//   E/planes/…, E/lists/…                    optional, see planes.h
//   users/history/{offsets,rows}             item rows, oldest first; optional
//   fold_in/{axes,values}                    f64, see fold_in.h; values where alpha0 > 0
//   inputs/I/{mean_deviation | quantiles}    f32, for normalised numbers: [2] or [q]
//   attributes/A/{values/{offsets,text,order},[offsets,]rows | integers | numbers}   attributes.h
// Vectors and parameters of two dimensions are f32, f16, bf16, or i8 with T/scales beside T: f32,
// one a row (quantize.h makes them).
struct Contents {
  Description description;  // valid and bound
  std::vector<file::OwnedTensor> tensors;
  Report report;
  std::vector<file::TensorSource> sources = {};  // more tensors: written piece by piece
  std::vector<AttributeInfo> attributes = {};    // of items
  std::optional<FoldIn> fold_in = {};            // its views are not looked at
  std::map<std::string, std::string, std::less<>> metadata = {};  // see metadata.h
};

void Save(const std::string& path, const Contents& contents);
AlignedVector<std::byte> SaveToMemory(const Contents& contents);

// Helpers that make the tensors of the list above, so that all producers write the same form.
// AddKeys throws Error(kInvalidArgument) that names both rows or keys if a key occurs twice, or,
// for users and items (the prefixes "users" and "items"), if two string keys have the same id.
void AddKeys(std::vector<file::OwnedTensor>& out, const std::string& prefix,
             std::span<const int64_t> keys);
void AddKeys(std::vector<file::OwnedTensor>& out, const std::string& prefix,
             std::span<const std::string> keys);
// E/ids/…, of the string keys of E; AddKeys adds them, too.
void AddIds(std::vector<file::OwnedTensor>& out, const std::string& prefix, const KeyIndex& keys);
void AddTexts(std::vector<file::OwnedTensor>& out, const std::string& prefix,
              std::span<const std::string> texts);
void AddFeature(std::vector<file::OwnedTensor>& out, const std::string& prefix,
                const FeatureView& feature);

// ---- Reading ---------------------------------------------------------------------------------

// One side's stored entities.
struct Entities {
  KeyIndex keys;
  EntityIds ids;  // of the same keys
  uint64_t count = 0;
  std::span<const uint64_t> title_offsets;  // empty: no titles
  std::string_view title_text;
  FeatureSet features;  // as FeatureSet: by index of input
  Rows vectors;         // [count, VectorWidth], or empty: not frozen
  Planes planes;        // of the vectors; optional

  std::string_view Title(uint64_t row) const;  // empty where there is none
};

// An opened model. Immutable; any thread. All views live as long as it does.
class Model {
 public:
  static std::shared_ptr<const Model> Open(const std::string& path,
                                           const file::ReadOptions& options = {});
  static std::shared_ptr<const Model> OpenDescriptor(int descriptor, uint64_t offset,
                                                     uint64_t length,
                                                     const file::ReadOptions& options = {});
  static std::shared_ptr<const Model> OpenBuffer(std::span<const std::byte> data,
                                                 const file::ReadOptions& options = {});

  const Description& description() const { return description_; }
  const Report& report() const { return report_; }
  const std::optional<FoldIn>& fold_in() const { return fold_in_; }  // none: the default way
  // What the host has written about the file; a view of its header.
  Metadata metadata() const { return metadata_; }
  // A hash of the contents of the file. Files that differ in one tensor only have the same
  // fingerprint with a probability of about 2^-32. See FingerprintOf(); linear in the header.
  uint64_t fingerprint() const { return FingerprintOf(file_->header_bytes()); }
  const file::Reader& file() const { return *file_; }
  const Entities& users() const { return users_; }
  const Entities& items() const { return items_; }
  const Entities& side(Side s) const { return s == Side::kItem ? items_ : users_; }
  const KeyIndex& vocabulary(uint32_t index) const { return vocabularies_[index]; }

  bool has_history() const { return !history_.offsets.empty(); }
  const std::vector<Attribute>& attributes() const { return attributes_; }  // of items
  const Attribute* FindAttribute(std::string_view name) const;  // nullptr where there is none

  const FeatureView& history() const { return history_; }  // by user row; empty: none
  std::span<const uint32_t> HistoryOf(uint64_t user_row) const {
    return history_.RowsOf(ToSize(user_row));
  }

  // By the name in ParametersOf(); present and of the right shape, checked at open. What has one
  // dimension is one row, and always f32.
  Rows parameter(std::string_view name) const;
  // Statistics of a normalised number: {mean, deviation} or the quantiles; empty: none.
  std::span<const float> statistics(uint32_t input) const { return statistics_[input]; }

 private:
  Model() = default;
  static std::shared_ptr<const Model> FromFile(std::unique_ptr<const file::Reader> file);
  std::unique_ptr<const file::Reader> file_;
  Description description_;
  Report report_;
  std::optional<FoldIn> fold_in_;
  Metadata metadata_;
  Entities users_, items_;
  std::vector<KeyIndex> vocabularies_;
  std::vector<Attribute> attributes_;
  FeatureView history_;
  std::vector<std::span<const float>> statistics_;
};

}  // namespace duomo::model
