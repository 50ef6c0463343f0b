// Vectors and keys from foreign files.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "converter/import_tensors.h"
#include "converter/output.h"
#include "converter/rewrite.h"
#include "converter/vectors.h"
#include "core/error.h"
#include "core/text.h"

namespace duomo::convert {
namespace {

constexpr size_t kLongestLine = 16u << 20;
constexpr uint64_t kLargestWidth = 1u << 20;
constexpr const char* kWanted = "vectors as .npy, .npz, .safetensors, .fvecs or text";

// The integer whose shortest form `text` is.
std::optional<int64_t> Canonical(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return StrCat(value) == text ? std::optional(value) : std::nullopt;
}

// Calls take(line, number) for every line of a source, whatever pieces it comes in.
template <typename Take>
void ForLines(data::ByteSource& source, const std::string& where, const Take& take) {
  std::vector<char> buffer(kArrayPiece);
  size_t have = 0;
  uint64_t number = 0;
  auto give = [&](std::string_view line) {
    ++number;
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) take(line, number);
  };
  while (true) {
    if (have == buffer.size()) {
      if (have >= kLongestLine) {
        Fail(Status::kUnsupported, where, ", line ", number + 1, ": longer than ", kLongestLine,
             " bytes");
      }
      buffer.resize(2 * have);
    }
    size_t n = source.Read(buffer.data() + have, buffer.size() - have);
    have += n;
    std::string_view rest(buffer.data(), have);
    for (size_t end; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1)) {
      give(rest.substr(0, end));
    }
    if (n == 0) {
      if (!rest.empty()) give(rest);
      return;
    }
    std::memmove(buffer.data(), rest.data(), rest.size());
    have = rest.size();
  }
}

char SeparatorOf(std::string_view line) {
  char best = ' ';
  ptrdiff_t most = 0;
  for (char c : {',', ';', '\t'}) {
    auto count = std::ranges::count(line, c);
    if (count > most) best = c;
    most = std::max(most, count);
  }
  return best;
}

class VectorLines {
 public:
  VectorLines(const std::string& where, Keys& keys,
              const std::function<void(std::span<const float>)>& sink)
      : where_(where), keys_(keys), sink_(sink) {}

  void Take(std::string_view line, uint64_t number) {
    number_ = number;
    if (separator_ == '\0') separator_ = SeparatorOf(line);
    std::string_view key = TakeKey(line);
    values_.clear();
    bool bad = false;
    while (!line.empty() && !bad) {
      if (line[0] == separator_) line.remove_prefix(1);
      while (line.starts_with(' ') || (separator_ == ' ' && line.starts_with('\t'))) {
        line.remove_prefix(1);
      }
      if (line.empty() && separator_ == ' ') break;  // blanks at the end
      float value = 0;
      auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
      auto size = static_cast<size_t>(end - line.data());
      while (size < line.size() && line[size] == ' ') ++size;
      // Too large or too small for a float.
      if (error == std::errc::result_out_of_range) value = Rounded(line.substr(0, size));
      bad =
          error == std::errc::invalid_argument || (size < line.size() && line[size] != separator_ &&
                                                   !(separator_ == ' ' && line[size - 1] == ' '));
      if (!bad) {
        values_.push_back(value);
        line.remove_prefix(size);
        if (line.size() == 1 && line[0] == separator_) bad = separator_ != ' ';
      }
    }
    if (bad && !started_) {
      started_ = true;
      return;  // the header
    }
    started_ = true;
    if (bad) FailLine("\"", Clip(line.substr(0, line.find(separator_)), 40), "\" is no number");
    if (values_.empty()) FailLine("there is no number behind the key");
    if (values_.size() > kLargestWidth) FailLine("more than ", kLargestWidth, " numbers");
    if (width_ == 0) width_ = values_.size();
    if (values_.size() != width_) {
      FailLine(values_.size(), " numbers, and the first line has ", width_);
    }
    if (key.empty()) FailLine("the key is empty");
    if (!IsUtf8(key)) FailLine("the key is not UTF-8");
    keys_.Add(key);
    sink_(values_);
  }

  uint64_t width() const { return width_; }

 private:
  template <typename... Parts>
  [[noreturn]] void FailLine(const Parts&... parts) const {
    Fail(Status::kCorrupt, where_, ", line ", number_, ": ", parts...);
  }

  // Removes the key, which may be quoted, from the line.
  std::string_view TakeKey(std::string_view& line) {
    if (!line.starts_with('"')) {
      std::string_view key = line.substr(0, line.find(separator_));
      line.remove_prefix(key.size());
      return key;
    }
    unquoted_.clear();
    for (size_t i = 1; i < line.size(); ++i) {
      if (line[i] != '"') {
        unquoted_ += line[i];
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        unquoted_ += line[i++];
      } else {
        line.remove_prefix(i + 1);
        if (!line.empty() && line[0] != separator_) FailLine("text behind a quoted key");
        return unquoted_;
      }
    }
    FailLine("a quote is not closed");
  }

  static float Rounded(std::string_view text) {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc()) return static_cast<float>(value);
    return text.find("e-") != text.npos || text.find("E-") != text.npos ? 0.0f : HUGE_VALF;
  }

  const std::string& where_;
  Keys& keys_;
  const std::function<void(std::span<const float>)>& sink_;
  char separator_ = '\0';
  bool started_ = false;
  uint64_t number_ = 0, width_ = 0;
  std::vector<float> values_;
  std::string unquoted_;
};

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

VectorFile ReadText(const std::string& path, const std::string& output) {
  // One name for each table, because both are there at once.
  static int number = 0;
  auto spool = std::make_shared<Spool>(output, StrCat("vectors", number++));
  VectorFile out;
  auto source = data::OpenBytes(path);
  uint64_t width = ReadVectorText(*source, path, out.keys,
                                  [&](std::span<const float> values) { spool->Write(values); });
  spool->Finish(output);
  Array array{.name = path, .number = Number::kF32, .type = "text"};
  array.shape = {out.keys.size(), width};
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

void Keys::Add(std::string_view key) {
  if (strings_.empty()) {
    if (auto number = Canonical(key)) return integers_.push_back(*number);
    for (int64_t number : integers_) strings_.push_back(StrCat(number));
    integers_ = {};
  }
  strings_.emplace_back(key);
}

void Keys::Add(int64_t key) {
  if (strings_.empty()) return integers_.push_back(key);
  strings_.push_back(StrCat(key));
}

std::string Keys::At(size_t row) const {
  return strings_.empty() ? StrCat(integers_[row]) : strings_[row];
}

void Keys::AddTo(std::vector<file::OwnedTensor>& out, const std::string& prefix) const {
  if (strings_.empty()) {
    model::AddKeys(out, prefix, std::span<const int64_t>(integers_));
  } else {
    model::AddKeys(out, prefix, std::span<const std::string>(strings_));
  }
}

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

uint64_t ReadVectorText(data::ByteSource& source, const std::string& where, Keys& keys,
                        const std::function<void(std::span<const float>)>& sink) {
  VectorLines lines(where, keys, sink);
  ForLines(source, where, [&](std::string_view line, uint64_t n) { lines.Take(line, n); });
  return lines.width();
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

VectorFile OpenVectors(const std::string& path, const std::string& output) {
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
    if (!head.starts_with("\x1F\x8B")) RefuseOtherFiles(head, file, kWanted);
    out = ReadText(file, output);
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
  RefuseOtherFiles(head, file, "one key a line");
  Keys out;
  auto source = data::OpenBytes(file);
  ForLines(*source, file, [&](std::string_view line, uint64_t number) {
    if (!IsUtf8(line)) Fail(Status::kCorrupt, file, ", line ", number, ": not UTF-8");
    out.Add(line);
  });
  return out;
}

}  // namespace duomo::convert
