// Every function of duomo.h that works on an opened model, called once or more with arguments made
// from what the model says of itself: for damaged files, fuzzing and failing memory. No GoogleTest.
#pragma once

#include <duomo/duomo.h>

#include <functional>
#include <span>
#include <stdexcept>

namespace duomo::testing {

// How the calls are made. The base makes each once on one context, and holds it to what duomo.h
// says of every call. One thread.
class Caller {
 public:
  using Call = std::function<duomo_status(duomo_context*, duomo_error*)>;

  explicit Caller(duomo_model* model);
  Caller(const Caller&) = delete;
  virtual ~Caller();

  // Makes a call that writes no more than `outputs`. Throws Misbehaviour where it fails in a way
  // that no file excuses, where the error is not that of the status, or where a failure has
  // written.
  virtual duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call);

  duomo_model* model() const { return model_; }

 protected:
  duomo_status Once(const char* name, std::span<std::byte> outputs, duomo_context* context,
                    const Call& call);

 private:
  duomo_model* model_;
  duomo_context* context_ = nullptr;
};

// The library has broken a promise of duomo.h; the text says which.
struct Misbehaviour : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws Misbehaviour, also for predictions that are not finite or outside of the range that the
// model states, for top-k results out of order, and for text that is not UTF-8. What the file
// holds may be anything. Few rows of each kind are used, so that the work stays small.
void ExerciseModel(Caller& caller);

}  // namespace duomo::testing
