// Asks whether to stop, with the share of a learner's passes that are done.
#pragma once

#include <cstdint>

#include "selection/learner.h"
#include "training/trainer.h"

namespace duomo::selection {

class PassWatch : public training::Observer {
 public:
  // `stop` must outlive this.
  PassWatch(const Stop& stop, uint32_t passes) : stop_(stop), passes_(passes) {}
  void OnPass(const training::PassEvent&) override { ++done_; }
  bool ShouldStop() override { return stop_(static_cast<double>(done_) / passes_); }

 private:
  const Stop& stop_;
  uint32_t passes_, done_ = 0;
};

}  // namespace duomo::selection
