// The id of a string key. Hosts store ids for years, so the id is a function of the key alone and
// never changes.
#pragma once

#include <cstdint>
#include <string_view>

namespace duomo {

// 0 … 2^63-1: the 64-bit FNV-1a hash of the bytes, mixed by fmix64 of MurmurHash3 (FNV hashes of
// keys that differ only in their last characters are close to each other), without its highest bit.
constexpr int64_t IdOfString(std::string_view key) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  hash ^= hash >> 33;
  return static_cast<int64_t>(hash & INT64_MAX);
}

}  // namespace duomo
