// Reads the description and the report from a file's header. (save.cc writes them.)
#pragma once

#include "model/description.h"
#include "model/model.h"

namespace duomo::fb {
struct Description;
struct Report;
}  // namespace duomo::fb

namespace duomo::model {

// Reads verified tables; optional fields that are missing get their defaults. The result is not yet
// validated. Work and memory are bounded by the header's size and number of tables. Vocabularies
// come without their values, which are tensors. Throws Error(kCorrupt) on oversized parts.
Description ReadDescription(const fb::Description& table);
Report ReadReport(const fb::Report* table);

}  // namespace duomo::model
