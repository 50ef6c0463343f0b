// From the JSON form to the contents of a file.
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "converter/edit/fold_in_json.h"
#include "converter/edit/json_form.h"
#include "converter/output.h"
#include "core/error.h"
#include "description/base64.h"
#include "description/fields.h"
#include "description/json.h"
#include "file/writer.h"

namespace duomo::convert {
namespace {

using description::Base64Size;
using description::DecodeBase64;
using description::Fields;
using file::DType;

// Strings of more bytes than this stay where they are: the parser sees kMark, their offset, a colon
// and their length instead, so that the tensors of a file are never in its hands.
constexpr size_t kLong = 4096;
constexpr std::string_view kMark = "duomo long string ";

// Where the string that begins behind the quote at `begin` ends: at its closing quote.
size_t EndOfString(std::string_view text, size_t begin) {
  for (size_t at = begin;;) {
    const void* found = std::memchr(text.data() + at, '"', text.size() - at);
    if (found == nullptr) return text.size();
    size_t quote = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    size_t escapes = 0;
    while (quote - escapes > begin && text[quote - escapes - 1] == '\\') ++escapes;
    if (escapes % 2 == 0) return quote;
    at = quote + 1;
  }
}

std::string Skeleton(std::string_view text, const std::string& source) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t quote = text.find('"', at);
    if (quote == text.npos) quote = text.size();
    out += text.substr(at, quote - at);
    if (quote == text.size()) break;
    size_t begin = quote + 1, end = EndOfString(text, begin);
    std::string_view inside = text.substr(begin, end - begin);
    if (inside.starts_with(kMark)) {
      Fail(Status::kInvalidArgument, source, ": a string begins with \"", kMark,
           "\", which is kept for Duomo's own use");
    }
    out += '"';
    if (inside.size() > kLong) {
      out += StrCat(kMark, begin, ":", inside.size());
    } else {
      out += inside;
    }
    if (end < text.size()) out += '"';
    at = end + 1;
  }
  return out;
}

class Form {
 public:
  Form(std::string_view text, const std::string& source)
      : text_(text),
        source_(source),
        json_(description::ParseJson(Skeleton(text, source), source)) {}

  model::Contents Read() {
    Fields f(json_, "");
    if (f.Count("duomo_dump") != 1) f.Wrong("duomo_dump", "this Duomo reads form 1");
    model::Contents out;
    out.description = description::FromJson(f.Get("description"));
    if (f.Has("report")) {
      Fields report(f.Get("report"), "report");
      ReadReport(report, out.report);
      report.Finish();
    }
    if (f.Has("fold_in")) {
      Fields fold_in(f.Get("fold_in"), "fold_in");
      out.fold_in = ReadFoldIn(fold_in);
      fold_in.Finish();
    }
    if (f.Has("metadata")) ReadMetadata(f, out.metadata);
    f.ForEach("attributes", [&](Fields& a) { out.attributes.push_back(ReadAttribute(a)); });
    f.ForEach("tensors", [&](Fields& t) { out.sources.push_back(ReadTensor(t)); });
    f.Finish();
    return out;
  }

 private:
  // The characters of a long string as they stand in the file; none: it is not long.
  std::optional<std::string_view> Long(const std::string& string) const {
    if (!string.starts_with(kMark)) return std::nullopt;
    std::string_view rest = std::string_view(string).substr(kMark.size());
    size_t begin = 0, size = 0;
    auto after = std::from_chars(rest.data(), rest.data() + rest.size(), begin).ptr;
    std::from_chars(after + 1, rest.data() + rest.size(), size);
    return text_.substr(begin, size);
  }

  std::string TextOf(Fields& f, const char* name) const { return Whole(f.Text(name, "")); }

  // A string of the skeleton as the file has it.
  std::string Whole(std::string text) const {
    auto inside = Long(text);
    if (!inside) return text;
    Json string = description::ParseJson(StrCat("[\"", *inside, "\"]"), source_);
    return string[0].get<std::string>();
  }

  void ReadMetadata(Fields& f, std::map<std::string, std::string, std::less<>>& out) const {
    const Json& json = f.Get("metadata");
    if (!json.is_object()) f.Wrong("metadata", "must be an object");
    for (const auto& [key, value] : json.items()) {
      if (!value.is_string())
        f.Wrong("metadata", "must hold texts, and ", value.dump(), " is none");
      out.emplace(Whole(key), Whole(value.get<std::string>()));
    }
  }

  void ReadReport(Fields& f, model::Report& out) const {
    out.data = TextOf(f, "data");
    out.split = TextOf(f, "split");
    out.settings = TextOf(f, "settings");
    if (!f.Has("metrics")) return;
    const Json& metrics = f.Get("metrics");
    if (!metrics.is_array()) f.Wrong("metrics", "must be an array");
    for (const Json& m : metrics) {
      if (!m.is_array() || m.size() != 2 || !m[0].is_string()) {
        f.Wrong("metrics", "must hold pairs of a name and a number");
      }
      double value = 0;
      Store<double>(m[1], reinterpret_cast<std::byte*>(&value), f, "metrics");
      out.metrics.emplace_back(m[0].get<std::string>(), value);
    }
  }

  static model::AttributeInfo ReadAttribute(Fields& f) {
    return {f.Text("name"),
            static_cast<model::AttributeKind>(f.Choice("kind", model::AttributeKindNames()))};
  }

  // One number of type T; anything else, also one that T does not hold, is wrong.
  template <typename T>
  static void Store(const Json& json, std::byte* to, const Fields& f, const char* name) {
    auto wrong = [&] { f.Wrong(name, json.dump(), " is no number of its type"); };
    T value{};
    if constexpr (std::is_floating_point_v<T>) {
      if (json.is_string()) {  // the bits of what JSON has no number for
        const auto& text = json.get_ref<const std::string&>();
        std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t> bits = 0;
        const char* end = text.data() + text.size();
        if (!text.starts_with("0x") || std::from_chars(text.data() + 2, end, bits, 16).ptr != end ||
            text.size() < 3) {
          wrong();
        }
        std::memcpy(to, &bits, sizeof(T));
        return;
      }
      if (!json.is_number()) wrong();
      double number = json.get<double>();
      value = static_cast<T>(number);
      if (!std::isfinite(value)) wrong();
    } else {
      if (!json.is_number_integer()) wrong();
      bool negative = !json.is_number_unsigned() && json.get<int64_t>() < 0;
      if (negative) {
        int64_t number = json.get<int64_t>();
        if (!std::is_signed_v<T> || number < static_cast<int64_t>(std::numeric_limits<T>::min())) {
          wrong();
        }
        value = static_cast<T>(number);
      } else {
        uint64_t number = json.get<uint64_t>();
        if (number > static_cast<uint64_t>(std::numeric_limits<T>::max())) wrong();
        value = static_cast<T>(number);
      }
    }
    std::memcpy(to, &value, sizeof(T));
  }

  static void StoreAs(DType dtype, const Json& json, std::byte* to, const Fields& f) {
    WithTypeOf(dtype, [&]<typename T>(T) { Store<T>(json, to, f, "values"); });
  }

  file::TensorSource ReadTensor(Fields& f) const {
    file::TensorSource out;
    out.name = f.Text("name");
    std::string dtype = f.Text("dtype");
    int32_t d = 0;
    while (d <= file::kLastDType && file::NameOf(static_cast<DType>(d)) != dtype) ++d;
    if (d > file::kLastDType) f.Wrong("dtype", "there is no type \"", dtype, "\"");
    out.dtype = static_cast<DType>(d);
    const Json& shape = f.Get("shape");
    if (!shape.is_array()) f.Wrong("shape", "must be an array");
    for (const Json& n : shape) {
      if (!n.is_number_unsigned()) f.Wrong("shape", "must hold whole numbers, not negative");
      out.shape.push_back(n.get<uint64_t>());
    }
    out.compress = f.Flag("compressed", false);
    uint64_t size = file::SizeInBytes(out);
    if (f.Has("values") == f.Has("base64"))
      f.Wrong("name", "needs either \"base64\" or \"values\"");
    f.Has("values") ? ReadValues(f, size, out) : ReadBase64(f, size, out);
    return out;
  }

  void ReadBase64(Fields& f, uint64_t size, file::TensorSource& out) const {
    std::string text = f.Text("base64");
    auto inside = Long(text);
    auto found = Base64Size(inside ? *inside : std::string_view(text));
    if (found != size) {
      f.Wrong("base64", "stands for ", found ? StrCat(*found) : "no whole number of", " bytes; \"",
              out.name, "\" needs ", size, " for its shape");
    }
    std::string what = StrCat(source_, ": tensor \"", out.name, "\"");
    if (inside) {
      out.write = [what, view = *inside](const auto& sink) { DecodeBase64(view, what, sink); };
    } else {
      out.write = [what, text](const auto& sink) { DecodeBase64(text, what, sink); };
    }
  }

  void ReadValues(Fields& f, uint64_t size, file::TensorSource& out) const {
    const Json& values = f.Get("values");
    size_t unit = file::SizeOf(out.dtype);
    if (!values.is_array() || values.size() != size / unit) {
      f.Wrong("values", "must be an array of ", size / unit, " numbers for the shape of \"",
              out.name, "\"");
    }
    auto bytes = std::make_shared<std::vector<std::byte>>(size);
    for (size_t i = 0; i < values.size(); ++i) {
      StoreAs(out.dtype, values[i], bytes->data() + i * unit, f);
    }
    out.write = [bytes](const auto& sink) { sink(*bytes); };
  }

  std::string_view text_;
  std::string source_;
  Json json_;
};

}  // namespace

model::Contents ReadJsonForm(std::string_view text, const std::string& source) {
  return Form(text, source).Read();
}

}  // namespace duomo::convert
