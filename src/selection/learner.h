// The interface of everything that can be trained on a data set: networks, factorisations, and
// baselines without training.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "data/dataset.h"
#include "data/split.h"
#include "description/json.h"
#include "model/model.h"

namespace duomo::selection {

// Called from time to time with the share of the work that is done; true ends training early, with
// the result so far.
using Stop = std::function<bool(double share)>;

struct Learned {
  model::Contents contents;    // complete but for the report
  description::Json settings;  // for the report
  bool stopped = false;        // before it was done
};

// Immutable; one thread at a time.
class Learner {
 public:
  virtual ~Learner() = default;
  virtual std::string name() const = 0;  // "als, 64 wide": short, for tables
  virtual bool predicts_ratings() const = 0;

  // From the training rows alone. `history`: who has taken what in those rows goes into the file.
  virtual Learned Learn(const data::Dataset& dataset, const data::Split& split, bool history,
                        const Stop& stop) const = 0;
  // The same with less work, where `share` of it was enough before a stop.
  virtual std::unique_ptr<Learner> Shortened(double share) const = 0;
  // The same with less work, so that it ends within so many seconds. nullptr: it already does, or
  // the time is unknown and stopping it early does no harm.
  virtual std::unique_ptr<Learner> Within(double /*seconds*/, const data::Dataset&,
                                          const data::Split& /*split*/) const {
    return nullptr;
  }
  // What it would do, for people and programs: {"dim": 64, …}, or {"model": …, "training": …},
  // which can be trained by itself.
  virtual description::Json Settings() const = 0;
};

}  // namespace duomo::selection
