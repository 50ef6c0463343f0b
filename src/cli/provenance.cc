#include "cli/provenance.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "cli/tables_json.h"
#include "console/output.h"
#include "core/error.h"
#include "description/base64.h"

namespace duomo::cli {
namespace {

using description::Json;

constexpr int kVersion = 1;
// Below these, a sample says nothing: one row of ten is a share of 10 % that may be of 1 %.
constexpr uint64_t kFewLookedUp = 10;

Json FingerprintJson(const data::Fingerprint& f) {
  return {{"count", f.rows}, {"fingerprint", console::Hex64(f.sum)}};
}

const Json* Find(const Json* json, const char* name) {
  if (json == nullptr || !json->is_object()) return nullptr;
  auto found = json->find(name);
  return found == json->end() ? nullptr : &*found;
}

bool ReadCount(const Json* json, uint64_t& out) {
  if (json == nullptr || !json->is_number_unsigned()) return false;
  out = json->get<uint64_t>();
  return true;
}

bool ReadFingerprint(const Json* json, data::Fingerprint& out) {
  const Json* sum = Find(json, "fingerprint");
  if (sum == nullptr || !sum->is_string() || !ReadCount(Find(json, "count"), out.rows)) {
    return false;
  }
  std::string text = sum->get<std::string>();
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), out.sum, 16);
  return status == std::errc() && end == text.data() + text.size();
}

Json SketchJson(const data::Sketch& sketch) {
  std::vector<std::byte> bytes;
  for (uint32_t entry : sketch.entries) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(std::byte(entry >> shift & 0xFF));
  }
  std::string text;
  description::AppendBase64(text, bytes);
  return {{"bits", sketch.bits}, {"rows", text}};
}

bool ReadSketch(const Json* json, data::Sketch& out) {
  uint64_t bits = 0;
  const Json* rows = Find(json, "rows");
  if (!ReadCount(Find(json, "bits"), bits) || bits > 40) return false;
  if (rows == nullptr || !rows->is_string()) return false;
  out.bits = static_cast<uint32_t>(bits);
  std::vector<std::byte> bytes;
  try {
    description::DecodeBase64(rows->get<std::string>(), "sketch", [&](auto block) {
      bytes.insert(bytes.end(), block.begin(), block.end());
    });
  } catch (const Error&) {
    return false;
  }
  for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    uint32_t entry = 0;
    for (size_t b = 0; b < 4; ++b) entry |= static_cast<uint32_t>(bytes[i + b]) << (8 * b);
    out.entries.push_back(entry);
  }
  return std::is_sorted(out.entries.begin(), out.entries.end());
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof(text), share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
  return text;
}

bool IsDrawn(const std::string& split) {
  return split.starts_with("ratio:") || split.starts_with("cold-items:");
}

std::optional<int64_t> LatestTime(const data::Interactions& in, std::span<const uint32_t> rows) {
  int64_t latest = 0;
  for (uint32_t row : rows) {
    if (row >= in.timestamps.size() || in.timestamps[row] == 0) return std::nullopt;
    latest = std::max(latest, in.timestamps[row]);
  }
  return latest;
}

}  // namespace

Json RecordJson(const TrainedOn& trained) {
  const data::Dataset& d = trained.dataset;
  data::RowHashes hashes(d);
  Json out = {{"version", kVersion}, {"users", d.users.size()}, {"items", d.items.size()}};
  out["rows"] = {{"all", FingerprintJson(FingerprintOf(d, hashes))},
                 {"train", FingerprintJson(FingerprintOf(d, hashes, trained.split.train))},
                 {"test", FingerprintJson(FingerprintOf(d, hashes, trained.split.test))}};
  if (auto latest = LatestTime(d.interactions, trained.split.train)) out["latest"] = *latest;
  out["split"] = trained.split.name;
  out["seed"] = trained.seed;
  if (trained.tables != nullptr) out["mapping"] = TablesToJson(*trained.tables);
  out["sketch"] = SketchJson(MakeSketch(hashes, trained.split.train));
  if (!trained.evidence.is_null()) out["evidence"] = trained.evidence;
  return out;
}

Json FromJson(const model::Model& from, const std::string& file) {
  Json first = Json::object();
  FirstTraining is = FirstTrainingOf(from);
  if (is.passes) first["passes"] = *is.passes;
  if (is.learning_rate) first["learning_rate"] = *is.learning_rate;
  return {{"file", std::filesystem::path(file).filename().string()},
          {"fingerprint", console::Hex64(from.fingerprint())},
          {"first", first}};
}

FirstTraining FirstTrainingOf(const model::Model& model) {
  Json settings = SettingsOf(model);
  const Json *from = Find(&settings, "from"), *first = Find(from, "first");
  if (first == nullptr) first = &settings;
  FirstTraining out;
  uint64_t passes = 0;
  if (ReadCount(Find(first, "passes"), passes)) out.passes = passes;
  const Json* rate = Find(first, "learning_rate");
  if (rate != nullptr && rate->is_number()) out.learning_rate = rate->get<double>();
  return out;
}

Json SettingsOf(const model::Model& model) {
  Json settings = description::JsonOrNull(model.report().settings);
  return settings.is_object() ? settings : Json::object();
}

std::optional<Record> ReadRecord(const model::Model& model) {
  Json settings = SettingsOf(model);
  const Json* data = Find(&settings, "data");
  uint64_t version = 0;
  if (!ReadCount(Find(data, "version"), version) || version != kVersion) return std::nullopt;
  Record out;
  const Json *rows = Find(data, "rows"), *split = Find(data, "split");
  if (split == nullptr || !split->is_string()) return std::nullopt;
  out.split = split->get<std::string>();
  bool whole = ReadFingerprint(Find(rows, "all"), out.all) &&
               ReadFingerprint(Find(rows, "train"), out.train) &&
               ReadFingerprint(Find(rows, "test"), out.test) &&
               ReadCount(Find(data, "seed"), out.seed) &&
               ReadSketch(Find(data, "sketch"), out.sketch);
  if (!whole) return std::nullopt;
  const Json* latest = Find(data, "latest");
  if (latest != nullptr && latest->is_number_integer()) out.latest = latest->get<int64_t>();
  if (const Json* mapping = Find(data, "mapping")) out.tables = TablesFromJson(*mapping);
  return out;
}

TrainedRows CheckTestRows(const std::optional<Record>& record, const data::Dataset& dataset,
                          const data::Split& split,
                          const std::function<std::optional<data::Split>(const Record&)>& remake) {
  using How = TrainedRows::How;
  TrainedRows out;
  if (!record) return out;
  out.recorded = true;
  data::RowHashes hashes(dataset);
  if (FingerprintOf(dataset, hashes, split.train) == record->train &&
      FingerprintOf(dataset, hashes, split.test) == record->test) {
    out.how = How::kSame;
    return out;
  }
  // The rows before --test's are the data that it stands beside.
  std::optional<data::Split> own;
  if (remake && FingerprintOf(dataset, hashes) == record->all) own = remake(*record);
  if (own && FingerprintOf(dataset, hashes, own->train) == record->train) {
    size_t found = 0;
    for (uint32_t row : split.test) {
      found += std::binary_search(own->train.begin(), own->train.end(), row) ? 1 : 0;
    }
    out.how = How::kExact;
    out.share =
        static_cast<double>(found) / static_cast<double>(std::max<size_t>(1, split.test.size()));
    out.clear = out.share >= 0.01;
    return out;
  }
  data::Overlap overlap = OverlapOf(record->sketch, hashes, split.test);
  if (overlap.looked_up < kFewLookedUp && overlap.looked_up < split.test.size()) {
    out.clear = overlap.Clear();  // few, but trained on
    if (!out.clear) return out;
  }
  out.how = How::kSketch;
  out.share = overlap.share();
  out.clear = overlap.Clear();
  return out;
}

Json ToJson(const TrainedRows& rows) {
  switch (rows.how) {
    case TrainedRows::How::kUnknown:
      return {{"checked", false}};
    case TrainedRows::How::kSame:
      return {{"checked", true}, {"how", "same split"}, {"share", 0.0}};
    case TrainedRows::How::kExact:
      return {{"checked", true}, {"how", "counted"}, {"share", rows.share}};
    case TrainedRows::How::kSketch:
      return {{"checked", true}, {"how", "estimated"}, {"share", rows.share}};
  }
  return {};
}

std::string Refusal(const TrainedFile& file, const std::optional<Record>& record,
                    const TrainedRows& rows, const std::string& split) {
  std::string about = rows.how == TrainedRows::How::kSketch && rows.share < 1 ? "about " : "";
  std::string all =
      record->split == "none"
          ? ", on all rows that there were (split none)"
          : StrCat(" (its split is ", record->split,
                   IsDrawn(record->split) ? StrCat(", seed ", record->seed) : std::string(), ')');
  std::string own = record->split == "none"
                        ? "Give new rows with --test FILE"
                        : "Leave --split and --seed out to measure on the rows that it was not "
                          "trained on, or give new rows with --test FILE";
  return StrCat(file.name, " was trained on ", about, Percent(rows.share), " of the test rows of ",
                split, all, ", so its figures there would say nothing. ", own,
                "; --trained-rows allow measures all the same");
}

std::string Remark(const TrainedFile& file, const TrainedRows& rows) {
  if (!rows.recorded) {
    return StrCat(file.name,
                  " has no record of the rows that it was trained on (it was written by an older "
                  "version, or comes from elsewhere): whether test rows are among them cannot be "
                  "checked");
  }
  if (rows.how == TrainedRows::How::kUnknown) {
    return StrCat("too few test rows to tell whether ", file.name, " was trained on some of them");
  }
  if (rows.share == 0) return "";
  return StrCat(file.name, " was trained on ",
                rows.how == TrainedRows::How::kSketch && rows.share < 1 ? "about " : "",
                Percent(rows.share), " of these test rows: its figures flatter it");
}

}  // namespace duomo::cli
