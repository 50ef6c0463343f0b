// Whether anything of users or items who are said to be gone is left in a file.
#include "converter/edit/entities.h"
#include "converter/edit/traces.h"
#include "converter/look/checks.h"
#include "converter/output.h"

namespace duomo::convert {

Check CheckErased(const model::Model& m, model::Side side, const std::vector<ListedKey>& list) {
  Check check;
  check.name = StrCat("erased ", PrefixOf(side));
  std::vector<std::string> keys;
  for (const ListedKey& one : list) keys.push_back(one.key);
  FindTraces(m, side, keys, [&](const std::string& place) { check.Problem(place); });
  std::string looked;
  for (uint32_t v : VocabulariesOfKeys(m, side)) {
    looked += StrCat(", ", m.description().vocabularies[v].name);
  }
  check.checked =
      StrCat(Commas(list.size()), " keys: not in keys, ids", looked,
             ", titles, the header and the bytes of ", m.file().segments().size(), " segments");
  return check;
}

}  // namespace duomo::convert
