#include "data/fingerprint.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

namespace duomo::data {
namespace {

// Files keep what these say: they must never change.
uint64_t Mix(uint64_t x) {  // the finalizer of splitmix64 (Steele, Lea and Flood 2014)
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

uint64_t HashOf(std::string_view text) {  // FNV-1a, 64 bits, then mixed
  uint64_t hash = 0xCBF29CE484222325;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  return Mix(hash);
}

std::vector<uint64_t> HashesOf(const EntityTable& table) {
  std::vector<uint64_t> out;
  out.reserve(table.size());
  for (const std::string& key : table.keys) out.push_back(HashOf(key));
  if (!table.keys.empty()) return out;
  for (int64_t id : table.ids) {
    char text[24];
    char* end = std::to_chars(text, text + sizeof(text), id).ptr;
    out.push_back(HashOf({text, static_cast<size_t>(end - text)}));
  }
  return out;
}

constexpr uint32_t kPairBits = 24, kTimeBits = 8, kMostBits = 40;

uint32_t EntryOf(uint64_t pair, uint8_t time, uint32_t bits) {
  auto next = static_cast<uint32_t>(pair << bits >> (64 - kPairBits));
  return next << kTimeBits | time;
}

bool InSample(uint64_t pair, uint32_t bits) {
  return std::countl_zero(pair) >= static_cast<int>(bits);
}

uint64_t RowHash(const Interactions& in, const RowHashes& hashes, uint32_t row) {
  uint64_t time =
      row < in.timestamps.size() ? static_cast<uint64_t>(in.timestamps[row]) : uint64_t{0};
  return Mix(hashes.Pair(row) ^ Mix(time));
}

}  // namespace

RowHashes::RowHashes(const Dataset& dataset)
    : rows_(&dataset.interactions),
      users_(HashesOf(dataset.users)),
      items_(HashesOf(dataset.items)) {}

uint64_t RowHashes::Pair(uint32_t row) const {
  return Mix(users_[rows_->users[row]] + Mix(items_[rows_->items[row]]));
}

uint8_t RowHashes::Time(uint32_t row) const {
  if (row >= rows_->timestamps.size() || rows_->timestamps[row] == 0) return 0;
  return static_cast<uint8_t>(1 + Mix(static_cast<uint64_t>(rows_->timestamps[row])) % 255);
}

Fingerprint FingerprintOf(const Dataset& dataset, const RowHashes& hashes) {
  Fingerprint out{dataset.interactions.size(), 0};
  for (uint32_t row = 0; row < out.rows; ++row) {
    out.sum += RowHash(dataset.interactions, hashes, row);
  }
  return out;
}

Fingerprint FingerprintOf(const Dataset& dataset, const RowHashes& hashes,
                          std::span<const uint32_t> rows) {
  Fingerprint out{rows.size(), 0};
  for (uint32_t row : rows) out.sum += RowHash(dataset.interactions, hashes, row);
  return out;
}

std::optional<std::vector<uint32_t>> RowsAfter(const Dataset& dataset, const RowHashes& hashes,
                                               std::span<const uint32_t> rows,
                                               const Fingerprint& known) {
  if (rows.size() < known.rows) return std::nullopt;
  std::vector<uint32_t> order(rows.begin(), rows.end());
  auto first = [&] { return FingerprintOf(dataset, hashes, std::span(order).first(known.rows)); };
  if (first() != known) {
    const auto& times = dataset.interactions.timestamps;
    if (times.size() != dataset.interactions.size()) return std::nullopt;
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return times[a] < times[b]; });
    if (first() != known) return std::nullopt;
  }
  order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(known.rows));
  std::sort(order.begin(), order.end());
  return order;
}

Sketch MakeSketch(const RowHashes& hashes, std::span<const uint32_t> rows) {
  struct Sampled {
    uint64_t pair;
    uint8_t time;
    auto operator<=>(const Sampled&) const = default;
  };
  Sketch out;
  std::vector<Sampled> sample;
  // With more distinct entries than there may be, the final bits are more for certain: so memory
  // stays small, and the result does not depend on the order of rows.
  auto shrink = [&] {
    std::sort(sample.begin(), sample.end());
    sample.erase(std::unique(sample.begin(), sample.end()), sample.end());
    while (sample.size() > Sketch::kMostEntries && out.bits < kMostBits) {
      ++out.bits;
      std::erase_if(sample, [&](const Sampled& s) { return !InSample(s.pair, out.bits); });
    }
  };
  for (uint32_t row : rows) {
    uint64_t pair = hashes.Pair(row);
    if (!InSample(pair, out.bits)) continue;
    sample.push_back({pair, hashes.Time(row)});
    if (sample.size() > 4 * Sketch::kMostEntries) shrink();
  }
  shrink();
  for (const Sampled& s : sample) out.entries.push_back(EntryOf(s.pair, s.time, out.bits));
  std::sort(out.entries.begin(), out.entries.end());
  return out;
}

bool Overlap::Clear() const {
  double least = by_chance + 4 * std::sqrt(by_chance);
  return found >= 2 && static_cast<double>(found) > least && share() >= 0.01;
}

Overlap OverlapOf(const Sketch& sketch, const RowHashes& hashes, std::span<const uint32_t> rows) {
  Overlap out;
  for (uint32_t row : rows) {
    uint64_t pair = hashes.Pair(row);
    if (!InSample(pair, sketch.bits)) continue;
    ++out.looked_up;
    uint8_t time = hashes.Time(row);
    uint32_t first = EntryOf(pair, 0, sketch.bits), last = EntryOf(pair, 255, sketch.bits);
    auto at = std::lower_bound(sketch.entries.begin(), sketch.entries.end(), first);
    for (; at != sketch.entries.end() && *at <= last; ++at) {
      auto entry = static_cast<uint8_t>(*at & 0xFF);
      if (entry != time && entry != 0 && time != 0) continue;
      ++out.found;
      break;
    }
  }
  constexpr double kPlaces = 1 << kPairBits;
  out.by_chance =
      static_cast<double>(out.looked_up) * static_cast<double>(sketch.entries.size()) / kPlaces;
  return out;
}

}  // namespace duomo::data
