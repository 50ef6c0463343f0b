// The model that a host answers with now: one thread puts a new one in while others ask.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>

#include "capi/arguments.h"
#include "capi/guard.h"

// A get() must not find a model whose last reference goes away between reading the pointer and
// retaining it. So it first announces itself, in the same atomic step that tells it where to look;
// a set() that takes a model away knows from that step how many came before it, and drops the
// slot's reference when as many have said that they hold theirs.
struct duomo_model_slot {
  // A place for a model. There are more than the two that take turns, so that a get() that is
  // suspended in between, or was lost in a fork(), holds up nobody.
  struct Place {
    duomo_model* model = nullptr;
    std::atomic<uint64_t> finished{0};  // gets that hold their reference
    uint64_t announced = 0;             // gets that came, known once the model is taken away
    bool leaving = false;
  };
  static constexpr uint64_t kPlaces = 16, kOne = kPlaces;  // state: announced · kPlaces + place

  ~duomo_model_slot() {
    for (Place& place : places) duomo_model_release(place.model);
  }

  // A place that nobody uses any more.
  Place& Free() {
    for (;;) {
      for (Place& place : places) {
        if (place.leaving && place.finished.load(std::memory_order_acquire) == place.announced) {
          duomo_model_release(place.model);
          place.model = nullptr;
          place.leaving = false;
        }
      }
      for (Place& place : places) {
        if (&place != current && !place.leaving) return place;
      }
      std::this_thread::yield();
    }
  }

  std::atomic<uint64_t> state{0};
  Place places[kPlaces];
  std::mutex setting;
  Place* current = places;  // under `setting`, as all of a place but `finished`
};

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_model_slot_create(duomo_model_slot** out, duomo_model* model,
                                     duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    auto* slot = new duomo_model_slot;
    duomo_model_retain(model);
    slot->places[0].model = model;
    *out = slot;
  });
}

void duomo_model_slot_release(duomo_model_slot* slot) { delete slot; }

duomo_status duomo_model_slot_set(duomo_model_slot* slot, duomo_model* model, duomo_error* error) {
  return Guard(error, [&] {
    duomo_model_slot& s = Need(slot, "slot");
    std::lock_guard lock(s.setting);
    duomo_model_slot::Place& place = s.Free();
    duomo_model_retain(model);
    place.model = model;
    place.finished.store(0, std::memory_order_relaxed);
    const auto index = static_cast<uint64_t>(&place - s.places);
    const uint64_t before = s.state.exchange(index, std::memory_order_acq_rel);
    s.current->announced = before / duomo_model_slot::kPlaces;
    s.current->leaving = true;
    s.current = &place;
    s.Free();  // nearly always at once: the model before goes now and not with the next set
  });
}

duomo_model* duomo_model_slot_get(duomo_model_slot* slot) {
  if (slot == nullptr) return nullptr;
  const uint64_t state = slot->state.fetch_add(duomo_model_slot::kOne, std::memory_order_acquire);
  duomo_model_slot::Place& place = slot->places[state % duomo_model_slot::kPlaces];
  duomo_model* model = place.model;
  duomo_model_retain(model);
  place.finished.fetch_add(1, std::memory_order_release);
  return model;
}
