// duomo-convert inspect: what a file holds.
#include "converter/look/inspect.h"

#include <cmath>

#include "converter/command.h"
#include "converter/edit/fold_in_json.h"
#include "converter/look/describe.h"
#include "core/error.h"
#include "core/file_io.h"
#include "description/json.h"
#include "file/duomo_generated.h"
#include "model/parameters.h"
#include "retrieval/planes.h"

namespace duomo::convert {
namespace {

Json EntitiesJson(const model::Entities& entities) {
  const char* keys = entities.keys.kind() == model::KeyKind::kString ? "string" : "integer";
  return {{"count", entities.count},
          {"keys", entities.count == 0 ? Json() : Json(keys)},
          {"titles", !entities.title_offsets.empty()},
          {"frozen_vectors", !entities.vectors.empty()}};
}

// What searches of one side read; null: the vectors.
Json SearchJson(const model::Entities& side) {
  const model::Planes& planes = side.planes;
  if (planes.empty()) return {};
  return {{"axes", planes.axes.empty() ? 0 : planes.dimensions()},
          {"left_out_energy", retrieval::LeftOutEnergy(planes, side.vectors)},
          {"first_bytes", planes.block_size() / 16},
          {"second_bytes", planes.stride()}};
}

Json AttributesJson(const model::Model& model) {
  Json out = Json::array();
  for (const model::Attribute& a : model.attributes()) {
    out.push_back({{"name", a.name},
                   {"kind", model::NameOf(a.kind)},
                   {"values", a.listed() ? Json(a.values.size()) : Json()},
                   {"missing", MissingOf(a, model.items().count)}});
  }
  return out;
}

Json ReportJson(const model::Report& report) {
  Json metrics = Json::object();
  for (const auto& [name, value] : report.metrics) metrics[name] = value;
  Json settings = description::JsonOrNull(report.settings);
  if (settings.is_null()) settings = report.settings;  // not JSON: as it is
  return {
      {"data", report.data}, {"split", report.split}, {"metrics", metrics}, {"settings", settings}};
}

Json MetadataJson(const model::Metadata& metadata) {
  Json out = Json::object();
  for (const auto& [key, value] : metadata) out[std::string(key)] = value;
  return out;
}

}  // namespace

uint64_t MissingOf(const model::Attribute& a, uint64_t items) {
  uint64_t missing = 0;
  for (double x : a.numbers) missing += std::isnan(x);
  for (int64_t x : a.integers) missing += x == model::kMissingInteger;
  if (!a.listed()) return missing;
  for (uint64_t row = 0; row < items; ++row) {
    auto rows = a.rows.RowsOf(row);
    missing += rows.empty() || rows[0] >= a.values.size();
  }
  return missing;
}

Inspection Inspect(const std::string& path) {
  Inspection out;
  out.path = path;
  out.model = model::Model::Open(path);
  out.preamble = file::ReadPreamble(FileBytes::Map(path).bytes());
  if (const auto* producer = out.model->file().header().producer()) out.producer = producer->str();
  return out;
}

std::vector<LayerParameters> LayersOf(const model::Description& description) {
  std::vector<LayerParameters> out;
  for (const model::Parameter& p : model::ParametersOf(description)) {
    std::string layer = p.name;
    for (const char* ending : {"/weight", "/bias"}) {
      if (layer.ends_with(ending)) layer.resize(layer.size() - std::string_view(ending).size());
    }
    if (out.empty() || out.back().name != layer) out.push_back({layer, {}, 0, 0});
    out.back().tensors.emplace_back(p.name, p.shape);
    out.back().known += p.known_size();
    out.back().unknown += p.size() - p.known_size();
  }
  return out;
}

Json InspectionJson(const Inspection& in) {
  const model::Model& model = *in.model;
  const model::Description& d = model.description();
  Json layers = Json::array(), segments = Json::array();
  uint64_t known = 0, unknown = 0;
  for (const LayerParameters& layer : LayersOf(d)) {
    Json tensors = Json::array();
    for (const auto& [name, shape] : layer.tensors)
      tensors.push_back({{"name", name}, {"shape", shape}});
    layers.push_back({{"name", layer.name},
                      {"tensors", tensors},
                      {"known", layer.known},
                      {"unknown_rows", layer.unknown}});
    known += layer.known;
    unknown += layer.unknown;
  }
  for (const file::SegmentInfo& s : model.file().segments()) {
    segments.push_back({{"name", s.name},
                        {"dtype", file::NameOf(s.dtype)},
                        {"shape", std::vector<uint64_t>(s.shape.begin(), s.shape.end())},
                        {"offset", s.offset},
                        {"size", s.size},
                        {"stored_size", s.stored_size},
                        {"compressed", s.compressed},
                        {"crc32", Hex(s.crc32)}});
  }
  Json history;
  if (model.has_history()) {
    auto rows = model.file().Find("users/history/rows");
    history = {{"interactions", rows ? rows->rows() : 0}};
  }
  return {{"file", in.path},
          {"producer", in.producer},
          {"fingerprint", Hex64(model.fingerprint())},
          {"metadata", MetadataJson(model.metadata())},
          {"container_version", in.preamble.container_version},
          {"minimum_reader_version", in.preamble.minimum_reader_version},
          {"size", in.preamble.file_size},
          {"header",
           {{"offset", in.preamble.header_offset},
            {"size", in.preamble.header_size},
            {"crc32", Hex(in.preamble.header_crc32)}}},
          {"description", description::ToJson(d)},
          {"vector_width", model::IsJoint(d) ? Json() : Json(model::VectorWidth(d))},
          {"users", EntitiesJson(model.users())},
          {"items", EntitiesJson(model.items())},
          {"attributes", AttributesJson(model)},
          {"search", SearchJson(model.items())},
          {"search_users", SearchJson(model.users())},
          {"history", history},
          {"fold_in", model.fold_in() ? ToJson(*model.fold_in()) : Json()},
          {"parameters", {{"known", known}, {"unknown_rows", unknown}, {"layers", layers}}},
          {"segments", segments},
          {"report", ReportJson(model.report())}};
}

void AddInspect(CLI::App& parent) {
  struct Options {
    std::string file;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* c = AddReading(parent, "inspect", "Show what a file holds", o->file);
  c->add_flag("--json", o->json, "Print JSON, complete");
  c->callback([o] {
    Inspection inspection = Inspect(o->file);
    if (o->json) {
      PrintJson(InspectionJson(inspection));
    } else {
      Print(InspectionText(inspection));
    }
  });
}

}  // namespace duomo::convert
