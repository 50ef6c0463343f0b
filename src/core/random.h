// Random numbers whose sequence is part of Duomo's contract: the same seed gives the same model.
// None of the standard library's distributions is used, because their output is not specified.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace duomo {

// xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t Next();
  double Uniform();                // [0, 1), 53 bits
  uint64_t Below(uint64_t bound);  // [0, bound), unbiased; bound > 0
  double Normal();                 // mean 0, standard deviation 1 (polar method)

  template <typename T>
  void Shuffle(std::span<T> values) {  // Fisher–Yates
    for (size_t i = values.size(); i > 1; --i) {
      size_t j = static_cast<size_t>(Below(i));
      T held = values[i - 1];
      values[i - 1] = values[j];
      values[j] = held;
    }
  }

 private:
  std::array<uint64_t, 4> state_;
  double spare_ = 0;
  bool has_spare_ = false;

 public:
  // Everything needed to go on from here, for checkpoints.
  struct State {
    std::array<uint64_t, 4> words;
    double spare;
    bool has_spare;
  };
  State Save() const { return {state_, spare_, has_spare_}; }
  void Restore(const State& s) {
    state_ = s.words;
    spare_ = s.spare;
    has_spare_ = s.has_spare;
  }
};

// Python's random.Random(seed).random() for a non-negative seed below 2^32: MT19937 seeded by
// init_by_array({seed}), 53-bit draws. It is what the reference split of MovieLens is made with.
class PythonRandom {
 public:
  explicit PythonRandom(uint32_t seed);
  double Uniform();

 private:
  uint32_t Next();
  std::array<uint32_t, 624> state_;
  size_t index_ = 624;
};

}  // namespace duomo
