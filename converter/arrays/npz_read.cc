// Reads .npy and .npz, by NumPy's description of the format (numpy.lib.format).
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/npz.h"
#include "converter/output.h"
#include "core/error.h"
#include "data/zip.h"

namespace duomo::convert {
namespace {

constexpr size_t kLargestHeader = 1 << 16, kMostMembers = 100'000, kMostAxes = 32;
constexpr std::string_view kMagic = "\x93NUMPY";

struct Type {
  std::string_view descr;  // without the byte order
  Number number;
};
constexpr Type kTypes[] = {
    {"f2", Number::kF16}, {"f4", Number::kF32}, {"f8", Number::kF64}, {"i1", Number::kI8},
    {"u1", Number::kU8},  {"i2", Number::kI16}, {"u2", Number::kU16}, {"i4", Number::kI32},
    {"u4", Number::kU32}, {"i8", Number::kI64}, {"u8", Number::kU64},
};

// The header's dictionary: a Python literal with the keys descr, fortran_order and shape.
class HeaderText {
 public:
  HeaderText(std::string_view text, const std::string& where) : rest_(text), where_(where) {}

  void Into(Array& array) {
    bool descr = false, order = false, shape = false;
    Expect('{');
    while (!Take('}')) {
      std::string_view key = Quoted();
      Expect(':');
      bool& seen = key == "descr" ? descr : key == "fortran_order" ? order : shape;
      if (seen) FailBad();
      seen = true;
      if (key == "descr") {
        Descr(array);
      } else if (key == "fortran_order") {
        array.column_major = Truth();
      } else if (key == "shape") {
        Shape(array);
      } else {
        FailBad();
      }
      if (!Take(',')) {
        Expect('}');
        break;
      }
    }
    Blank();
    if (!rest_.empty() || !descr || !order || !shape) FailBad();
  }

 private:
  [[noreturn]] void FailBad() const {
    Fail(Status::kCorrupt, where_, ": the header of the array is damaged");
  }
  void Blank() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool Take(char c) {
    Blank();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) FailBad();
  }
  std::string_view Quoted() {
    Blank();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) FailBad();
    size_t end = rest_.find(rest_[0], 1);
    if (end == rest_.npos) FailBad();
    std::string_view out = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return out;
  }
  bool Truth() {
    Blank();
    for (std::string_view word : {"True", "False"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return word == "True";
    }
    FailBad();
  }

  void Descr(Array& array) {
    Blank();
    if (rest_.starts_with('[')) {
      Fail(Status::kUnsupported, where_, " is a structured array; only plain numbers are read");
    }
    std::string_view descr = Quoted();
    array.type = descr;
    if (descr.find('O') != descr.npos) {
      Fail(Status::kUnsupported, where_,
           " is an array of Python objects: a pickle, which can run any program and is never "
           "loaded; save an array of numbers");
    }
    if (descr.starts_with('>')) {
      Fail(Status::kUnsupported, where_,
           " is big-endian; save a.astype(a.dtype.newbyteorder('<')) instead of a");
    }
    if (!descr.empty() && std::string_view("<|=").find(descr[0]) != std::string_view::npos) {
      descr.remove_prefix(1);
    }
    auto type = std::ranges::find(kTypes, descr, &Type::descr);
    if (type != std::end(kTypes)) array.number = type->number;
  }

  void Shape(Array& array) {
    Expect('(');
    while (!Take(')')) {
      Blank();
      uint64_t n = 0;
      auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
      if (error != std::errc() || array.shape.size() == kMostAxes) FailBad();
      rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
      array.shape.push_back(n);
      if (!Take(',')) {
        Expect(')');
        break;
      }
    }
  }

  std::string_view rest_;
  const std::string& where_;
};

// Reads the beginning of a .npy of `size` bytes; `head` are its first bytes, all that a header may
// have. Returns where the numbers begin.
size_t ReadNpyHeader(std::string_view head, uint64_t size, const std::string& where, Array& array) {
  RefuseOtherFiles(head.substr(0, 16), where, "an array of numbers");
  auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(head[i])); };
  if (head.size() < 12 || !head.starts_with(kMagic)) {
    Fail(Status::kCorrupt, where, " is no .npy array, or is cut off");
  }
  size_t version = byte(6), begin = version == 1 ? 10 : 12;
  if (version < 1 || version > 3) {
    Fail(Status::kUnsupported, where, ": version ", version, " of .npy is not known");
  }
  size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > head.size() - begin) {
    Fail(length > kLargestHeader ? Status::kUnsupported : Status::kCorrupt, where,
         ": the header of the array is cut off or longer than ", kLargestHeader, " bytes");
  }
  HeaderText(head.substr(begin, length), where).Into(array);
  begin += length;
  const size_t element = SizeOf(array.number);
  if (element == 0) return begin;  // refused where it is read; its size is not known
  auto bytes = BytesOfShape(array.shape, element);
  if (!bytes || *bytes != size - begin) {
    Fail(Status::kCorrupt, where, " has ", size - begin, " bytes for ",
         bytes ? StrCat(ShapeText(array.shape), " numbers of ", element) : "an absurd shape");
  }
  return begin;
}

// Everything behind the first `begin` bytes of a member, in pieces of whole numbers.
void Inflate(const data::Zip& zip, const data::Zip::Entry& entry, size_t begin, size_t element,
             const Array::Sink& sink) {
  auto source = zip.Stream(entry, UINT64_MAX);
  std::vector<char> piece(kArrayPiece);
  size_t have = 0, skip = begin;
  auto give = [&](size_t size) {
    size_t dropped = std::min(skip, size);
    skip -= dropped;
    if (size > dropped) sink(std::as_bytes(std::span(piece).subspan(dropped, size - dropped)));
  };
  while (size_t n = source->Read(piece.data() + have, piece.size() - have)) {
    have += n;
    // Numbers begin at `begin`, so whole ones end at begin + k · element.
    size_t usable = skip > 0 ? (have > skip ? skip + (have - skip) / element * element : 0)
                             : have / element * element;
    if (usable == 0 && have < piece.size()) continue;
    give(usable);
    std::copy(piece.begin() + static_cast<ptrdiff_t>(usable),
              piece.begin() + static_cast<ptrdiff_t>(have), piece.begin());
    have -= usable;
  }
  give(have);
}

Arrays ReadNpz(std::shared_ptr<const data::Zip> zip) {
  Arrays out;
  out.where = zip->name();
  if (zip->entries().size() > kMostMembers) {
    Fail(Status::kUnsupported, out.where, " has more than ", kMostMembers, " members");
  }
  std::set<std::string_view> seen;
  for (const data::Zip::Entry& entry : zip->entries()) {
    std::string where = StrCat(out.where, ": ", QuotedName(entry.name));
    if (entry.name.ends_with("/data.pkl") || entry.name == "data.pkl") {
      Fail(Status::kUnsupported, out.where,
           " is what torch.save writes: a pickle, which can run any program and is never loaded; "
           "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")");
    }
    if (entry.name.ends_with(".weights.h5")) {
      Fail(Status::kUnsupported, out.where, " is a Keras archive of HDF5; save the tensors with ",
           "numpy.savez as `import keras --help` says");
    }
    if (!entry.name.ends_with(".npy")) {
      Fail(Status::kUnsupported, where, " is no .npy array");
    }
    if (!seen.insert(entry.name).second) Fail(Status::kCorrupt, where, " stands there twice");
    Array array;
    array.name = entry.name.substr(0, entry.name.size() - 4);
    if (auto stored = zip->Stored(entry)) {
      size_t begin =
          ReadNpyHeader(stored->substr(0, kLargestHeader + 12), stored->size(), where, array);
      auto read = ReadInPlace(std::as_bytes(std::span(stored->substr(begin))), [zip](auto part) {
        zip->DropPages({reinterpret_cast<const char*>(part.data()), part.size()});
      });
      array.read = [=, &entry, head = stored->substr(0, begin)](const Array::Sink& sink) {
        auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(head.data()), head.size());
        read([&](std::span<const std::byte> piece) {
          crc = crc32_z(crc, reinterpret_cast<const Bytef*>(piece.data()), piece.size());
          sink(piece);
        });
        if (crc != entry.crc32) Fail(Status::kCorrupt, where, ": wrong checksum");
      };
    } else {
      std::string head(std::min<uint64_t>(kLargestHeader + 12, entry.size), '\0');
      auto source = zip->Stream(entry, UINT64_MAX);
      size_t have = 0;
      while (size_t n = have < head.size() ? source->Read(&head[have], head.size() - have) : 0) {
        have += n;
      }
      head.resize(have);
      size_t begin = ReadNpyHeader(head, entry.size, where, array);
      size_t element = std::max<size_t>(SizeOf(array.number), 1);
      array.read = [=, &entry](const Array::Sink& sink) {
        Inflate(*zip, entry, begin, element, sink);
      };
    }
    out.list.push_back(std::move(array));
  }
  out.file = std::move(zip);
  return out;
}

Arrays ReadNpy(std::span<const std::byte> bytes, const std::string& where, const Drop& drop) {
  Arrays out;
  out.where = where;
  Array array;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t begin = ReadNpyHeader(text.substr(0, kLargestHeader + 12), text.size(), where, array);
  array.name = std::filesystem::path(where).stem().string();
  array.read = ReadInPlace(bytes.subspan(begin), drop);
  out.list.push_back(std::move(array));
  return out;
}

}  // namespace

Arrays OpenNpz(const std::string& path) {
  return ReadNpz(std::make_shared<data::Zip>(data::Zip::Open(path)));
}

Arrays NpzOf(std::span<const std::byte> bytes, const std::string& where) {
  return ReadNpz(std::make_shared<data::Zip>(data::Zip::OpenBuffer(bytes, where)));
}

Arrays OpenNpy(const std::string& path) {
  auto file = std::make_shared<FileBytes>(FileBytes::Map(path));
  Arrays out =
      ReadNpy(file->bytes(), path, [file = file.get()](auto part) { file->DropPages(part); });
  out.file = std::move(file);
  return out;
}

Arrays NpyOf(std::span<const std::byte> bytes, const std::string& where) {
  return ReadNpy(bytes, where, {});
}

}  // namespace duomo::convert
