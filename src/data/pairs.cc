#include "data/pairs.h"

#include <algorithm>
#include <numeric>

namespace duomo::data {

std::vector<uint32_t> FirstOfPair(const Interactions& in) {
  // Rows by user first, which takes no comparisons; then few rows at a time by item.
  uint32_t users = 0;
  for (uint32_t user : in.users) users = std::max(users, user + 1);
  std::vector<size_t> begin(size_t{users} + 1);
  for (uint32_t user : in.users) ++begin[user + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> rows(in.size()), first(in.size());
  std::vector<size_t> next(begin.begin(), begin.end() - 1);
  for (uint32_t row = 0; row < in.size(); ++row) rows[next[in.users[row]]++] = row;
  for (uint32_t user = 0; user < users; ++user) {
    auto from = rows.begin() + static_cast<std::ptrdiff_t>(begin[user]);
    auto to = rows.begin() + static_cast<std::ptrdiff_t>(begin[user + 1]);
    std::sort(from, to, [&](uint32_t a, uint32_t b) {
      return in.items[a] != in.items[b] ? in.items[a] < in.items[b] : a < b;
    });
    for (auto at = from; at != to; ++at) {
      bool repeat = at != from && in.items[*at] == in.items[*(at - 1)];
      first[*at] = repeat ? first[*(at - 1)] : *at;
    }
  }
  return first;
}

}  // namespace duomo::data
