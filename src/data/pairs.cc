#include "data/pairs.h"

#include <algorithm>
#include <numeric>

namespace duomo::data {

namespace {

// Where each user's rows begin when they are sorted by user; and their number.
std::vector<size_t> BeginsOf(const Interactions& in) {
  uint32_t users = 0;
  for (uint32_t user : in.users) users = std::max(users, user + 1);
  std::vector<size_t> begin(size_t{users} + 1);
  for (uint32_t user : in.users) ++begin[user + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  return begin;
}

// The rows of the users from `first` up to `last`, into `rows`.
void RowsOf(const Interactions& in, std::span<const size_t> begin, uint32_t first, uint32_t last,
            const std::function<bool(uint32_t, uint32_t)>& before, std::vector<uint32_t>& rows) {
  // By user first, which takes no comparisons; then few rows at a time.
  std::vector<size_t> at(begin.begin() + first, begin.begin() + last);
  const size_t base = begin[first];
  rows.resize(begin[last] - base);
  const uint32_t* users = in.users.data();
  for (size_t row = 0; row < in.size(); ++row) {
    if (uint32_t user = users[row]; user >= first && user < last) {
      rows[at[user - first]++ - base] = static_cast<uint32_t>(row);
    }
  }
  for (uint32_t user = first; user < last; ++user) {
    std::sort(rows.begin() + static_cast<std::ptrdiff_t>(begin[user] - base),
              rows.begin() + static_cast<std::ptrdiff_t>(begin[user + 1] - base),
              [&](uint32_t a, uint32_t b) { return before(a, b); });
  }
}

}  // namespace

std::vector<uint32_t> ByUser(const Interactions& in,
                             const std::function<bool(uint32_t, uint32_t)>& before) {
  std::vector<size_t> begin = BeginsOf(in);
  std::vector<uint32_t> rows;
  RowsOf(in, begin, 0, static_cast<uint32_t>(begin.size() - 1), before, rows);
  return rows;
}

void ForUsers(const Interactions& in, size_t most,
              const std::function<bool(uint32_t, uint32_t)>& before,
              const std::function<void(std::span<const uint32_t>)>& take) {
  std::vector<size_t> begin = BeginsOf(in);
  std::vector<uint32_t> rows;
  for (size_t first = 0; first + 1 < begin.size();) {
    // The last user that still fits, and one in any case.
    auto end = std::upper_bound(begin.begin() + static_cast<std::ptrdiff_t>(first) + 1, begin.end(),
                                begin[first] + most);
    size_t last = std::max(first + 1, static_cast<size_t>(end - begin.begin()) - 1);
    RowsOf(in, begin, static_cast<uint32_t>(first), static_cast<uint32_t>(last), before, rows);
    take(rows);
    first = last;
  }
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
