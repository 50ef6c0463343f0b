// New events of users, from a log that only grows, as `merge --history` takes it.
#pragma once

#include "converter/merge/upsert.h"

namespace duomo::convert {

class UpsertSide;

// A table of a user, an item and, where it has one, a time a row; columns by the names that `train`
// knows. Puts the items behind the users' histories: by time, rows of one time in the order of the
// file; without times in that order. Rows of users or items that are unknown are left out and
// counted. Throws Error as data::OpenTable(), kInvalidArgument for missing columns and times that
// cannot be told apart.
EventCounts ReadEvents(TableInput input, UpsertSide& users, const UpsertSide& items,
                       bool skip_bad_lines);

}  // namespace duomo::convert
