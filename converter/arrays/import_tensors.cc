#include "converter/arrays/import_tensors.h"

#include <cmath>
#include <map>

#include "converter/output.h"
#include "core/error.h"
#include "core/text.h"

namespace duomo::convert {
namespace {

constexpr size_t kLongestName = 200, kMostExtra = 1000;

}  // namespace

std::string QuotedName(std::string_view name) {
  bool cut = name.size() > kLongestName;
  std::string text(name.substr(0, kLongestName));
  if (!cut && !IsUtf8(text)) text = Latin1ToUtf8(text);
  if (cut) text = Latin1ToUtf8(text);  // the cut may be inside a character
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return StrCat('"', text, cut ? "…\"" : "\"");
}

void CheckNamesAndShapes(std::string_view where, std::span<const NamedShape> expected,
                         std::span<const NamedShape> found) {
  std::map<std::string_view, const NamedShape*> there;
  for (const NamedShape& f : found) there[f.name] = &f;
  std::string text;
  for (const NamedShape& e : expected) {
    auto f = there.find(e.name);
    if (f == there.end()) {
      text += StrCat("\n  missing: ", QuotedName(e.name), ", ", ShapeText(e.shape));
      continue;
    }
    if (f->second->shape != e.shape) {
      text += StrCat("\n  ", QuotedName(e.name), " is ", ShapeText(f->second->shape),
                     "; expected: ", ShapeText(e.shape));
    }
    there.erase(f);
  }
  size_t extra = 0;
  for (const NamedShape& f : found) {  // in the file's order
    auto left = there.find(f.name);
    if (left == there.end() || left->second != &f) continue;
    if (++extra <= kMostExtra) {
      text += StrCat("\n  not expected: ", QuotedName(f.name), ", ", ShapeText(f.shape));
    }
  }
  if (extra > kMostExtra) text += StrCat("\n  and ", extra - kMostExtra, " more not expected");
  if (!text.empty()) Fail(Status::kInvalidArgument, where, ": not the tensors of the model:", text);
}

void CheckFinite(std::string_view name, std::span<const uint64_t> shape,
                 std::span<const float> values, uint64_t first) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    std::string index;
    uint64_t rest = first + i;
    for (size_t k = shape.size(); k-- > 0;) {
      uint64_t at = k == 0 ? rest : rest % shape[k];
      if (k > 0) rest /= shape[k];
      index = StrCat(at, index.empty() ? "" : ", ", index);
    }
    Fail(Status::kInvalidArgument, name, '[', index, "] is ",
         std::isnan(values[i]) ? "NaN" : "infinite", "; --allow-nonfinite takes it");
  }
}

void RefuseOtherFiles(std::string_view head, const std::string& where, std::string_view wanted) {
  const char* what = nullptr;
  if (head.size() >= 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5) {
    what = "a Python pickle, which could run any program; it is never read";
  } else if (head.starts_with("(dp") || head.starts_with("(lp") || head.starts_with("cnumpy")) {
    what = "a Python pickle, which could run any program; it is never read";
  } else if (head.starts_with("PK\x03\x04")) {
    what = "a zip archive";
  } else if (head.starts_with("\x89HDF")) {
    what = "an HDF5 file";
  } else if (head.starts_with("\x89"
                              "DUOMO")) {
    what = "a .duomo file";
  } else if (head.starts_with("BZh") || head.starts_with("\xFD"
                                                         "7zXZ")) {
    what = "compressed otherwise than by gzip";
  }
  if (what != nullptr) Fail(Status::kUnsupported, where, " is ", what, "; expected: ", wanted);
}

}  // namespace duomo::convert
