#include "converter/arrays/safetensors.h"

#include <algorithm>
#include <cstring>

#include "console/progress.h"
#include "converter/arrays/import_tensors.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/text.h"
#include "description/fields.h"
#include "file/writer.h"

namespace duomo::convert {
namespace {

constexpr size_t kLengthSize = 8;

struct Type {
  std::string_view name;
  Number number;
};
constexpr Type kTypes[] = {
    {"F16", Number::kF16}, {"BF16", Number::kBF16}, {"F32", Number::kF32}, {"F64", Number::kF64},
    {"I8", Number::kI8},   {"U8", Number::kU8},     {"I16", Number::kI16}, {"U16", Number::kU16},
    {"I32", Number::kI32}, {"U32", Number::kU32},   {"I64", Number::kI64}, {"U64", Number::kU64},
};

std::string_view TypeName(file::DType dtype) {
  switch (dtype) {
    case file::DType::kF32:
      return "F32";
    case file::DType::kF16:
      return "F16";
    case file::DType::kBF16:
      return "BF16";
    default:
      Fail(Status::kInternal, "no tensor of ", file::NameOf(dtype), " is exported");
  }
}

// A tensor of the header, with the place that it claims.
struct Claim {
  Array array;
  uint64_t begin = 0, end = 0;
};

class Header {
 public:
  Header(std::string_view text, const std::string& where) : where_(where) {
    try {
      json_ = description::ParseJson(std::string(text), where + ": header");
    } catch (const Error& error) {  // its bytes are wrong, not a call
      throw Error(Status::kCorrupt, error.message());
    }
    if (!json_.is_object()) FailBad("is not a JSON object");
  }

  std::vector<Claim> Claims() const {
    std::vector<Claim> out;
    for (const auto& [name, value] : json_.items()) {
      if (name == "__metadata__") continue;  // texts for people
      out.push_back(ClaimOf(name, value));
    }
    return out;
  }

 private:
  template <typename... Parts>
  [[noreturn]] void FailBad(const Parts&... parts) const {
    Fail(Status::kCorrupt, where_, ": the header ", parts...);
  }

  Claim ClaimOf(const std::string& name, const Json& value) const {
    std::string quoted = QuotedName(name);
    bool whole = value.is_object() && value.size() == 3 && value.contains("dtype") &&
                 value["dtype"].is_string() && value.contains("shape") &&
                 value.contains("data_offsets");
    if (!whole) FailBad("needs a dtype, a shape and data_offsets, and no more, for ", quoted);
    Claim out;
    out.array.name = name;
    out.array.type = value["dtype"].get<std::string>();
    auto type = std::ranges::find(kTypes, out.array.type, &Type::name);
    if (type != std::end(kTypes)) out.array.number = type->number;
    out.array.shape = Counts(value["shape"], quoted);
    std::vector<uint64_t> place = Counts(value["data_offsets"], quoted);
    if (place.size() != 2 || place[0] > place[1]) {
      FailBad("has data_offsets of ", quoted, " that are no beginning and end");
    }
    out.begin = place[0];
    out.end = place[1];
    const size_t size = SizeOf(out.array.number);
    auto bytes = BytesOfShape(out.array.shape, std::max<size_t>(size, 1));
    if (!bytes || (size > 0 && *bytes != out.end - out.begin)) {
      FailBad("gives ", quoted, " of shape ", ShapeText(out.array.shape), " and type ",
              QuotedName(out.array.type), ' ', out.end - out.begin, " bytes");
    }
    return out;
  }

  std::vector<uint64_t> Counts(const Json& list, const std::string& quoted) const {
    if (!list.is_array()) FailBad("has no list of numbers where ", quoted, " needs one");
    std::vector<uint64_t> out;
    for (const Json& one : list) {
      if (!one.is_number_unsigned()) FailBad("has a number of ", quoted, " that is no size");
      out.push_back(one.get<uint64_t>());
    }
    return out;
  }

  const std::string& where_;
  Json json_;
};

Arrays Read(std::span<const std::byte> bytes, const std::string& where, const Drop& drop) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  RefuseOtherFiles(text.substr(0, 16), where, "safetensors");
  uint64_t length = 0;
  if (bytes.size() >= kLengthSize) std::memcpy(&length, bytes.data(), kLengthSize);
  bool possible = length > 0 && length <= bytes.size() - kLengthSize;
  if (bytes.size() < kLengthSize || !possible || text[kLengthSize] != '{') {
    Fail(Status::kCorrupt, where, " is not a safetensors file, or its header is cut off");
  }
  if (length > kLargestSafetensorsHeader) {
    Fail(Status::kUnsupported, where, ": the header is ", length, " bytes long; at most ",
         kLargestSafetensorsHeader, " are read");
  }
  std::vector<Claim> claims = Header(text.substr(kLengthSize, length), where).Claims();
  auto data = bytes.subspan(kLengthSize + length);
  std::vector<const Claim*> in_order;
  for (const Claim& claim : claims) in_order.push_back(&claim);
  std::ranges::sort(in_order, {}, [](const Claim* c) { return std::pair(c->begin, c->end); });
  uint64_t end = 0;
  for (const Claim* claim : in_order) {
    if (claim->begin != end) {
      Fail(Status::kCorrupt, where, ": ", QuotedName(claim->array.name), " begins at ",
           claim->begin, " where the tensor before it ends at ", end);
    }
    end = claim->end;
  }
  if (end != data.size()) {
    Fail(Status::kCorrupt, where, ": the tensors have ", end, " bytes; ", data.size(),
         " are in the file");
  }
  Arrays out;
  out.where = where;
  for (Claim& claim : claims) {
    claim.array.read = ReadInPlace(data.subspan(claim.begin, claim.end - claim.begin), drop);
    out.list.push_back(std::move(claim.array));
  }
  return out;
}

}  // namespace

Arrays OpenSafetensors(const std::string& path) {
  auto file = std::make_shared<FileBytes>(FileBytes::Map(path));
  Arrays out = Read(file->bytes(), path, [file = file.get()](auto part) { file->DropPages(part); });
  out.file = std::move(file);
  return out;
}

Arrays SafetensorsOf(std::span<const std::byte> bytes, const std::string& where) {
  return Read(bytes, where, {});
}

uint64_t WriteSafetensors(const std::string& path, std::span<const file::TensorSource> tensors) {
  Json header = Json::object();
  header["__metadata__"] = {{"format", "pt"}};
  uint64_t end = 0;
  for (const file::TensorSource& t : tensors) {
    uint64_t begin = end;
    end += file::SizeInBytes(t);
    if (header.contains(t.name)) {
      Fail(Status::kUnsupported, "two tensors would be called ", QuotedName(t.name));
    }
    header[t.name] = {
        {"dtype", TypeName(t.dtype)}, {"shape", t.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize(RoundUp(text.size(), 8), ' ');
  uint64_t length = text.size();
  const console::Interruptible interruptible;  // before there is a file to take away
  AtomicFile file(path);
  file.Write(std::as_bytes(std::span(&length, 1)));
  file.Write(text);
  console::Progress progress("write", end);
  for (const file::TensorSource& t : tensors) {
    t.write([&](std::span<const std::byte> piece) {
      file.Write(piece);
      progress.Add(piece.size());
    });
  }
  uint64_t size = file.size();
  file.Commit();
  return size;
}

}  // namespace duomo::convert
