// Finding out which column of a table plays which role.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::data {

enum class Role { kUser, kItem, kRating, kTimestamp, kUserKey, kItemKey, kTitle, kEvent };

inline constexpr size_t kNoColumn = static_cast<size_t>(-1);

// The index of the column in `header` that has the name `wish`, or, where that is empty, one of the
// usual names of the role: compared without case, spaces, '_', '-' and '.', the first of the list
// of names that occurs. kNoColumn where nothing fits, and for the wish "none" where no column is
// called that. `where` names the file in messages. Throws
// Error(kInvalidArgument) when the wish is not there, and when two columns fit equally.
size_t FindRole(Role role, std::span<const std::string> header, const std::string& wish,
                const std::string& where);

// True for a name that plays one of the roles above for most people.
bool IsUsualName(std::string_view name);

// How ApplyMapping() calls it: "user", "users.id".
std::string_view RoleName(Role role);

}  // namespace duomo::data
