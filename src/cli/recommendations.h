// Recommendations for thousands of users, into a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"

namespace duomo::cli {

struct ListOptions {
  size_t k = 10;
  std::vector<uint32_t> excluded;  // items
  bool exclude_seen = false;
};

struct UserList {
  std::vector<uint32_t> rows;         // each once, in the order of first appearance
  uint64_t unknown = 0;               // different ids that the model does not know
  std::vector<std::string> examples;  // the first three of them
};

// The users of a table, see IdTable; "all": of the model. Throws Error that names the unknown ones
// unless they are skipped, and where no user is left.
UserList ReadUsers(const Session& session, const std::string& path, bool skip_unknown);

// "1, 2, 3 and 12 others".
std::string UnknownUsers(const UserList& users);

// By the ending of a name: .csv with the header user,rank,item,score,title, cells quoted where RFC
// 4180 says so; .jsonl with an object of the same fields a line. Throws Error for other endings.
enum class ListFormat { kCsv, kJsonLines };
ListFormat FormatOf(const std::string& path);

// Writes the best items of each user, best first, with scores in the output's unit as the C ABI has
// them. Some users at a time: memory does not grow with their number. The file appears as a whole;
// a signal leaves nothing. How many lines there are.
uint64_t WriteRecommendations(Session& session, std::span<const uint32_t> users,
                              const ListOptions& options, const std::string& path);

}  // namespace duomo::cli
