#include "model/attributes.h"

#include <algorithm>

#include "core/error.h"
#include "core/sort.h"
#include "core/text.h"
#include "file/duomo_generated.h"
#include "model/description.h"

namespace duomo::model {
namespace {

constexpr size_t kMaxName = 255;

}  // namespace

std::span<const std::string_view> AttributeKindNames() {
  static constexpr std::string_view kNames[] = {"category", "set", "integer", "number", "time"};
  return kNames;
}

std::string_view NameOf(AttributeKind kind) {
  auto i = static_cast<size_t>(kind);
  return i < AttributeKindNames().size() ? AttributeKindNames()[i] : "unknown";
}

std::vector<AttributeInfo> ReadAttributes(const fb::Header& header) {
  std::vector<AttributeInfo> out;
  const auto* attributes = header.attributes();
  if (attributes == nullptr) return out;
  out.reserve(attributes->size());
  for (const fb::Attribute* a : *attributes) {
    // Many may share one string: what is copied for each must be short.
    if (a->name()->size() > kMaxName) {
      Fail(Status::kCorrupt, "header: the name of an attribute has ", a->name()->size(),
           " bytes; at most ", kMaxName, " are possible");
    }
    out.push_back({a->name()->str(), static_cast<AttributeKind>(a->kind())});
  }
  return out;
}

void CheckAttributes(std::span<const AttributeInfo> attributes) {
  std::vector<std::string_view> names;
  names.reserve(attributes.size());
  for (const AttributeInfo& a : attributes) {
    if (const char* wrong = WrongName(a.name)) {
      Fail(Status::kInvalidArgument, "the name of attribute ", names.size(), " ", wrong);
    }
    auto kind = static_cast<int32_t>(a.kind);
    if (kind < 0 || kind > static_cast<int32_t>(AttributeKind::kTime)) {
      Fail(Status::kInvalidArgument, "attribute \"", a.name, "\": unknown kind ", kind);
    }
    names.push_back(a.name);
  }
  SortSmall(names);
  auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    Fail(Status::kInvalidArgument, "two attributes are called \"", *twice, "\"");
  }
}

std::string AttributePrefix(std::string_view name) { return StrCat("attributes/", name, "/"); }

}  // namespace duomo::model
