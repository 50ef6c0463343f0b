// Everything that can be learned from a data set, behind one door: networks, factorisations and
// what needs no learning.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "data/dataset.h"
#include "data/split.h"
#include "description/json.h"
#include "model/model.h"

namespace duomo::selection {

// Asked now and then, with the share of the work that is done; true ends the learning early with
// what has been learned so far.
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
  // The same with less work, so that all of it fits into so many seconds; nullptr: it does as it
  // is, or nothing is known of that, and it would be as good as its last step when stopped.
  virtual std::unique_ptr<Learner> Within(double /*seconds*/, const data::Dataset&,
                                          const data::Split& /*split*/) const {
    return nullptr;
  }
  // What it would do, for people and programs: {"dim": 64, …}, or {"model": …, "training": …},
  // which can be trained by itself.
  virtual description::Json Settings() const = 0;
};

}  // namespace duomo::selection
