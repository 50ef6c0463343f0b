// Tar archives: read in place, without extracting anything; written member by member.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_io.h"
#include "data/deflater.h"

namespace duomo::convert {

struct TarMember {
  std::string name;  // without a leading "./"
  std::span<const std::byte> bytes;
};

// The regular files of an archive (v7, ustar, GNU and pax headers), views of `bytes`; folders are
// left out. `where` names the archive. Throws Error: kCorrupt for a damaged or truncated archive;
// kUnsupported for links, devices and sparse files, names that lead out of the archive ("../x",
// "/x") or stand twice, and more than 100,000 members.
std::vector<TarMember> ReadTar(std::span<const std::byte> bytes, const std::string& where);

// An archive in the ustar format, as a whole or not at all, without dates or owners. One thread;
// throws Error(kIo).
class TarStream {
 public:
  TarStream(const std::string& path, bool gzip);
  ~TarStream();

  // Begins a member; exactly `size` bytes follow by Write(). Names have at most 100 bytes.
  void Begin(std::string_view name, uint64_t size);
  void Write(std::span<const std::byte> bytes);
  void Write(std::string_view text) { Write(std::as_bytes(std::span(text.data(), text.size()))); }

  uint64_t Commit();  // ends the archive and puts it in place; returns its size

 private:
  void Put(std::span<const std::byte> bytes);
  void Pad(size_t unit);

  AtomicFile file_;
  std::unique_ptr<data::Deflater> deflater_;  // none: no gzip
  uint64_t total_ = 0;                        // bytes of the archive, before gzip
};

}  // namespace duomo::convert
