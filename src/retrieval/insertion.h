// Sorting where few elements are out of place.
#pragma once

#include <algorithm>

namespace duomo::retrieval {

// Equals keep their order. For short or nearly sorted ranges: what is out of place is moved one by
// one. The C++ library's stable sort is much code, which a browser downloads.
template <typename Iterator, typename Less>
void SortByInsertion(Iterator begin, Iterator end, const Less& less) {
  for (Iterator next = begin; next != end; ++next) {
    std::rotate(std::upper_bound(begin, next, *next, less), next, next + 1);
  }
}

}  // namespace duomo::retrieval
