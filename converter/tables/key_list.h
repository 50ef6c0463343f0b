// Lists of keys of users or items, one a line.
#pragma once

#include <string>
#include <vector>

#include "model/model.h"

namespace duomo::convert {

struct ListedKey {
  std::string key, where;  // where: "gone.txt, line 3"
};

// From a file, packed or not, a pipe or "-" (stdin). Empty lines are passed over. Throws
// Error(kIo), and kCorrupt for what is not UTF-8.
std::vector<ListedKey> ReadKeyList(const std::string& path);

// The row of each key, ascending, each once. One that `keys` lacks goes to `absent`; without it
// that is an error, and so is a text among integers. Throws Error(kNotFound, kInvalidArgument);
// `of` names them: "user".
std::vector<uint32_t> RowsOfKeys(const std::vector<ListedKey>& list, const model::KeyIndex& keys,
                                 const char* of, std::vector<std::string>* absent = nullptr);

// A whole number; throws Error(kInvalidArgument) that begins with `what`.
int64_t WholeNumber(std::string_view text, const std::string& what);

}  // namespace duomo::convert
