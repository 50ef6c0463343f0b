// Vectors and keys from foreign files.
#include <algorithm>
#include <cstring>
#include <filesystem>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/vectors.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "converter/tables/key_list.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

constexpr uint64_t kLargestWidth = kLargestVectorWidth;
constexpr const char* kWanted = "vectors as .npy, .npz, .safetensors, .fvecs or text";

// What text was read into, beside the output and removed at the end.
struct Spool {
  Spool(const std::string& output, const std::string& part)
      : staged(output, part), stream(std::fopen(staged.path().c_str(), "wbx")) {
    if (stream == nullptr) Fail(Status::kIo, "cannot create a file beside ", output);
  }
  ~Spool() {
    if (stream != nullptr) std::fclose(stream);
  }
  void Write(std::span<const float> values) {
    good &= std::fwrite(values.data(), sizeof(float), values.size(), stream) == values.size();
  }
  void Finish(const std::string& output) {
    good &= std::fclose(std::exchange(stream, nullptr)) == 0;
    if (!good) Fail(Status::kIo, "cannot write beside ", output, ": is the disk full?");
    file = FileBytes::Map(staged.path());
  }

  Staged staged;
  std::FILE* stream;
  bool good = true;
  FileBytes file;
};

VectorFile ReadText(const std::string& path, const std::string& output, bool skip_bad_lines) {
  // One name for each table, because both are there at once.
  static int number = 0;
  auto spool = std::make_shared<Spool>(output, StrCat("vectors", number++));
  VectorFile out;
  TextVectors text = ReadVectorText(data::OpenBytes(path), path, skip_bad_lines, out.keys,
                                    [&](std::span<const float> values) {
                                      spool->Write(values);
                                      console::Interruptible::Check();
                                    });
  out.skipped = text.skipped;
  spool->Finish(output);
  Array array{.name = path, .number = Number::kF32, .type = "text"};
  array.shape = {out.keys.size(), text.width};
  array.read =
      ReadInPlace(spool->file.bytes(), [s = spool.get()](auto part) { s->file.DropPages(part); });
  out.arrays.where = path;
  out.arrays.list.push_back(std::move(array));
  out.arrays.file = std::move(spool);
  return out;
}

std::string Head(const std::string& path, size_t size) {
  FileBytes file = FileBytes::Map(path);
  return {reinterpret_cast<const char*>(file.bytes().data()), std::min(size, file.bytes().size())};
}

bool IsArrayFile(std::string_view head) {
  // Of safetensors: a length below 2^32, then a JSON object.
  return head.starts_with("PK") || head.starts_with("\x93NUMPY") ||
         (head.size() > 8 && head.substr(4, 4) == std::string_view("\0\0\0\0", 4) &&
          head[8] == '{');
}

// "FILE/ARRAY": the longest part that is a file, and the rest.
std::pair<std::string, std::string> SplitPath(const std::string& path) {
  std::error_code error;
  for (size_t end = path.size(); end != path.npos && end > 0; end = path.rfind('/', end - 1)) {
    if (std::filesystem::is_regular_file(path.substr(0, end), error)) {
      return {path.substr(0, end), end < path.size() ? path.substr(end + 1) : ""};
    }
  }
  return {path, ""};
}

}  // namespace

Arrays FvecsOf(std::span<const std::byte> bytes, const std::string& where, Drop drop) {
  auto width_at = [bytes](uint64_t at) {
    uint32_t width;
    std::memcpy(&width, bytes.data() + at, sizeof(width));
    return width;
  };
  uint32_t width = bytes.size() < 4 ? 0 : width_at(0);
  const uint64_t row = 4 + 4 * uint64_t{width};
  if (width == 0 || width > kLargestWidth || bytes.size() % row != 0) {
    Fail(Status::kCorrupt, where, ": ", bytes.size(), " bytes are no .fvecs: rows of a 32-bit ",
         "width, the same for all, and so many floats");
  }
  Array array{.name = std::filesystem::path(where).stem().string(),
              .number = Number::kF32,
              .type = "fvecs"};
  array.shape = {bytes.size() / row, width};
  array.read = [=, drop = std::move(drop)](const Array::Sink& sink) {
    std::vector<std::byte> block;
    for (uint64_t at = 0; at < bytes.size(); at += row) {
      if (width_at(at) != width) {
        Fail(Status::kCorrupt, where, ": row ", at / row, " has the width ", width_at(at),
             ", and the first ", width);
      }
      auto values = bytes.subspan(at + 4, row - 4);
      block.insert(block.end(), values.begin(), values.end());
      if (block.size() < kArrayPiece && at + row < bytes.size()) continue;
      sink(block);
      uint64_t taken = block.size() / (row - 4) * row;
      if (drop) drop(bytes.subspan(at + row - taken, taken));
      block.clear();
    }
  };
  Arrays out;
  out.where = where;
  out.list.push_back(std::move(array));
  return out;
}

void SelectVectors(Arrays& arrays, std::string_view name) {
  std::string all;
  const Array* found = nullptr;
  size_t fitting = 0;
  for (const Array& a : arrays.list) {
    bool fits = name.empty() ? a.shape.size() == 2 : a.name == name;
    if (fits) found = &a;
    fitting += fits;
    if (all.size() < 1000) {
      all += StrCat(all.empty() ? "" : ", ", QuotedName(a.name), ' ', ShapeText(a.shape));
    }
  }
  if (fitting != 1) {
    Fail(Status::kInvalidArgument, arrays.where, fitting == 0 ? " has no" : " has several",
         " arrays ", name.empty() ? "of two axes" : StrCat("called ", QuotedName(name)),
         "; it has ", all, ". Say which: FILE/ARRAY");
  }
  Array one = *found;
  arrays.list = {std::move(one)};
}

Keys KeysOf(const Arrays& arrays, const Array& array) {
  bool fits = array.shape.size() == 1 || (array.shape.size() == 2 && array.shape[1] == 1);
  bool integers = array.number == Number::kI64 || array.number == Number::kI32 ||
                  array.number == Number::kU32 || array.number == Number::kU64;
  if (!fits || !integers) {
    Fail(Status::kInvalidArgument, arrays.where, ": ", QuotedName(array.name), ' ',
         ShapeText(array.shape), " of type ", QuotedName(array.type),
         " are no keys; give one list of 32-bit or 64-bit integers, or text with a key a line");
  }
  Keys out;
  const size_t size = SizeOf(array.number);
  array.read([&](std::span<const std::byte> bytes) {
    for (size_t at = 0; at < bytes.size(); at += size) {
      uint64_t bits = 0;
      std::memcpy(&bits, bytes.data() + at, size);
      auto key = static_cast<int64_t>(bits);
      if (array.number == Number::kI32) key = static_cast<int32_t>(static_cast<uint32_t>(bits));
      if (array.number == Number::kU64 && bits > INT64_MAX) {
        Fail(Status::kInvalidArgument, arrays.where, ": the key ", bits, " is above ", INT64_MAX);
      }
      out.Add(key);
    }
  });
  return out;
}

VectorFile OpenVectors(const std::string& path, const std::string& output, bool skip_bad_lines) {
  auto [file, name] = SplitPath(path);
  std::string head = Head(file, 16);
  VectorFile out;
  if (IsArrayFile(head)) {
    out.arrays = OpenArrays(file, kWanted);
    SelectVectors(out.arrays, name);
  } else if (file.ends_with(".fvecs")) {
    auto bytes = std::make_shared<FileBytes>(FileBytes::Map(file));
    out.arrays =
        FvecsOf(bytes->bytes(), file, [b = bytes.get()](auto part) { b->DropPages(part); });
    out.arrays.file = std::move(bytes);
  } else {
    if (!head.starts_with("BZh")) RefuseOtherFiles(head, file, kWanted);
    out = ReadText(file, output, skip_bad_lines);
  }
  const Array& array = out.array();
  if (array.shape.size() != 2 || array.shape[0] == 0 || array.shape[1] == 0 ||
      array.shape[1] > kLargestWidth) {
    Fail(Status::kInvalidArgument, path, ": ", QuotedName(array.name), " is ",
         ShapeText(array.shape), "; vectors are rows × width");
  }
  RequireFloats(out.arrays, array);
  return out;
}

Keys ReadKeys(const std::string& path) {
  // No structured binding: clang 14 captures none.
  const std::pair<std::string, std::string> parts = SplitPath(path);
  const std::string &file = parts.first, &name = parts.second;
  std::string head = Head(file, 16);
  if (IsArrayFile(head)) {
    Arrays arrays = OpenArrays(file, "keys");
    const Array* array =
        name.empty() && arrays.list.size() == 1 ? &arrays.list[0] : arrays.Find(name);
    if (array == nullptr) {
      Fail(Status::kInvalidArgument, path, ": say which array: FILE/ARRAY");
    }
    return KeysOf(arrays, *array);
  }
  if (!head.starts_with("BZh")) RefuseOtherFiles(head, file, "one key a line");
  Keys out;
  for (const ListedKey& one : ReadKeyList(file)) out.Add(one.key);
  return out;
}

}  // namespace duomo::convert
