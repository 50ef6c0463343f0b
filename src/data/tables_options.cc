// What people type about tables, as a spec.
#include <iterator>
#include <string>
#include <utility>

#include "core/error.h"
#include "data/roles.h"
#include "data/tables.h"
#include "data/values.h"

namespace duomo::data {

void ApplyMapping(TablesSpec& spec, std::string_view wish) {
  size_t equals = wish.find('='), colon = wish.rfind(':');
  if (equals != wish.npos && equals > 0 && equals + 1 < wish.size()) {
    std::string column(wish.substr(equals + 1));
    std::string* const roles[] = {&spec.roles.user,      &spec.roles.item,     &spec.roles.rating,
                                  &spec.roles.timestamp, &spec.roles.user_key, &spec.roles.item_key,
                                  &spec.roles.title,     &spec.roles.event};
    for (size_t i = 0; i < std::size(roles); ++i) {
      if (wish.substr(0, equals) != RoleName(static_cast<Role>(i))) continue;
      bool needed = roles[i] == &spec.roles.item || roles[i] == &spec.roles.user_key ||
                    roles[i] == &spec.roles.item_key ||
                    (roles[i] == &spec.roles.user && !spec.matrix);
      if (needed && column == "none") {
        Fail(Status::kInvalidArgument, "\"", wish, "\": there must be a ",
             RoleName(static_cast<Role>(i)),
             "; only rating, timestamp, event and title can be none");
      }
      *roles[i] = std::move(column);
      return;
    }
  } else if (equals == wish.npos && colon != wish.npos && colon > 0) {
    for (ColumnKind kind :
         {ColumnKind::kInteger, ColumnKind::kNumber, ColumnKind::kString, ColumnKind::kSet}) {
      if (wish.substr(colon + 1) != KindName(kind)) continue;
      spec.kinds.emplace_back(wish.substr(0, colon), kind);
      return;
    }
  }
  Fail(Status::kInvalidArgument, "\"", wish,
       "\" is neither ROLE=COLUMN (roles: user, item, rating, "
       "timestamp, event, users.id, items.id, title) nor COLUMN:KIND (kinds: integer, number, "
       "string, "
       "set)");
}

void ApplySets(TablesSpec& spec, std::string_view wish) {
  size_t equals = wish.rfind('=');
  if (wish.ends_with("==")) equals = wish.size() - 2;  // COLUMN, separated by '='
  if (equals == wish.npos || equals == 0 || equals + 1 == wish.size()) {
    Fail(Status::kInvalidArgument, "\"", wish,
         "\" is not COLUMN=SEPARATOR (one character, space, tab, or none for no set)");
  }
  std::string_view separator = wish.substr(equals + 1);
  char c = kNoSet;
  if (separator != "none") {
    std::string text = SeparatorFrom(separator);
    if (text.size() != 1) {
      Fail(Status::kInvalidArgument, "\"", wish,
           "\": values of a set have one character between them");
    }
    c = text[0];
  }
  spec.sets.emplace_back(wish.substr(0, equals), c);
}

void ApplyColumns(TablesSpec& spec, std::string_view wish) {
  std::vector<std::string>* columns = &spec.columns;
  std::string_view names = wish;
  if (names.starts_with("users:")) columns = &spec.user_columns;
  if (names.starts_with("items:")) columns = &spec.item_columns;
  if (columns != &spec.columns) names.remove_prefix(6);
  columns->clear();
  for (bool more = !names.empty(); more;) {
    size_t end = names.find(',');
    more = end != names.npos;
    std::string name(names.substr(0, end));
    if (name.empty()) name = StrCat("column ", columns->size() + 1);
    columns->push_back(std::move(name));
    if (more) names.remove_prefix(end + 1);
  }
  if (columns->empty()) {
    Fail(Status::kInvalidArgument,
         "columns need names: user,item,rating,timestamp; or users:id,age or items:id,title");
  }
}

}  // namespace duomo::data
