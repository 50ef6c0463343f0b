// The form of `inspect` for people: sections of aligned tables, none wider than 100 columns.
#include <cstdio>
#include <tuple>

#include "converter/edit/fold_in_json.h"
#include "converter/look/describe.h"
#include "converter/look/inspect.h"
#include "core/error.h"
#include "description/fields.h"
#include "retrieval/planes.h"

namespace duomo::convert {
namespace {

using Align = Table::Align;

std::string EntitiesText(const model::Model& model) {
  Table table({{"", {}, false}, {"", Align::kRight, false}, {"", {}, true}});
  auto add = [&](const char* name, const model::Entities& e) {
    if (e.count == 0) return table.Add({name, "0", ""});
    std::string text = e.keys.kind() == model::KeyKind::kString ? "string keys" : "integer keys";
    text += e.title_offsets.empty() ? ", no titles" : ", titles";
    text += model::IsJoint(model.description()) ? ""
            : e.vectors.empty()                 ? ", not frozen"
                                                : StrCat(", frozen vectors of ", e.vectors.width,
                                         e.vectors.dtype == file::DType::kF32
                                                             ? ""
                                                             : StrCat(" in ", file::NameOf(e.vectors.dtype)));
    table.Add({name, Commas(e.count), text});
  };
  add("users", model.users());
  add("items", model.items());
  if (model.has_history()) {
    auto rows = model.file().Find("users/history/rows");
    table.Add({"history", Commas(rows ? rows->rows() : 0), "interactions, oldest first"});
  }
  for (auto [name, each, side] : {std::tuple("search", "an item", &model.items()),
                                  std::tuple("search users", "a user", &model.users())}) {
    const model::Planes& planes = side->planes;
    if (planes.empty()) continue;
    char left_out[32];
    std::snprintf(left_out, sizeof(left_out), "%.2f %%",
                  100 * retrieval::LeftOutEnergy(planes, side->vectors));
    table.Add(
        {name, StrCat(planes.block_size() / 16, " + ", planes.stride()),
         planes.axes.empty()
             ? StrCat("bytes ", each, ": half a byte for each of ", planes.width, " dimensions")
             : StrCat("bytes ", each, ": ", planes.dimensions(), " axes, which leave out ",
                      left_out, " of the energy")});
  }
  return "contents\n" + table.Text();
}

std::string AttributesText(const model::Model& model) {
  if (model.attributes().empty()) return "";
  Table table({{"attribute", {}, true},
               {"kind", {}, false},
               {"values", Align::kRight, false},
               {"missing", Align::kRight, false}});
  for (const model::Attribute& a : model.attributes()) {
    table.Add({a.name, std::string(model::NameOf(a.kind)),
               a.listed() ? Commas(a.values.size()) : "",
               Commas(MissingOf(a, model.items().count))});
  }
  return table.Text() + "\n";
}

std::string ParametersText(const model::Description& d) {
  Table table({{"parameters", {}, true},
               {"shape", {}, true},
               {"known", Align::kRight, false},
               {"unknown row", Align::kRight, false}});
  uint64_t known = 0, unknown = 0;
  for (const LayerParameters& layer : LayersOf(d)) {
    std::string shape;
    for (const auto& [name, sizes] : layer.tensors) {
      shape += (shape.empty() ? "" : " + ") + ShapeText(sizes);
    }
    table.Add({layer.name, shape, Commas(layer.known), layer.unknown ? Commas(layer.unknown) : ""});
    known += layer.known;
    unknown += layer.unknown;
  }
  table.Add({"all", "", Commas(known), Commas(unknown)});
  return table.Text();
}

std::string SegmentsText(const file::Reader& file) {
  bool compressed = false;
  for (const file::SegmentInfo& s : file.segments()) compressed |= s.compressed;
  std::vector<Table::Column> columns = {{"segment", {}, true},
                                        {"type", {}, false},
                                        {"shape", {}, false},
                                        {"offset", Align::kRight, false},
                                        {"bytes", Align::kRight, false},
                                        {"crc32", {}, false}};
  if (compressed) columns.push_back({"deflated to", Align::kRight, false});
  Table table(columns);
  for (const file::SegmentInfo& s : file.segments()) {
    std::vector<std::string> row = {std::string(s.name), std::string(file::NameOf(s.dtype)),
                                    ShapeText(s.shape),  Commas(s.offset),
                                    Commas(s.size),      Hex(s.crc32)};
    if (compressed) row.push_back(s.compressed ? Commas(s.stored_size) : "");
    table.Add(std::move(row));
  }
  return table.Text();
}

std::string ReportText(const model::Report& report) {
  Table table({{"", {}, false}, {"", {}, true}}), settings({{"", {}, false}, {"", {}, true}});
  if (!report.data.empty()) table.Add({"data", report.data});
  if (!report.split.empty()) table.Add({"split", report.split});
  for (const auto& [name, value] : report.metrics) table.Add({name, StrCat(value)});
  Json chosen = description::JsonOrNull(report.settings);
  if (chosen.is_object()) {
    // The sketch of the training rows is for `evaluate`, not for eyes.
    if (chosen.contains("data") && chosen["data"].is_object()) chosen["data"].erase("sketch");
    for (const auto& [name, value] : chosen.items()) {
      settings.Add({name, value.is_string()
                              ? value.get<std::string>()
                              : value.dump(-1, ' ', false, Json::error_handler_t::replace)});
    }
  } else if (!report.settings.empty()) {
    table.Add({"settings", report.settings});
  }
  std::string text = table.empty() ? "" : "training report\n" + table.Text() + "\n";
  return text + (settings.empty() ? "" : "training settings\n" + settings.Text() + "\n");
}

// The first line of each value.
std::string MetadataText(const model::Metadata& metadata) {
  if (metadata.empty()) return "";
  Table table({{"", {}, true}, {"", {}, true}});
  for (const auto& [key, value] : metadata) {
    std::string_view line = value.substr(0, value.find_first_of("\r\n"));
    table.Add({std::string(key), StrCat(line, line.size() < value.size() ? " …" : "")});
  }
  return "metadata\n" + table.Text() + "\n";
}

}  // namespace

std::string InspectionText(const Inspection& in) {
  const model::Model& model = *in.model;
  const file::Preamble& p = in.preamble;
  Table head({{"", {}, false}, {"", {}, true}});
  head.Add({"file", in.path});
  head.Add({"model", model.description().name});
  head.Add({"size",
            StrCat(Commas(p.file_size), " bytes, ", model.file().segments().size(), " segments")});
  head.Add({"format", StrCat("container version ", p.container_version,
                             ", for readers from version ", p.minimum_reader_version)});
  head.Add({"header", StrCat(Commas(p.header_size), " bytes, crc32 ", Hex(p.header_crc32))});
  head.Add({"fingerprint", Hex64(model.fingerprint())});
  if (!in.producer.empty()) head.Add({"producer", in.producer});
  if (model.fold_in()) head.Add({"new users", FoldInText(*model.fold_in())});
  return StrCat(
      head.Text(), "\n", MetadataText(model.metadata()), DescriptionText(model.description()), "\n",
      EntitiesText(model), "\n", AttributesText(model), ReportText(model.report()),
      ParametersText(model.description()), "\n", SegmentsText(model.file()),
      "\nChecksums of small segments were verified; `duomo-convert verify` does the rest.\n");
}

}  // namespace duomo::convert
