#include "file/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "core/error.h"
#include "core/narrow.h"

namespace duomo::file {
namespace {

struct Stream {
  z_stream z{};
  Stream() {
    if (::inflateInit(&z) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { ::inflateEnd(&z); }
};

// zlib counts in unsigned int; larger segments go through in pieces.
uInt Piece(uint64_t left) { return static_cast<uInt>(std::min<uint64_t>(left, 1u << 30)); }

}  // namespace

AlignedVector<std::byte> Inflate(std::string_view name, std::span<const std::byte> stored,
                                 uint64_t size) {
  AlignedVector<std::byte> out(ToSize(size));
  Stream stream;
  uint64_t read = 0, written = 0;
  Bytef none = 0;
  for (int code = Z_OK; code != Z_STREAM_END;) {
    uInt in = Piece(stored.size() - read), room = Piece(size - written);
    stream.z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stored.data() + read));
    stream.z.avail_in = in;
    stream.z.next_out = room > 0 ? reinterpret_cast<Bytef*>(out.data() + written) : &none;
    stream.z.avail_out = room;
    code = ::inflate(&stream.z, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    uInt took = in - stream.z.avail_in, made = room - stream.z.avail_out;
    read += took;
    written += made;
    bool stuck = code == Z_OK && took == 0 && made == 0;
    if ((code != Z_OK && code != Z_STREAM_END) || stuck) {
      Fail(Status::kCorrupt, "segment \"", name, "\": its compressed data are damaged after ",
           written, " of ", size, " bytes");
    }
  }
  if (written != size || read != stored.size()) {
    Fail(Status::kCorrupt, "segment \"", name, "\": inflates to ", written, " bytes from ", read,
         ", and should to ", size, " from ", stored.size());
  }
  return out;
}

}  // namespace duomo::file
