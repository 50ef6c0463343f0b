// The peers' finders, and the files in which they keep what takes long to make.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "../request/finder.h"
#include "../request/shop.h"

namespace duomo::bench {

std::unique_ptr<Finder> MakeFlat(const Vectors& vectors, const PeerOptions& options);
std::unique_ptr<Finder> MakeIvf(const Vectors& vectors, const PeerOptions& options);
std::unique_ptr<Finder> MakeHnswlib(const Vectors& vectors, const PeerOptions& options);

struct Piece {
  void* data;
  size_t bytes;
};

inline void Move(const std::string& path, const char* mode, const std::vector<Piece>& pieces) {
  std::FILE* file = std::fopen(path.c_str(), mode);
  if (file == nullptr) Die("cannot open " + path);
  for (const Piece& p : pieces) {
    size_t moved =
        *mode == 'r' ? std::fread(p.data, 1, p.bytes, file) : std::fwrite(p.data, 1, p.bytes, file);
    if (moved != p.bytes) Die(path + " is short; remove it");
  }
  std::fclose(file);
}

inline void Read(const std::string& path, const std::vector<Piece>& pieces) {
  Move(path, "rb", pieces);
}

// The file appears whole.
inline void Written(const std::string& path, const std::vector<Piece>& pieces) {
  Move(path + ".part", "wb", pieces);
  std::filesystem::rename(path + ".part", path);
}

}  // namespace duomo::bench
