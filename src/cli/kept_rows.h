// --cache: rows that have been read and understood are kept in a file (data/row_cache.h), and
// mapped the next time that the same is asked of the same files.
#pragma once

#include <functional>
#include <string>

#include "cli/understanding.h"

namespace duomo::cli {

// Where they are kept beside the data, instead of in a folder.
inline constexpr const char* kBesideData = "beside";

// What `read` gives, or gave before. `how`: what was asked beside the options, as text. Says on
// stderr what it did. Throws as `read`, and Error(kIo) where the file cannot be written.
Understood ReadKept(const DataOptions& options, const std::string& how,
                    const std::function<Understood()>& read);

}  // namespace duomo::cli
