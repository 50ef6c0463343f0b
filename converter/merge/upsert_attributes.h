// The attributes of items while records come in: what the file has, and what is said instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "converter/edit/rewrite.h"
#include "converter/tables/records.h"
#include "model/attributes.h"

namespace duomo::convert {

// First records, then Finish(). One thread.
class UpsertAttributes {
 public:
  // Borrows the model; the texts of `options`, too.
  UpsertAttributes(const model::Model& model, const RecordOptions& options);

  // What an item has of one attribute; as it is made, nothing.
  struct Value {
    std::vector<std::string> texts;  // of a category one
    int64_t integer = model::kMissingInteger;
    double number = model::kMissingNumber;
  };
  using Said = std::vector<std::optional<Value>>;  // by attribute; nothing: what is stored stays

  // Cells in the forms that `duomo-convert attributes` reads. A set's values are a list of JSON,
  // have '|' between them, or ',' or ';' where the attribute has the parts and not the whole.
  // Throws Error(kInvalidArgument) that names the attribute.
  Said Read(const RecordTable& record) const;

  // Of a row of the file, or a new one. True where a row of the file has something else now.
  bool Take(uint32_t row, Said said);

  // Puts the columns into the draft, whose items are `rows` by now.
  void Finish(Draft& draft, uint64_t rows) const;

 private:
  Value ReadCell(const model::Attribute& attribute, std::string_view cell,
                 bool decimal_comma) const;
  int64_t ReadTime(const model::Attribute& attribute, std::string_view cell) const;
  Value Stored(const model::Attribute& attribute, uint32_t row) const;

  const model::Model& m_;
  const RecordOptions& options_;
  std::vector<std::unordered_map<uint32_t, Value>> changed_;  // by attribute, by row
};

}  // namespace duomo::convert
