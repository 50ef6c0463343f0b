// Baselines as models: fixed vectors of users and items. Private to the baselines.
#pragma once

#include "data/fixed_vectors.h"

namespace duomo::evaluation {

using data::ExportVectors;
using data::FixedVectors;

}  // namespace duomo::evaluation
