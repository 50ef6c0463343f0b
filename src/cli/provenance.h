// What a file stores about its training rows, and whether test rows are among them. A metric on
// training rows is too good, and the number itself does not show it.
//
// The record is the object "data" in the settings of a model's report (JSON):
//   {"version": 1,
//    "users": n, "items": n,                 of the data set, after --user-range
//    "rows":  {"all": F, "train": F, "test": F},   F: {"count": n, "fingerprint": "16 hex digits"}
//    "latest": 1589155200,                   time of the latest training row, where all have one
//    "split": "ratio:0.1", "seed": 0,
//    "mapping": {…},                         how tables of one's own were read (tables_json.h)
//    "evidence": {…},                        how their rows became evidence (evidence_record.h)
//    "sketch": {"bits": n, "rows": "base64"}}     entries of data/fingerprint.h, 4 bytes each,
//                                                 little-endian, ascending
// No path, host or time of day is in it. Unknown fields are ignored, and a record of another
// version counts as none.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/fingerprint.h"
#include "data/split.h"
#include "data/tables.h"
#include "description/fields.h"
#include "model/model.h"

namespace duomo::cli {

// What a record is made of. `tables`: nullptr for data that are known by their files.
struct TrainedOn {
  const data::Dataset& dataset;
  const data::Split& split;
  uint64_t seed = 0;
  const data::TablesSpec* tables = nullptr;
  description::Json evidence =
      {};  // how rows became evidence (evidence_record.h); null: they did not
};
description::Json RecordJson(const TrainedOn& trained);

// What a file says of the file that it went on from: {"file": …, "fingerprint": …, "first": {…}},
// the last being FirstTrainingOf(from).
description::Json FromJson(const model::Model& from, const std::string& file);

// How long and how fast the training from nothing was that a file comes from, however often it has
// gone on since; nothing where it does not say.
struct FirstTraining {
  std::optional<uint64_t> passes;
  std::optional<double> learning_rate;
};
FirstTraining FirstTrainingOf(const model::Model& model);

// The settings in a model's report; an empty object where there are none.
description::Json SettingsOf(const model::Model& model);

struct Record {
  data::Fingerprint all, train, test;
  std::optional<int64_t> latest;
  std::string split;
  uint64_t seed = 0;
  std::optional<data::TablesSpec> tables;
  data::Sketch sketch;
};
// Nothing for files of older versions and from elsewhere.
std::optional<Record> ReadRecord(const model::Model& model);

// A model and what its file is called in messages.
struct TrainedFile {
  const model::Model* model;
  std::string name;
};

// Which share of test rows a model was trained on.
struct TrainedRows {
  enum class How {
    kUnknown,  // the file has no record, or the sketch tells nothing about so few rows
    kSame,     // the training rows are those of the file, so the test rows are not
    kExact,    // the file's own split of the same rows was made again, and counted
    kSketch,   // estimated
  };
  How how = How::kUnknown;
  bool recorded = false;  // the file has a record
  double share = 0;
  bool clear = false;  // trained on, beyond doubt
};
// `remake`: makes the split that the record names of the same data set; empty: it cannot.
TrainedRows CheckTestRows(const std::optional<Record>& record, const data::Dataset& dataset,
                          const data::Split& split,
                          const std::function<std::optional<data::Split>(const Record&)>& remake);

// {"checked": true, "how": "sketch", "share": 0.9}, or {"checked": false}.
description::Json ToJson(const TrainedRows& rows);

// Why the test rows cannot be used, what they were and what to do instead; for `clear` ones.
std::string Refusal(const TrainedFile& file, const std::optional<Record>& record,
                    const TrainedRows& rows, const std::string& split);
// What to know where the rows are used all the same, or could not be checked; empty: nothing.
std::string Remark(const TrainedFile& file, const TrainedRows& rows);

}  // namespace duomo::cli
