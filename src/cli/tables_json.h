// How tables are read, as JSON in a model's file. This is the only place that lists all fields of
// data::TablesSpec by name.
#pragma once

#include "data/tables.h"
#include "description/fields.h"

namespace duomo::cli {

// Only what differs from the defaults. Paths, and the name made from them, are not part of it.
description::Json TablesToJson(const data::TablesSpec& spec);

// The fields that `json` has over the defaults. Tolerant, for files outlive programs: what is not
// known, or of another type, is ignored.
data::TablesSpec TablesFromJson(const description::Json& json);

// `wish`, which says what to read and may say how, over what the file says of the rest. Kinds that
// the file states are kept for side tables alone, where there are any: other tables may lack the
// columns.
data::TablesSpec MergeTables(const data::TablesSpec& recorded, const data::TablesSpec& wish);

}  // namespace duomo::cli
