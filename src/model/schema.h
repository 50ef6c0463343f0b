// The description and the report as they come out of a file's header. (The way in is in save.cc.)
#pragma once

#include "model/description.h"
#include "model/model.h"

namespace duomo::fb {
struct Description;
struct Report;
}  // namespace duomo::fb

namespace duomo::model {

// From verified tables; what may be missing there gets its default. The result is not yet
// validated. Work and memory are bounded by the header's size and number of tables. Vocabularies
// come without their values, which are tensors. Throws Error(kCorrupt) on oversized parts.
Description ReadDescription(const fb::Description& table);
Report ReadReport(const fb::Report* table);

}  // namespace duomo::model
