// The rows of one side while records come in: those of the file, and those that are touched.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "converter/merge/upsert.h"
#include "converter/merge/upsert_attributes.h"
#include "converter/tables/record_features.h"
#include "model/features.h"

namespace duomo::convert {

// Users or items. First records, then Append(), then Finish(). One thread.
class UpsertSide {
 public:
  // `items`: of users, where their histories' items are; finished after the users' records are in.
  UpsertSide(Draft& draft, model::Side side, const UpsertSide* items, const MergeOptions& options);

  void Read(TableInput input);

  // Puts an item behind a user's history.
  void Append(uint32_t user, uint32_t item);

  // Puts everything into the draft.
  void Finish();

  // The row of a key, old or new.
  std::optional<uint32_t> Find(std::string_view key) const;
  const model::Model& model() const { return m_; }
  uint64_t rows() const { return old_.count + keys_.size(); }

  const SideCounts& counts() const { return counts_; }
  uint64_t vectors_given() const { return given_.size(); }
  uint64_t vectors_made() const { return made_; }
  const std::map<std::string, uint64_t>& unknown() const { return unknown_; }
  bool vectors_changed() const { return vectors_changed_; }

 private:
  using Value = std::optional<FeatureValue>;
  // A record, read and not yet taken.
  struct Said {
    std::string key;
    std::optional<std::string> title;
    std::vector<Value> features;  // by input
    UpsertAttributes::Said attributes;
    std::optional<std::vector<uint32_t>> history;
    std::optional<std::vector<float>> vector;  // empty: the towers' one
  };

  bool Reads(size_t input) const;
  Said ReadRow(RecordTable& record) const;
  std::vector<float> ReadVector(std::string_view cell) const;
  void Take(const Said& said);
  uint32_t TouchOld(uint32_t row, const Said* said, bool& changed, bool& moved);
  bool SameVector(uint32_t row, const std::vector<float>& vector) const;
  std::vector<uint32_t> HistoryOf(uint32_t row) const;

  void PutKeys();
  void PutTitles();
  void PutFeatures();
  void PutHistory();
  void PutVectors();
  AlignedVector<float> Encode(const std::vector<uint32_t>& touches) const;
  void PatchTensor(const file::OwnedTensor& made, const std::vector<uint32_t>& rows);
  void PutAll(std::vector<file::OwnedTensor> tensors, const std::string& like);

  Draft& draft_;
  const model::Model& m_;
  const model::Description& d_;
  const model::Side side_;
  const std::string prefix_;
  const model::Entities& old_;
  const UpsertSide* items_;
  const MergeOptions& options_;

  std::vector<std::string> keys_;  // that are new, as text
  std::unordered_map<std::string, uint32_t> key_rows_;
  // Touched rows, by number in order of their records; new rows come in the order of their keys.
  std::vector<uint32_t> touched_;                                  // rows
  std::unordered_map<uint32_t, uint32_t> touch_of_;                // by row
  std::vector<std::string> titles_;                                // by touch
  std::vector<model::FeatureColumn> columns_;                      // by input: of the touched
  std::unordered_map<uint32_t, std::vector<uint32_t>> histories_;  // by row: where it changed
  std::vector<bool> moved_;  // by touch: the towers' vector is another
  std::unordered_map<uint32_t, std::vector<float>> given_;  // by touch
  UpsertAttributes attributes_;                             // of items
  std::map<std::string, uint64_t> unknown_;
  SideCounts counts_;
  uint64_t made_ = 0;
  bool titles_changed_ = false, features_changed_ = false, vectors_changed_ = false;
};

}  // namespace duomo::convert
