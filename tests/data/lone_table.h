#pragma once

#include <string>

#include "data/tables.h"
#include "data/zip_builder.h"

namespace duomo::data {

// One table of interactions, and what is said of it.
struct Alone {
  TablesSpec spec;
  TablesReport report;
  Dataset Read(const std::string& text) {
    report = {};
    return ReadTables(spec, {BytesOf(text), "i.csv"}, {}, {}, &report);
  }
};

}  // namespace duomo::data
