// What was read: tables, the role and the values of each column, and what is not read and why.
// `train` and `describe` print it, and trained files contain it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/data_options.h"
#include "data/evidence.h"
#include "data/profile.h"
#include "data/recognise.h"

namespace duomo::cli {

struct UnderstoodColumn {
  std::string name, role;  // "user", "rating", "time", or the kind of a side table's column
  std::string values;      // for people: "610, e.g. 1", "0.5 to 5", "1996-03-29 to 2018-09-24"
};

struct UnderstoodTable {
  std::string where, form;
  uint64_t rows = 0;
  std::vector<UnderstoodColumn> columns;
  std::vector<std::string> notes;  // what is not read, and how to read it; rows left out
};

struct Understood {
  data::Dataset dataset;      // as evidence, where that was asked for
  data::TablesSpec spec;      // every role named, but no file; empty for MovieLens's own formats
  data::TablesReport report;  // empty for those formats
  std::vector<UnderstoodTable> tables;
  data::EvidenceReport evidence;
  // How, where the rows became evidence.
  std::optional<data::EvidenceOptions> evidence_options = {};

  std::vector<std::string> Lines() const;  // for people
  Json ToJson() const;
  // All but the data set and the reports of single rows that were left out. Throws what the JSON
  // library does.
  static Understood FromJson(const Json& json);
};

// Which rows become evidence (data::MakeEvidence), whatever the options say besides.
enum class EvidenceOf {
  kAll,
  kOwnTables,  // not of MovieLens's own formats, nor for ratings where no column has any
  kNone,
};

// Reads the data that the options name. The rows become evidence as `evidence` says, and where the
// options have one of that kind. `goal`: of what will be learned, whatever the options say. Throws
// as the readers and data::MakeEvidence().
Understood Understand(const DataOptions& options, EvidenceOf evidence,
                      std::optional<data::Goal> goal = {});

}  // namespace duomo::cli
