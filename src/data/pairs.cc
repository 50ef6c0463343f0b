#include "data/pairs.h"

#include <algorithm>
#include <numeric>

namespace duomo::data {

std::vector<uint32_t> ByUser(const Interactions& in,
                             const std::function<bool(uint32_t, uint32_t)>& before) {
  // By user first, which takes no comparisons; then few rows at a time.
  uint32_t users = 0;
  for (uint32_t user : in.users) users = std::max(users, user + 1);
  std::vector<size_t> begin(size_t{users} + 1);
  for (uint32_t user : in.users) ++begin[user + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> rows(in.size());
  // Each user's place moves to the end of its rows, which is where the next one's begin.
  for (uint32_t row = 0; row < in.size(); ++row) rows[begin[in.users[row]]++] = row;
  size_t from = 0;
  for (uint32_t user = 0; user < users; from = begin[user++]) {
    std::sort(rows.begin() + static_cast<std::ptrdiff_t>(from),
              rows.begin() + static_cast<std::ptrdiff_t>(begin[user]),
              [&](uint32_t a, uint32_t b) { return before(a, b); });
  }
  return rows;
}

std::vector<uint32_t> FirstOfPair(const Interactions& in) {
  std::vector<uint32_t> rows = ByUser(in, [&](uint32_t a, uint32_t b) {
    return in.items[a] != in.items[b] ? in.items[a] < in.items[b] : a < b;
  });
  std::vector<uint32_t> first(in.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    bool repeat = i > 0 && in.users[rows[i]] == in.users[rows[i - 1]] &&
                  in.items[rows[i]] == in.items[rows[i - 1]];
    first[rows[i]] = repeat ? first[rows[i - 1]] : rows[i];
  }
  return first;
}

}  // namespace duomo::data
