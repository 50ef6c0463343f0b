#include "evaluation/baselines/baseline.h"

#include "core/error.h"

namespace duomo::evaluation {

model::Contents Baseline::Export(const data::Dataset&) const {
  Fail(Status::kUnsupported, "the baseline \"", name(), "\" cannot be exported: ", ExportNote());
}

}  // namespace duomo::evaluation
