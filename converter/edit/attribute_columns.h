// Attributes while a file is rewritten: they follow their items, and can be added and removed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "converter/edit/rewrite.h"
#include "model/attributes.h"

namespace duomo::convert {

// A column's values for these rows of items, in this order; missing for kNoRow. Texts that none of
// them has are left out.
model::AttributeColumn ColumnOf(const model::Attribute& attribute, std::span<const uint32_t> rows);

// Replaces the column of the same name, or adds the column.
void PutAttribute(Draft& draft, const model::AttributeColumn& column);
// False where there is none of that name.
bool RemoveAttribute(Draft& draft, std::string_view name);

// The file's items become these rows, in this order.
void KeepAttributeRows(Draft& draft, std::span<const uint32_t> rows);

}  // namespace duomo::convert
