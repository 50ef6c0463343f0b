// Magic, version, CRC-32 and length of the rest, then the fields of Checkpoint in their order, in
// the machine's byte order: a checkpoint is for the machine that wrote it.
#include "training/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <span>

#include "core/error.h"
#include "core/file_io.h"
#include "file/crc.h"

namespace duomo::training {
namespace {

using description::Json;

constexpr char kMagic[8] = {'D', 'U', 'O', 'M', 'O', 'T', 'R', 'N'};
constexpr uint32_t kVersion = 1;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t crc;   // of the rest
  uint64_t size;  // of the rest
};

class Writer {
 public:
  template <typename T>
  void Value(T value) {
    static_assert(std::is_arithmetic_v<T>);
    Bytes(&value, sizeof(value));
  }
  template <typename T>
  void Array(const std::vector<T>& values) {
    Value<uint64_t>(values.size());
    Bytes(values.data(), values.size() * sizeof(T));
  }
  template <typename T>
  void Arrays(const std::vector<std::vector<T>>& arrays) {
    Value<uint64_t>(arrays.size());
    for (const auto& array : arrays) Array(array);
  }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  void Bytes(const void* data, size_t size) {
    const char* begin = static_cast<const char*>(data);
    bytes_.insert(bytes_.end(), begin, begin + size);
  }
  std::vector<char> bytes_;
};

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  template <typename T>
  T Value() {
    T value;
    Bytes(&value, sizeof(value));
    return value;
  }
  // Sizes are held against what is left before anything is allocated.
  template <typename T>
  std::vector<T> Array() {
    auto size = Value<uint64_t>();
    if (size > bytes_.size() / sizeof(T)) Bad();
    std::vector<T> values(size);
    Bytes(values.data(), size * sizeof(T));
    return values;
  }
  template <typename T>
  std::vector<std::vector<T>> Arrays() {
    auto size = Value<uint64_t>();
    if (size > bytes_.size() / sizeof(uint64_t)) Bad();
    std::vector<std::vector<T>> arrays(size);
    for (auto& array : arrays) array = Array<T>();
    return arrays;
  }
  bool AtEnd() const { return bytes_.empty(); }

  [[noreturn]] void Bad() const {
    Fail(Status::kCorrupt, path_,
         " is damaged: it is not a whole checkpoint; delete it and start without --resume");
  }

 private:
  void Bytes(void* out, size_t size) {
    if (size > bytes_.size()) Bad();
    if (size > 0) std::memcpy(out, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }
  std::span<const std::byte> bytes_;
  const std::string& path_;
};

void Compare(const std::string& path, const Json& was, const Json& is, std::string& out) {
  if (was.is_object() && is.is_object()) {
    auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    for (const auto& [key, value] : was.items()) {
      Compare(below(key), value, is.contains(key) ? is[key] : Json(), out);
    }
    for (const auto& [key, value] : is.items()) {
      if (!was.contains(key)) Compare(below(key), Json(), value, out);
    }
    return;
  }
  if (was.is_array() && is.is_array() && was.size() == is.size()) {
    for (size_t i = 0; i < was.size(); ++i) {
      Compare(StrCat(path, '[', i, ']'), was[i], is[i], out);
    }
    return;
  }
  if (was == is) return;
  auto text = [](const Json& json) { return json.is_null() ? "nothing" : json.dump(); };
  out += StrCat("\n  ", path, " was ", text(was), " and is ", text(is));
}

}  // namespace

std::string CheckpointPath(const std::string& folder) {
  return (std::filesystem::path(folder) / "checkpoint.duomo-train").string();
}

void WriteCheckpoint(const std::string& path, const Checkpoint& c) {
  Writer w;
  std::string settings = c.settings.dump();
  w.Array(std::vector<char>(settings.begin(), settings.end()));
  w.Value(c.step);
  w.Array(c.values);
  w.Array(c.first);
  w.Array(c.second);
  w.Value<uint64_t>(c.workers.size());
  for (const Checkpoint::WorkerState& worker : c.workers) {
    for (uint64_t word : worker.random.words) w.Value(word);
    w.Value(worker.random.spare);
    w.Value<uint8_t>(worker.random.has_spare ? 1 : 0);
    w.Value(worker.step);
    w.Arrays(worker.stamps);
  }
  w.Value(c.last_test);
  w.Value(c.tests_without_improvement);
  w.Value<uint8_t>(c.best ? 1 : 0);
  if (c.best) {
    w.Value(c.best->step);
    w.Value(c.best->cost);
    w.Value(c.best->rmse);
    w.Array(c.best->values);
    w.Arrays(c.best->touched);
  }
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.crc = file::Crc32(w.bytes());
  header.size = w.bytes().size();
  AtomicFile out(path);
  out.Write(std::as_bytes(std::span(&header, 1)));
  out.Write(w.bytes());
  out.Commit();
}

Checkpoint ReadCheckpoint(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    Fail(Status::kNotFound, "there is no checkpoint ", path, "; start without --resume");
  }
  FileBytes file = FileBytes::Read(path);
  Reader whole(file.bytes(), path);
  Header header;
  if (file.bytes().size() < sizeof(header)) whole.Bad();
  std::memcpy(&header, file.bytes().data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) {
    Fail(Status::kCorrupt, path, " is not a checkpoint of duomo train");
  }
  if (header.version != kVersion) {
    Fail(Status::kUnsupportedVersion, path, " is a checkpoint of version ", header.version,
         "; this Duomo resumes version ", kVersion, ": go on with the Duomo that wrote it");
  }
  auto payload = file.bytes().subspan(sizeof(header));
  if (payload.size() != header.size || file::Crc32(payload) != header.crc) whole.Bad();

  Reader r(payload, path);
  Checkpoint c;
  auto settings = r.Array<char>();
  c.settings = Json::parse(settings.begin(), settings.end(), nullptr, false);
  if (!c.settings.is_object()) r.Bad();
  c.step = r.Value<uint64_t>();
  c.values = r.Array<float>();
  c.first = r.Array<float>();
  c.second = r.Array<float>();
  auto workers = r.Value<uint64_t>();
  for (uint64_t i = 0; i < workers; ++i) {
    Checkpoint::WorkerState worker = {};
    for (uint64_t& word : worker.random.words) word = r.Value<uint64_t>();
    worker.random.spare = r.Value<double>();
    worker.random.has_spare = r.Value<uint8_t>() != 0;
    worker.step = r.Value<uint32_t>();
    worker.stamps = r.Arrays<uint32_t>();
    c.workers.push_back(std::move(worker));
  }
  c.last_test = r.Value<uint64_t>();
  c.tests_without_improvement = r.Value<uint64_t>();
  if (r.Value<uint8_t>() != 0) {
    BestState& best = c.best.emplace();
    best.step = r.Value<uint64_t>();
    best.cost = r.Value<double>();
    best.rmse = r.Value<double>();
    best.values = r.Array<float>();
    best.touched = r.Arrays<uint8_t>();
  }
  if (!r.AtEnd()) r.Bad();
  return c;
}

void MakeCheckpointFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) Fail(Status::kIo, "cannot make the folder ", folder, ": ", error.message());
}

uint32_t ExamplesChecksum(const Examples& examples) {
  std::vector<uint32_t> numbers;
  size_t stride = examples.size() / 65536 + 1;
  for (size_t i = 0; i < examples.size(); i += stride) numbers.push_back(static_cast<uint32_t>(i));
  std::vector<uint32_t> parts;
  ExampleBatch batch;
  for (size_t i = 0; i < numbers.size(); i += 1024) {
    examples.Gather(std::span(numbers).subspan(i, std::min<size_t>(1024, numbers.size() - i)),
                    batch);
    parts.push_back(file::Crc32(std::as_bytes(std::span(batch.users))));
    parts.push_back(file::Crc32(std::as_bytes(std::span(batch.items))));
    parts.push_back(file::Crc32(std::as_bytes(std::span(batch.targets))));
  }
  return file::Crc32(std::as_bytes(std::span(parts)));
}

std::string Differences(const Json& was, const Json& is) {
  std::string out;
  // Through text, so that numbers compare as they come back from a file.
  Compare("", was, Json::parse(is.dump()), out);
  return out;
}

}  // namespace duomo::training
