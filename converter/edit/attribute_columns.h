// Attributes of a file on its way to another one: columns that follow their items, come and go.
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

// Puts a column in the place of the one of its name, or adds it.
void PutAttribute(Draft& draft, const model::AttributeColumn& column);
// False where there is none of that name.
bool RemoveAttribute(Draft& draft, std::string_view name);

// The file's items become these rows, in this order.
void KeepAttributeRows(Draft& draft, std::span<const uint32_t> rows);

}  // namespace duomo::convert
