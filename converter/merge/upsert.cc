#include "converter/merge/upsert.h"

#include "converter/edit/entities.h"
#include "converter/merge/events.h"
#include "converter/merge/upsert_side.h"

namespace duomo::convert {

using model::Side;

Merged Merge(Draft& draft, MergeTables tables, const MergeOptions& options) {
  UpsertSide items(draft, Side::kItem, nullptr, options);
  UpsertSide users(draft, Side::kUser, &items, options);
  Merged out;
  if (tables.items) items.Read(std::move(tables.items));
  if (tables.users) users.Read(std::move(tables.users));
  if (tables.events) {
    out.events = ReadEvents(std::move(tables.events), users, items, options.records.skip_bad_lines);
  }
  items.Finish();
  users.Finish();
  out.users = users.counts();
  out.items = items.counts();
  out.vectors_given = users.vectors_given() + items.vectors_given();
  out.vectors_made = users.vectors_made() + items.vectors_made();
  for (auto [side, part] : {std::pair(Side::kUser, &users), std::pair(Side::kItem, &items)}) {
    if (part->counts().added == 0 && !part->vectors_changed()) continue;
    for (std::string& name : RemoveDerived(draft, side)) out.left_out.push_back(std::move(name));
  }
  for (const UpsertSide* side : {&users, &items}) {
    for (const auto& [input, n] : side->unknown()) out.unknown[input] += n;
  }
  return out;
}

}  // namespace duomo::convert
