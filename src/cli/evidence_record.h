// How rows became evidence, as a file that was trained records it.
#pragma once

#include "cli/command.h"
#include "data/evidence.h"

namespace duomo::cli {

// With what was found out ("values") and what was carried out ("repeats"), so that the same rows
// come out of the same data again.
Json EvidenceToJson(const data::EvidenceOptions& options, const data::EvidenceReport& report);
// Absent and unknown fields keep what stands in `otherwise`.
data::EvidenceOptions EvidenceFromJson(const Json& json, data::EvidenceOptions otherwise = {});

}  // namespace duomo::cli
