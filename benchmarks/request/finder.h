// A peer's index of a catalogue: the best rows for a vector among those that are allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace duomo::bench {

// The item vectors of a file, in its order; they lie in the file.
struct Vectors {
  const float* data = nullptr;
  size_t count = 0, width = 0;
  std::string stamp;  // names this content
};

struct Shop;

// Reads them with Duomo's rooms: what the C ABI gives are copies.
class FileVectors {
 public:
  explicit FileVectors(const Shop& shop);
  ~FileVectors();
  const Vectors& view() const { return view_; }

 private:
  std::shared_ptr<const void> file_;
  Vectors view_;
};

// Where the peers' things lie.
struct PeerOptions {
  std::string onnxruntime;  // its shared library
  std::string folder;       // of indexes that take long to make; networks are in CATALOGUE/ of it
  bool graphs = false;      // make hnswlib's also of many vectors, where it is not there
};

// The rows that are allowed, a bit each.
struct Rows {
  explicit Rows(size_t n) : words((n + 63) / 64) {}
  bool Has(size_t row) const { return (words[row / 64] >> (row % 64) & 1) != 0; }
  void Set(size_t row) { words[row / 64] |= uint64_t{1} << (row % 64); }
  void Clear(size_t row) { words[row / 64] &= ~(uint64_t{1} << (row % 64)); }
  std::vector<uint64_t> words;
};

struct Found {
  int64_t row;
  float score;
};

// Find may be called by several threads at once.
class Finder {
 public:
  virtual ~Finder() = default;
  virtual std::string name() const = 0;
  // Settings from quick to thorough, for k results; an exact search has ways to do the same.
  virtual std::vector<size_t> settings(size_t k) const = 0;
  virtual std::string SettingName() const = 0;  // of the present one
  virtual bool exact() const = 0;
  virtual void Set(size_t setting) = 0;
  // The best k of `allowed` for the vector, best first, into `out`; fewer where it finds no more.
  virtual void Find(const float* vector, const Rows& allowed, size_t k,
                    std::vector<Found>& out) const = 0;
};

// Makes an index, or loads it where it was made before. nullptr: it would take too long to make.
using MakeFinder = std::unique_ptr<Finder> (*)(const Vectors& vectors, const PeerOptions& options);

// One after the other, so that one index at a time is in memory. In peers/; without them none.
std::vector<MakeFinder> Finders();
// Threads that one search of the calling thread may take.
void SetPeerThreads(unsigned threads);

}  // namespace duomo::bench
