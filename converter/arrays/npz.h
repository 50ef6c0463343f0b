// NumPy's formats: one array as .npy, many as .npz (a zip archive of .npy members).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "converter/arrays/arrays.h"
#include "data/zip_writer.h"
#include "file/tensor.h"

namespace duomo::convert {

// The header of a .npy file, version 1.0, for an array in C order. bf16, which NumPy does not
// have, is written as its raw bits, '<u2'.
std::string NpyHeader(file::DType dtype, std::span<const uint64_t> shape);

// The arrays of a .npz archive, deflated or not. Nothing is unpacked to disk: names of members are
// never used as paths. Throws Error(kIo, kCorrupt); kUnsupported for arrays of Python objects,
// which are pickles and never loaded, for structured arrays and for other byte orders.
Arrays OpenNpz(const std::string& path);
// The one array of a .npy file, which bears the file's name without ".npy".
Arrays OpenNpy(const std::string& path);
// The same from memory, which must outlive them.
Arrays NpzOf(std::span<const std::byte> bytes, const std::string& where);
Arrays NpyOf(std::span<const std::byte> bytes, const std::string& where);

// One thread; errors as data::ZipWriter.
class NpzWriter {
 public:
  NpzWriter(const std::string& path, bool compress)
      : zip_(path,
             compress ? data::ZipWriter::Packing::kDeflated : data::ZipWriter::Packing::kStored) {}
  // numpy.load(path)[name] is the array.
  void Add(std::string_view name, file::DType dtype, std::span<const uint64_t> shape,
           std::span<const std::byte> bytes);
  uint64_t Commit() { return zip_.Commit(); }  // the file's size

 private:
  data::ZipWriter zip_;
};

}  // namespace duomo::convert
