// Parses ids that users type, and builds the messages about unknown ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace duomo::cli {

// The row of a key: an integer ("17", also "17.0" as spreadsheets write it), or text where keys are
// strings. Nothing where it is unknown or no integer.
std::optional<uint64_t> FindKey(const model::KeyIndex& keys, std::string_view text);

// Why FindKey() found nothing, with an example of what is there: Error(kNotFound), or
// Error(kInvalidArgument) for what can be no id of this model. `file`: the model's.
[[noreturn]] void FailUnknown(const model::Model& model, model::Side side, const std::string& text,
                              const std::string& file);

// The keys of a list with commas between. One that is itself a key, commas and all, is that key;
// others with commas can be quoted as in CSV. Blanks around keys are taken away.
std::vector<std::string> KeysOf(const model::KeyIndex& keys, const std::string& list);

// The cells of one line, unquoted, without blanks around them.
std::vector<std::string> SplitCells(std::string_view line, char separator);

}  // namespace duomo::cli
