// Magic, version, CRC-32 and length of the rest, then the fields of Checkpoint in their order, in
// the machine's byte order: a checkpoint is for the machine that wrote it. Moments and sums are
// zeros where no example has touched a row, which is most of a large table at first: of their
// blocks only those are written that have something else.
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
constexpr uint32_t kVersion = 3;
constexpr size_t kBlock = 16;  // floats: a bit says whether a block is there

size_t BlocksOf(size_t size) { return (size + kBlock - 1) / kBlock; }
bool Has(const std::vector<uint8_t>& there, size_t block) {
  return (there[block / 8] >> (block % 8) & 1) != 0;
}
// Calls use(begin, end) for the runs of floats whose blocks are there.
template <typename Use>
void Runs(const std::vector<uint8_t>& there, size_t size, const Use& use) {
  for (size_t block = 0, blocks = BlocksOf(size); block < blocks; ++block) {
    size_t begin = block;
    while (block < blocks && Has(there, block)) ++block;
    if (begin < block) use(begin * kBlock, std::min(block * kBlock, size));
  }
}

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t crc;   // of the rest
  uint64_t size;  // of the rest
};

// Straight to the file, behind the place of the header.
class Writer {
 public:
  explicit Writer(const std::string& path) : file_(path) {
    Header none = {};
    file_.Write(std::as_bytes(std::span(&none, 1)));
  }

  template <typename T>
  void Value(T value) {
    static_assert(std::is_arithmetic_v<T>);
    Bytes(&value, sizeof(value));
  }
  template <typename Values>
  void Array(const Values& values) {
    Value<uint64_t>(values.size());
    Bytes(values.data(), values.size() * sizeof(values[0]));
  }
  template <typename T>
  void Arrays(const std::vector<std::vector<T>>& arrays) {
    Value<uint64_t>(arrays.size());
    for (const auto& array : arrays) Array(array);
  }
  void Sparse(std::span<const float> values) {
    Value<uint64_t>(values.size());
    std::vector<uint8_t> there((BlocksOf(values.size()) + 7) / 8, 0);
    constexpr float kZeros[kBlock] = {};
    for (size_t at = 0; at < values.size(); at += kBlock) {
      size_t size = std::min(kBlock, values.size() - at);
      // By their bits: −0 is something.
      bool zeros = std::memcmp(&values[at], kZeros, size * sizeof(float)) == 0;
      if (!zeros) there[at / kBlock / 8] |= static_cast<uint8_t>(1 << (at / kBlock % 8));
    }
    Array(there);
    Runs(there, values.size(),
         [&](size_t begin, size_t end) { Bytes(&values[begin], (end - begin) * sizeof(float)); });
  }
  void Commit() {
    Flush();
    Header header = {};
    std::memcpy(header.magic, kMagic, sizeof(kMagic));
    header.version = kVersion;
    header.crc = crc_;
    header.size = size_;
    file_.WriteAt(0, std::as_bytes(std::span(&header, 1)));
    file_.Commit();
  }

 private:
  void Bytes(const void* data, size_t size) {
    std::span bytes(static_cast<const std::byte*>(data), size);
    if (size < 65536) {
      small_.insert(small_.end(), bytes.begin(), bytes.end());
      if (small_.size() >= 65536) Flush();
    } else {
      Flush();
      Out(bytes);
    }
  }
  void Flush() {
    Out(small_);
    small_.clear();
  }
  void Out(std::span<const std::byte> bytes) {
    crc_ = file::UpdateCrc(crc_, bytes);
    size_ += bytes.size();
    file_.Write(bytes);
  }

  AtomicFile file_;
  std::vector<std::byte> small_;
  uint32_t crc_ = file::Crc32({});
  uint64_t size_ = 0;
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
  template <typename T, typename Values = std::vector<T>>
  Values Array() {
    auto size = Value<uint64_t>();
    if (size > bytes_.size() / sizeof(T)) Bad();
    Values values(size);
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
  AlignedVector<float> Sparse() {
    auto size = Value<uint64_t>();
    auto there = Array<uint8_t>();
    // So its size is at most 512 times what is in the file.
    if (there.size() > SIZE_MAX / 512 || size > there.size() * 8 * kBlock) Bad();
    if (there.size() != (BlocksOf(size) + 7) / 8) Bad();
    AlignedVector<float> values(size);
    Runs(there, size,
         [&](size_t begin, size_t end) { Bytes(&values[begin], (end - begin) * sizeof(float)); });
    return values;
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

void WriteCheckpoint(const std::string& path, const Checkpoint& c, std::span<const float> values,
                     const Optimizer::State& optimizer) {
  Writer w(path);
  w.Array(c.settings.dump());
  w.Array(values);
  w.Value(optimizer.steps);
  w.Sparse(optimizer.first);
  w.Sparse(optimizer.second);
  w.Arrays(optimizer.current);
  w.Arrays(optimizer.trained);
  w.Value<uint64_t>(c.workers.size());
  for (const Random::State& random : c.workers) {
    for (uint64_t word : random.words) w.Value(word);
    w.Value(random.spare);
    w.Value<uint8_t>(random.has_spare ? 1 : 0);
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
  if (c.average) {  // nothing in its place elsewhere
    w.Value(c.average->count);
    w.Array(c.average->mean);
  }
  w.Commit();
}

Checkpoint ReadCheckpoint(const std::string& path, Learned& learned) {
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
  learned.values = r.Array<float, AlignedVector<float>>();
  learned.optimizer.steps = r.Value<uint64_t>();
  learned.optimizer.first = r.Sparse();
  learned.optimizer.second = r.Sparse();
  learned.optimizer.current = r.Arrays<uint32_t>();
  learned.optimizer.trained = r.Arrays<uint8_t>();
  auto workers = r.Value<uint64_t>();
  for (uint64_t i = 0; i < workers; ++i) {
    Random::State random = {};
    for (uint64_t& word : random.words) word = r.Value<uint64_t>();
    random.spare = r.Value<double>();
    random.has_spare = r.Value<uint8_t>() != 0;
    c.workers.push_back(random);
  }
  c.last_test = r.Value<uint64_t>();
  c.tests_without_improvement = r.Value<uint64_t>();
  if (r.Value<uint8_t>() != 0) {
    BestState& best = c.best.emplace();
    best.step = r.Value<uint64_t>();
    best.cost = r.Value<double>();
    best.rmse = r.Value<double>();
    best.values = r.Array<float, AlignedVector<float>>();
    best.touched = r.Arrays<uint8_t>();
  }
  if (!r.AtEnd()) {
    Average::State& average = c.average.emplace();
    average.count = r.Value<uint64_t>();
    average.mean = r.Array<float, AlignedVector<float>>();
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
