// A recommender that is not trained by gradient: what trained models have to beat. Some can be
// written as a model file. Depends on model (the description alone, never the runtime) and data.
#pragma once

#include <string>

#include "data/dataset.h"
#include "evaluation/recommender.h"
#include "model/model.h"

namespace duomo::evaluation {

// Baselines are built from training rows alone, are immutable and can be used by any thread.
class Baseline : public Recommender {
 public:
  // Whether two towers can say the same, and why or why not in one sentence for people.
  virtual bool Exportable() const { return false; }
  virtual std::string ExportNote() const = 0;

  // What was cut to keep within bounds of memory and time, a phrase for people; empty: nothing.
  virtual std::string Note() const { return ""; }

  // Everything for a .duomo file that ranks as Score() does, for the data set that this was built
  // from. Throws Error(kUnsupported) with the note where not Exportable(), and
  // Error(kInvalidArgument) when the data set has other numbers of users or items.
  virtual model::Contents Export(const data::Dataset& dataset) const;
};

}  // namespace duomo::evaluation
