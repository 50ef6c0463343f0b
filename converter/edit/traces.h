// Where keys of users or items who are gone still stand in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/model.h"

namespace duomo::convert {

// The vocabularies in which FindTraces() looks for keys: of ids and, for items, of histories.
std::vector<uint32_t> VocabulariesOfKeys(const model::Model& model, model::Side side);

// Calls `found` with a sentence for each place: a key of that side, an id, a value of the
// vocabularies above and, for keys of 6 bytes and more that are not only digits, a word in the
// header (metadata, report), in a title or in any other segment, once for each key and segment.
// One pass over the file, however many keys there are.
void FindTraces(const model::Model& model, model::Side side, const std::vector<std::string>& keys,
                const std::function<void(std::string)>& found);

// Places, of which the first are kept.
struct Traces {
  static constexpr size_t kNamed = 10;
  uint64_t count = 0;
  std::vector<std::string> places = {};

  void Add(std::string place);
  std::string Text() const;  // for people, a line each
};

}  // namespace duomo::convert
