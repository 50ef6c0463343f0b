#include "training/pass_order.h"

#include <algorithm>
#include <numeric>

namespace duomo::training {

PassOrder::PassOrder(size_t examples, size_t buffer, size_t chunk)
    : examples_(examples), buffer_(buffer == 0 ? examples : buffer), chunk_(chunk) {}

void PassOrder::Begin(uint64_t seed) {
  seed_ = seed;
  random_.emplace(seed);
  loaded_ = 0;
  if (chunk_ == 0) return;
  chunks_.resize(examples_ / chunk_);
  std::iota(chunks_.begin(), chunks_.end(), 0u);
  random_->Shuffle(std::span(chunks_));
}

// What is left behind the last whole chunk comes last.
uint32_t PassOrder::Example(size_t place) const {
  size_t chunk = chunk_ == 0 ? chunks_.size() : place / chunk_;
  if (chunk >= chunks_.size()) return static_cast<uint32_t>(place);
  return static_cast<uint32_t>(chunks_[chunk] * chunk_ + place % chunk_);
}

void PassOrder::Load(size_t block) {
  if (block + 1 < loaded_) Begin(seed_);
  while (loaded_ <= block) {
    size_t begin = loaded_ * buffer_;
    block_.resize(std::min(buffer_, examples_ - begin));
    for (size_t i = 0; i < block_.size(); ++i) block_[i] = Example(begin + i);
    random_->Shuffle(std::span(block_));
    ++loaded_;
  }
}

std::span<const uint32_t> PassOrder::At(size_t begin, size_t size) {
  size_t block = begin / buffer_, at = begin % buffer_;
  Load(block);
  if (at + size <= block_.size()) return std::span(block_).subspan(at, size);
  straddling_.assign(block_.begin() + static_cast<std::ptrdiff_t>(at), block_.end());
  while (straddling_.size() < size) {
    Load(++block);
    size_t more = std::min(size - straddling_.size(), block_.size());
    straddling_.insert(straddling_.end(), block_.begin(),
                       block_.begin() + static_cast<std::ptrdiff_t>(more));
  }
  return straddling_;
}

}  // namespace duomo::training
