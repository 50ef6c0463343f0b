// From a file to its JSON form.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "console/progress.h"
#include "converter/edit/fold_in_json.h"
#include "converter/edit/json_form.h"
#include "converter/output.h"
#include "core/error.h"
#include "description/base64.h"
#include "description/json.h"
#include "file/writer.h"

namespace duomo::convert {
namespace {

using Sink = std::function<void(std::string_view)>;
using description::AppendBase64;
using file::DType;

constexpr size_t kFlush = 1 << 20;

// Numbers that JSON has no word for, as their bits.
std::string Bits(uint64_t bits) {
  char text[24];
  std::snprintf(text, sizeof(text), "\"0x%llx\"", static_cast<unsigned long long>(bits));
  return text;
}

template <typename T>
void AppendValue(std::string& out, const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) {
      std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t> bits;
      std::memcpy(&bits, at, sizeof(T));
      out += Bits(bits);
      return;
    }
    if (value == 0 && std::signbit(value)) {  // "-0" would be read as a whole number, without sign
      out += "-0.0";
      return;
    }
  }
  char text[32];
  char* end = nullptr;
  if constexpr (std::is_same_v<T, float>) {
    // As a double: read as one and made a float, it is the same float.
    end = std::to_chars(text, text + sizeof(text), double{value}).ptr;
  } else {
    end = std::to_chars(text, text + sizeof(text), value).ptr;
  }
  out.append(text, end);
}

void AppendNumber(std::string& out, DType dtype, const std::byte* at) {
  WithTypeOf(dtype, [&]<typename T>(T) { AppendValue<T>(out, at); });
}

// Copies what a source gives into `out`, as base64 or as numbers, and flushes when it is long.
class Writer {
 public:
  Writer(DType dtype, bool readable, std::string& out, const Sink& sink)
      : dtype_(dtype),
        unit_(readable ? file::SizeOf(dtype) : 3),
        readable_(readable),
        out_(out),
        sink_(sink) {}

  void Add(std::span<const std::byte> piece) {
    if (!rest_.empty()) {
      size_t take = std::min(piece.size(), unit_ - rest_.size());
      rest_.insert(rest_.end(), piece.begin(), piece.begin() + static_cast<ptrdiff_t>(take));
      piece = piece.subspan(take);
      if (rest_.size() < unit_) return;
      Put(rest_);
      rest_.clear();
    }
    size_t whole = piece.size() / unit_ * unit_;
    Put(piece.first(whole));
    rest_.assign(piece.begin() + static_cast<ptrdiff_t>(whole), piece.end());
  }
  void Finish() { Put(rest_); }

 private:
  void Put(std::span<const std::byte> bytes) {
    if (!readable_) {
      AppendBase64(out_, bytes);
    } else {
      for (size_t i = 0; i < bytes.size(); i += unit_) {
        if (!first_) out_ += ',';
        first_ = false;
        AppendNumber(out_, dtype_, bytes.data() + i);
      }
    }
    if (out_.size() < kFlush) return;
    sink_(out_);
    out_.clear();
  }

  DType dtype_;
  size_t unit_;  // bytes that are written together
  bool readable_, first_ = true;
  std::vector<std::byte> rest_;
  std::string& out_;
  const Sink& sink_;
};

std::string Text(const std::string& text) { return Json(text).dump(); }

std::string ReportText(const model::Report& report) {
  std::string metrics;
  for (const auto& [name, value] : report.metrics) {
    std::string number;
    AppendValue<double>(number, reinterpret_cast<const std::byte*>(&value));
    metrics += StrCat(metrics.empty() ? "" : ", ", "[", Text(name), ", ", number, "]");
  }
  return StrCat("{\"data\": ", Text(report.data), ", \"split\": ", Text(report.split),
                ", \"settings\": ", Text(report.settings), ", \"metrics\": [", metrics, "]}");
}

// Nothing where there is none.
std::string MetadataText(const model::Metadata& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    text += StrCat(text.empty() ? ",\n\"metadata\": {" : ", ", Text(std::string(key)), ": ",
                   Text(std::string(value)));
  }
  return text.empty() ? text : text + "}";
}

std::string AttributesText(const model::Model& model) {
  if (model.attributes().empty()) return "";
  std::string out;
  for (const model::Attribute& a : model.attributes()) {
    out += StrCat(out.empty() ? "" : ", ", "{\"name\": ", Text(a.name), ", \"kind\": \"",
                  model::NameOf(a.kind), "\"}");
  }
  return StrCat(",\n\"attributes\": [", out, "]");
}

}  // namespace

void WriteJsonForm(const model::Model& model, bool readable, const Sink& sink) {
  uint64_t total = 0;
  for (const file::SegmentInfo& s : model.file().segments()) total += s.size;
  console::Progress progress("dump", total);
  std::string out;
  try {
    out = StrCat(
        "{\n\"duomo_dump\": 1,\n\"description\": ", description::ToJson(model.description()).dump(),
        ",\n\"report\": ", ReportText(model.report()),
        model.fold_in() ? ",\n\"fold_in\": " + ToJson(*model.fold_in()).dump() : "",
        MetadataText(model.metadata()), AttributesText(model), ",\n\"tensors\": [");
  } catch (const Json::exception&) {  // dump() of what is not UTF-8
    Fail(Status::kUnsupported, "the description or the report has text that is not UTF-8; JSON ",
         "cannot hold it");
  }
  bool first = true;
  for (const file::SegmentInfo& s : model.file().segments()) {
    std::string shape;
    for (uint64_t n : s.shape) shape += StrCat(shape.empty() ? "" : ", ", n);
    out += StrCat(first ? "\n" : ",\n", "{\"name\": ", Text(std::string(s.name)), ", \"dtype\": \"",
                  file::NameOf(s.dtype), "\", \"shape\": [", shape,
                  "], \"compressed\": ", s.compressed ? "true" : "false",
                  readable ? ", \"values\": [" : ", \"base64\": \"");
    first = false;
    Writer writer(s.dtype, readable, out, sink);
    file::SourceOf(model.file(), s).write([&](std::span<const std::byte> p) {
      writer.Add(p);
      progress.Add(p.size());
    });
    writer.Finish();
    out += readable ? "]}" : "\"}";
  }
  out += "\n]\n}\n";
  sink(out);
}

}  // namespace duomo::convert
