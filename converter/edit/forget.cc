#include "converter/edit/forget.h"

#include <algorithm>

#include "converter/output.h"

namespace duomo::convert {

using model::InputKind;
using model::KeyKind;
using model::Side;

namespace {

// By value: who has it. Others: rows that stay, or a second one that leaves where none stays.
struct Owners {
  std::vector<bool> leaver, others;
};

void Count(const model::FeatureView& column, const Parting& rows, Owners& of) {
  auto each = [&](uint32_t row, const auto& take) {
    for (uint32_t value : column.RowsOf(row)) {
      if (value < of.leaver.size()) take(value);  // else not known
    }
  };
  for (uint32_t row : rows.stay) each(row, [&](uint32_t v) { of.others[v] = true; });
  std::vector<uint32_t> last(rows.stay.empty() ? of.leaver.size() : 0, UINT32_MAX);
  for (uint32_t row : rows.leave) {
    each(row, [&](uint32_t v) {
      if (!last.empty()) {
        if (last[v] != UINT32_MAX && last[v] != row) of.others[v] = true;
        last[v] = row;
      }
      of.leaver[v] = true;
    });
  }
}

// The vocabularies that list what people and items brought with them.
std::vector<bool> ListsBrought(const model::Description& d) {
  std::vector<bool> out;
  for (const model::Vocabulary& v : d.vocabularies) out.push_back(v.keys != KeyKind::kRange);
  for (const model::Input& input : d.inputs) {
    if (input.vocabulary < 0) continue;
    if (input.kind == InputKind::kHistory || input.bucketed) {
      out[static_cast<size_t>(input.vocabulary)] = false;
    }
  }
  return out;
}

}  // namespace

std::map<std::string, uint64_t> MarkForgotten(const model::Model& m, const Parting& users,
                                              const Parting& items, GoneValues& marked) {
  const model::Description& d = m.description();
  marked.resize(d.vocabularies.size());
  std::map<std::string, uint64_t> out;
  const std::vector<bool> lists = ListsBrought(d);
  for (uint32_t v = 0; v < d.vocabularies.size(); ++v) {
    if (!lists[v]) continue;
    const uint64_t size = m.vocabulary(v).size();
    Owners of{std::vector<bool>(size), std::vector<bool>(size)};
    for (size_t i = 0; i < d.inputs.size(); ++i) {
      const model::Input& input = d.inputs[i];
      // Those of pairs belong to nobody.
      if (input.vocabulary != static_cast<int32_t>(v) || input.scope == model::Scope::kPair) {
        continue;
      }
      const bool item = input.scope == model::Scope::kItem;
      const model::Entities& side = m.side(item ? Side::kItem : Side::kUser);
      if (side.count > 0) Count(side.features.inputs[i], item ? items : users, of);
    }
    uint64_t count = 0;
    marked[v].resize(size);
    for (uint64_t value = 0; value < size; ++value) {
      if (!of.leaver[value] || of.others[value] || marked[v][value]) continue;
      marked[v][value] = true;
      ++count;
    }
    if (count > 0) out[d.vocabularies[v].name] = count;
  }
  return out;
}

std::string ForgottenText(const std::map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  std::string names;
  for (const auto& [name, n] : counts) {
    sum += n;
    names += StrCat(names.empty() ? "" : ", ", name, " ", Commas(n));
  }
  return StrCat(Commas(sum), sum == 1 ? " value" : " values", " that nobody else has: ", names,
                "\n");
}

}  // namespace duomo::convert
