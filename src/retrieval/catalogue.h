// One side of a model, its items or its users, prepared for searches. In this folder, "items"
// stands for either side.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "model/planes.h"
#include "retrieval/lists.h"
#include "retrieval/planes.h"
#include "runtime/engine.h"

namespace duomo::retrieval {

// Any thread. The engine must outlive it.
class Catalogue {
 public:
  // Uses the planes of the file. If the file has none, `prepare` makes them quickly (planes.h).
  // They take about a byte for each number of the vectors; for very wide vectors none are made.
  explicit Catalogue(const runtime::Engine& engine, bool prepare = false,
                     model::Side side = model::Side::kItem)
      : engine_(&engine), side_(side), planes_(entities().planes) {
    const model::Rows& vectors = entities().vectors;
    if (prepare && planes_.empty() && vectors.count >= kFewestForPlanes) {
      Use(MakePlanes(vectors, {.quick = true}));
    }
  }
  // The items, with the caller's planes; if these have a count of 0, without planes.
  Catalogue(const runtime::Engine& engine, PlaneTensors planes) : engine_(&engine) {
    Use(std::move(planes));
  }
  Catalogue(const Catalogue&) = delete;
  ~Catalogue() { delete centres_.load(std::memory_order_acquire); }

  const runtime::Engine& engine() const { return *engine_; }
  model::Side side() const { return side_; }
  const model::Entities& entities() const { return engine_->model().side(side_); }
  const model::Planes& planes() const { return planes_; }  // empty: vectors are scanned

  // Made by the first search that needs it: about 0.3 µs a list. Without a lock: after fork(), the
  // child could find it held by a thread that does not exist there. If several threads make it at
  // once, one result is kept.
  const CentreCodes& centres() const {
    const CentreCodes* codes = centres_.load(std::memory_order_acquire);
    if (codes != nullptr) return *codes;
    auto made = std::make_unique<CentreCodes>(EncodeCentres(planes_.lists, planes_.width));
    if (centres_.compare_exchange_strong(codes, made.get(), std::memory_order_acq_rel)) {
      codes = made.release();
    }
    return *codes;
  }

 private:
  void Use(PlaneTensors planes) {
    made_ = std::move(planes);
    planes_ = made_.view();
  }

  const runtime::Engine* engine_;
  const model::Side side_ = model::Side::kItem;
  PlaneTensors made_;
  model::Planes planes_;
  mutable std::atomic<const CentreCodes*> centres_ = nullptr;
};

}  // namespace duomo::retrieval
