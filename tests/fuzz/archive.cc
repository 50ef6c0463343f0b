// Fuzz target: zip archives and gzip files, whole and piece by piece.
#include <optional>
#include <string>

#include "core/error.h"
#include "data/bytes.h"
#include "data/zip.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

constexpr uint64_t kLargest = 1 << 20;  // unpacked
constexpr size_t kEntries = 16;

void CheckError(const Error& error) {
  bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
              error.status() == Status::kNotFound;
  if (!fine) fuzz::Die("an archive fails otherwise: ", error.message());
}

// What a source gives in pieces of that size; nothing where it is refused.
template <typename Open>
std::optional<std::string> ReadAll(const Open& open, size_t piece) {
  try {
    auto source = open();
    std::string out, part(piece, '\0');
    while (size_t n = source->Read(part.data(), part.size())) out.append(part, 0, n);
    return out;
  } catch (const Error& error) {
    CheckError(error);
    return std::nullopt;
  }
}

void ReadEntry(const data::Zip& zip, const std::string& name) {
  std::optional<std::string> whole;
  try {
    whole = zip.Read(name, kLargest);
  } catch (const Error& error) {
    CheckError(error);
  }
  for (size_t piece : {size_t{7}, size_t{1} << 16}) {
    auto pieces = ReadAll([&] { return zip.Stream(name, kLargest); }, piece);
    // A stream does not mind bytes behind the packed data, which reading as a whole does.
    if (whole && pieces != whole) fuzz::Die("an entry reads differently piece by piece");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    auto zip = data::Zip::OpenBuffer(std::as_bytes(std::span(data, size)), "fuzz.zip");
    size_t n = std::min(zip.entries().size(), kEntries);
    for (size_t i = 0; i < n; ++i) ReadEntry(zip, zip.entries()[i].name);
  } catch (const Error& error) {
    CheckError(error);
  }
  data::Packing packing;
  packing.max_size = kLargest;
  auto unpack = [&] { return data::Unpack(data::BytesOf(text), packing, "fuzz.gz"); };
  auto small = ReadAll(unpack, 13), large = ReadAll(unpack, 1 << 16);
  if (small != large) fuzz::Die("a gzip file reads differently in other pieces");
  return 0;
}
