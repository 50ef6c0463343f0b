// A header of fixed size, columns, and at the end a directory in JSON that says where each lies: a
// host reads it with a JSON parser and a map of the file.
#include "data/row_cache.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <type_traits>
#include <utility>

#include "core/array.h"
#include "core/error.h"
#include "core/file_io.h"
#include "core/version.h"
#include "file/crc.h"

namespace duomo::data {
namespace {

using Json = nlohmann::json;

constexpr char kMagic[8] = {'D', 'U', 'O', 'M', 'O', 'R', 'O', 'W'};
constexpr uint32_t kFormat = 1;

struct Header {
  char magic[8];
  uint32_t format, directory_crc;
  uint64_t directory_offset, directory_size;
  uint64_t zero[4];
};
static_assert(sizeof(Header) == 64);

template <typename T>
constexpr const char* TypeName() {
  if (std::is_same_v<T, float>) return "f32";
  if (std::is_same_v<T, int64_t>) return "i64";
  if (std::is_same_v<T, uint64_t>) return "u64";
  if (std::is_same_v<T, uint32_t>) return "u32";
  if (std::is_same_v<T, uint16_t>) return "u16";
  return "u8";
}

Json ToJson(const CacheKey& key) {
  Json sources = Json::array();
  for (const SourceFile& s : key.sources) {
    sources.push_back(
        {{"name", s.name}, {"size", s.size}, {"modified", s.modified}, {"ends", s.ends}});
  }
  return {{"made_by", kVersion}, {"sources", sources}, {"how", key.how}};
}

class Writer {
 public:
  explicit Writer(const std::string& path) : file_(path) {
    Header none = {};
    file_.Write(std::as_bytes(std::span(&none, 1)));
  }

  template <typename Values>
  Json Column(const Values& values) {
    using T = std::remove_cvref_t<decltype(values[0])>;
    Pad();
    auto bytes = std::as_bytes(std::span<const T>(values));
    Json out = {{"type", TypeName<T>()},
                {"offset", file_.size()},
                {"count", values.size()},
                {"crc32", file::Crc32(bytes)}};
    file_.Write(bytes);
    return out;
  }

  Json Texts(const std::vector<std::string>& texts) {
    std::vector<uint64_t> ends;
    std::string bytes;
    for (const std::string& text : texts) {
      bytes += text;
      ends.push_back(bytes.size());
    }
    return {{"ends", Column(ends)}, {"bytes", Column(bytes)}};
  }

  Json Table(const EntityTable& table) {
    Json out = {{"ids", Column(table.ids)},
                {"keys", Texts(table.keys)},
                {"titles", Texts(table.titles)},
                {"columns", Json::array()}};
    for (const data::Column& c : table.columns) {
      out["columns"].push_back({{"name", c.name},
                                {"kind", static_cast<int>(c.kind)},
                                {"bucketed", c.bucketed},
                                {"integers", Column(c.integers)},
                                {"numbers", Column(c.numbers)},
                                {"texts", Texts(c.texts)},
                                {"offsets", Column(c.offsets)}});
    }
    return out;
  }

  void Commit(const Json& directory) {
    Pad();
    std::string text = directory.dump(-1, ' ', false, Json::error_handler_t::replace);
    Header header = {};
    std::memcpy(header.magic, kMagic, sizeof(kMagic));
    header.format = kFormat;
    header.directory_crc = file::Crc32(std::as_bytes(std::span(text)));
    header.directory_offset = file_.size();
    header.directory_size = text.size();
    file_.Write(text);
    file_.WriteAt(0, std::as_bytes(std::span(&header, 1)));
    file_.Commit();
  }

 private:
  void Pad() {
    constexpr std::byte kZeros[kAlignment] = {};
    file_.Write(std::span(kZeros).first(RoundUp(file_.size(), kAlignment) - file_.size()));
  }
  AtomicFile file_;
};

// Anything that does not fit throws Damaged, or what the JSON library throws.
struct Damaged {};

class Reader {
 public:
  explicit Reader(std::shared_ptr<const FileBytes> file) : file_(std::move(file)) {
    Header header;
    if (bytes().size() < sizeof(header)) throw Damaged();
    std::memcpy(&header, bytes().data(), sizeof(header));
    bool mine = std::memcmp(header.magic, kMagic, sizeof(kMagic)) == 0;
    if (!mine || header.format != kFormat) return;
    auto text = Part(header.directory_offset, header.directory_size);
    if (file::Crc32(text) != header.directory_crc) throw Damaged();
    const char* begin = reinterpret_cast<const char*>(text.data());
    directory_ = Json::parse(begin, begin + text.size());
  }

  const Json& directory() const { return directory_; }  // null: of another format

  template <typename T>
  std::span<const T> Column(const Json& column) const {
    if (column.at("type") != TypeName<T>()) throw Damaged();
    auto count = column.at("count").get<uint64_t>();
    if (count > bytes().size() / sizeof(T)) throw Damaged();
    auto offset = column.at("offset").get<uint64_t>();
    auto part = Part(offset, count * sizeof(T));
    if (offset % kAlignment != 0 || file::Crc32(part) != column.at("crc32")) throw Damaged();
    return {reinterpret_cast<const T*>(part.data()), count};
  }
  template <typename T>
  std::vector<T> Copy(const Json& column) const {
    auto values = Column<T>(column);
    return {values.begin(), values.end()};
  }
  template <typename T>
  RowValues<T> Mapped(const Json& column) const {
    return {Column<T>(column), file_};
  }

  std::vector<std::string> Texts(const Json& texts) const {
    auto ends = Column<uint64_t>(texts.at("ends"));
    auto all = Column<uint8_t>(texts.at("bytes"));
    std::string_view bytes(reinterpret_cast<const char*>(all.data()), all.size());
    std::vector<std::string> out;
    out.reserve(ends.size());
    uint64_t begin = 0;
    for (uint64_t end : ends) {
      if (end < begin || end > bytes.size()) throw Damaged();
      out.emplace_back(bytes.substr(begin, end - begin));
      begin = end;
    }
    return out;
  }

  EntityTable Table(const Json& json) const {
    EntityTable out;
    out.ids = Copy<int64_t>(json.at("ids"));
    out.keys = Texts(json.at("keys"));
    out.titles = Texts(json.at("titles"));
    for (const Json& c : json.at("columns")) {
      data::Column column;
      column.name = c.at("name");
      column.kind = static_cast<ColumnKind>(c.at("kind").get<int>());
      column.bucketed = c.at("bucketed");
      column.integers = Copy<int64_t>(c.at("integers"));
      column.numbers = Copy<float>(c.at("numbers"));
      column.texts = Texts(c.at("texts"));
      column.offsets = Copy<uint64_t>(c.at("offsets"));
      out.columns.push_back(std::move(column));
    }
    return out;
  }

 private:
  std::span<const std::byte> bytes() const { return file_->bytes(); }
  std::span<const std::byte> Part(uint64_t offset, uint64_t size) const {
    if (offset > bytes().size() || size > bytes().size() - offset) throw Damaged();
    return bytes().subspan(offset, size);
  }

  std::shared_ptr<const FileBytes> file_;
  Json directory_;
};

// Checksums are right here: this is about files that were made up.
void CheckDataset(const Dataset& d) {
  auto all = [](const auto& values, auto bound) {
    return std::all_of(values.begin(), values.end(), [&](auto value) { return value < bound; });
  };
  const Interactions& rows = d.interactions;
  auto fits = [&](const auto& values) { return values.empty() || values.size() == rows.size(); };
  bool good = rows.items.size() == rows.size() && fits(rows.ratings) && fits(rows.timestamps) &&
              fits(rows.weights) && fits(rows.events) && all(rows.users, d.users.size()) &&
              all(rows.items, d.items.size()) && all(rows.events, rows.event_names.size());
  for (const EntityTable* table : {&d.users, &d.items}) {
    for (const Column& c : table->columns) {
      const auto& offsets = c.offsets;
      size_t cells = c.kind == ColumnKind::kInteger  ? c.integers.size()
                     : c.kind == ColumnKind::kNumber ? c.numbers.size()
                     : c.kind == ColumnKind::kString ? c.texts.size()
                                                     : offsets.size() - 1;
      good = good && cells == table->size() && std::is_sorted(offsets.begin(), offsets.end()) &&
             (offsets.empty() || (offsets[0] == 0 && offsets.back() == c.texts.size()));
    }
    good = good && (table->titles.empty() || table->titles.size() == table->size());
  }
  if (!good) throw Damaged();
}

// What is another than asked for; empty: nothing.
std::string Difference(const Json& is, const CacheKey& key) {
  if (is.is_null() || is.at("key").at("made_by") != kVersion) {
    return "was made by another version of Duomo";
  }
  const Json &was = is.at("key"), wanted = ToJson(key);
  if (was == wanted) return "";
  if (was.at("how") != wanted["how"]) return "was read with other options";
  for (const Json& source : wanted["sources"]) {
    const Json& before = was.at("sources");
    if (std::find(before.begin(), before.end(), source) != before.end()) continue;
    bool known = std::any_of(before.begin(), before.end(),
                             [&](const Json& s) { return s.at("name") == source["name"]; });
    return StrCat("is of before ", source["name"].get<std::string>(),
                  known ? " changed" : " was there");
  }
  return "is of files of which some are gone";
}

}  // namespace

std::optional<CachedRows> ReadCache(const std::string& path, const CacheKey& key,
                                    std::string& why) {
  why.clear();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  try {
    Reader in(std::make_shared<FileBytes>(FileBytes::Map(path)));
    const Json& directory = in.directory();
    why = Difference(directory, key);
    if (!why.empty()) return std::nullopt;
    CachedRows out;
    Dataset& d = out.dataset;
    d.name = directory.at("name");
    d.skipped_lines = directory.at("skipped_lines");
    const Json& rows = directory.at("rows");
    d.interactions.users = in.Mapped<uint32_t>(rows.at("users"));
    d.interactions.items = in.Mapped<uint32_t>(rows.at("items"));
    d.interactions.ratings = in.Mapped<float>(rows.at("ratings"));
    d.interactions.timestamps = in.Mapped<int64_t>(rows.at("timestamps"));
    d.interactions.weights = in.Mapped<float>(rows.at("weights"));
    d.interactions.events = in.Mapped<uint16_t>(rows.at("events"));
    d.interactions.event_names = in.Texts(rows.at("event_names"));
    d.users = in.Table(directory.at("users"));
    d.items = in.Table(directory.at("items"));
    CheckDataset(d);
    out.notes = directory.at("notes");
    return out;
  } catch (const Damaged&) {
  } catch (const Json::exception&) {
  }
  why = "is damaged";
  return std::nullopt;
}

void WriteCache(const std::string& path, const CacheKey& key, const Dataset& dataset,
                const std::string& notes) {
  Writer out(path);
  const Interactions& rows = dataset.interactions;
  Json directory = {{"key", ToJson(key)},
                    {"name", dataset.name},
                    {"skipped_lines", dataset.skipped_lines},
                    {"notes", notes}};
  directory["rows"] = {
      {"users", out.Column(rows.users)},           {"items", out.Column(rows.items)},
      {"ratings", out.Column(rows.ratings)},       {"timestamps", out.Column(rows.timestamps)},
      {"weights", out.Column(rows.weights)},       {"events", out.Column(rows.events)},
      {"event_names", out.Texts(rows.event_names)}};
  directory["users"] = out.Table(dataset.users);
  directory["items"] = out.Table(dataset.items);
  out.Commit(directory);
}

}  // namespace duomo::data
