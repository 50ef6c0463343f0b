// Part of duomo.hpp: the model in use. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_SLOT_HPP_
#define DUOMO_CPP_SLOT_HPP_

#include <duomo/cpp/model.hpp>
#include <optional>
#include <utility>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

// Holds the model that a host currently answers with. Set() and Get() may be called on any number
// of threads at once; Get() never waits.
class ModelSlot {
 public:
  static Outcome<ModelSlot> Create(const Model& model) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model_slot* slot = nullptr;
    return internal::Finish(duomo_model_slot_create(&slot, model.get(), &error), error,
                            [&] { return ModelSlot(slot); });
  }

  ModelSlot(ModelSlot&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  ModelSlot& operator=(ModelSlot&& other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~ModelSlot() { duomo_model_slot_release(slot_); }

  Outcome<void> Set(const Model& model) {
    duomo_error error = DUOMO_ERROR_INIT;
    return internal::Finish(duomo_model_slot_set(slot_, model.get(), &error), error);
  }

  // The current model.
  Model Get() const { return Model::Adopt(duomo_model_slot_get(slot_)); }

  duomo_model_slot* get() const { return slot_; }

 private:
  explicit ModelSlot(duomo_model_slot* slot) : slot_(slot) {}
  duomo_model_slot* slot_;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_SLOT_HPP_
