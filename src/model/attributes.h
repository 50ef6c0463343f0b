// Attributes: columns of items for filtering and display, which the network does not read.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file/tensor.h"
#include "model/features.h"
#include "model/key_index.h"

namespace duomo::fb {
struct Header;
}

namespace duomo::model {

// Values are those of fb::AttributeKind and of DUOMO_ATTRIBUTE_….
enum class AttributeKind : int32_t {
  kCategory = 0,  // a text an item
  kSet = 1,       // any number of texts an item
  kInteger = 2,
  kNumber = 3,  // a double
  kTime = 4,    // an integer: seconds since 1970, UTC
};

inline constexpr int64_t kMissingInteger = INT64_MIN;
inline constexpr double kMissingNumber = std::numeric_limits<double>::quiet_NaN();

// An attribute's entry in the header.
struct AttributeInfo {
  std::string name;
  AttributeKind kind = AttributeKind::kCategory;
  bool operator==(const AttributeInfo&) const = default;
};

// A column in the file. Immutable view; any thread. Memory-safe whatever the tensors contain.
struct Attribute {
  std::string name;
  AttributeKind kind = AttributeKind::kCategory;
  KeyIndex values;                    // the texts of categories and sets
  FeatureView rows;                   // categories and sets: rows of `values`; beyond them: missing
  std::span<const int64_t> integers;  // integers and times, one an item; kMissingInteger
  std::span<const double> numbers;    // numbers, one an item; NaN: missing

  bool listed() const { return kind == AttributeKind::kCategory || kind == AttributeKind::kSet; }
};

// The same, owning its memory; grows one item at a time.
struct AttributeColumn {
  AttributeInfo info;
  std::vector<std::string> texts;  // row by row of the values
  FeatureColumn rows;
  std::vector<int64_t> integers;
  std::vector<double> numbers;
};

// "category", "set", "integer", "number", "time".
std::string_view NameOf(AttributeKind kind);
std::span<const std::string_view> AttributeKindNames();  // of all, in their order

// Reads the entries of a header. Throws Error(kCorrupt) if a name is too long.
std::vector<AttributeInfo> ReadAttributes(const fb::Header& header);

// Checks that names are valid and unique, and that kinds are known. Throws Error(kInvalidArgument).
void CheckAttributes(std::span<const AttributeInfo> attributes);

// "attributes/NAME/": what the tensors of one begin with.
std::string AttributePrefix(std::string_view name);

// Appends the tensors of a column: see FORMAT.md. The texts must differ from each other.
void AddAttribute(std::vector<file::OwnedTensor>& out, const AttributeColumn& column);

}  // namespace duomo::model
