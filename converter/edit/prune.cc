// duomo-convert prune: less of a file, for privacy or size. What stays answers as before.
#include <algorithm>
#include <memory>
#include <numeric>
#include <set>

#include "converter/command.h"
#include "converter/edit/entities.h"
#include "converter/edit/erase.h"
#include "converter/edit/forget.h"
#include "converter/edit/traces.h"
#include "converter/output.h"
#include "converter/tables/key_list.h"
#include "core/error.h"
#include "core/file_io.h"
#include "retrieval/filter.h"

namespace duomo::convert {
namespace {

using model::InputKind;
using model::KeyKind;
using model::Side;
using Rows = std::vector<uint32_t>;

struct Options {
  std::string file, output, keep_users, drop_users, keep_items, drop_items;
  std::vector<std::string> where;
  bool no_users = false, no_history = false, no_titles = false, no_user_vectors = false;
  bool json = false;
};

std::optional<uint64_t> Find(const model::KeyIndex& keys, std::string_view text,
                             const std::string& what) {
  if (keys.kind() == KeyKind::kString) return keys.Find(text);
  return keys.Find(WholeNumber(text, what));
}

// Clears what an INPUT=VALUE[,VALUE…] does not hold for.
void ApplyWhere(const model::Model& m, const std::string& where, retrieval::RowMask& mask) {
  const model::Description& d = m.description();
  size_t equals = where.find('=');
  std::string name = where.substr(0, equals);
  auto input = std::ranges::find_if(d.inputs, [&](const auto& i) { return i.name == name; });
  if (equals == where.npos || input == d.inputs.end() || input->scope != model::Scope::kItem) {
    std::string inputs;
    for (const model::Input& i : d.inputs) {
      if (i.scope == model::Scope::kItem && i.vocabulary >= 0) {
        inputs += StrCat(inputs.empty() ? "" : ", ", i.name);
      }
    }
    Fail(Status::kInvalidArgument, "--where ", where, ": give INPUT=VALUE[,VALUE…], with an input ",
         "of items (", inputs, ")");
  }
  std::vector<uint32_t> values;
  for (size_t at = equals + 1; at <= where.size();) {
    size_t end = std::min(where.find(',', at), where.size());
    std::string_view value = std::string_view(where).substr(at, end - at);
    if (input->vocabulary < 0) break;  // refused by the filter
    auto row =
        Find(m.vocabulary(static_cast<uint32_t>(input->vocabulary)), value, "--where " + where);
    if (!row) Fail(Status::kNotFound, "--where ", where, ": there is no value \"", value, "\"");
    values.push_back(static_cast<uint32_t>(*row));
    at = end + 1;
  }
  retrieval::Filter filter;
  filter.input = static_cast<uint32_t>(input - d.inputs.begin());
  filter.values = values;
  retrieval::ApplyFilter(m, filter, mask);
}

Rows All(uint64_t n) {
  Rows out(n);
  std::iota(out.begin(), out.end(), 0u);
  return out;
}

Rows Without(Rows rows, const Rows& dropped) {
  std::erase_if(rows, [&](uint32_t row) { return std::ranges::binary_search(dropped, row); });
  return rows;
}

class Pruner {
 public:
  explicit Pruner(const Options& o) : o_(o), draft_(o.file), m_(draft_.model()) {
    items_ = Chosen(Side::kItem, o.keep_items, o.drop_items);
    if (!o.where.empty()) {
      retrieval::RowMask mask;
      mask.Reset(m_.items().count, true);
      for (const std::string& where : o.where) ApplyWhere(m_, where, mask);
      std::erase_if(items_, [&](uint32_t row) { return !mask.Test(row); });
    }
    users_ = o.no_users ? Rows() : Chosen(Side::kUser, o.keep_users, o.drop_users);
    if (items_.empty() && m_.items().count > 0) {
      Fail(Status::kInvalidArgument, "no item would be left; check what is kept and dropped");
    }
    if (users_.empty() && m_.users().count > 0 && !o.no_users) {
      Fail(Status::kInvalidArgument, "no user would be left; say --no-users to mean that");
    }
  }

  void Run() {
    // Rows first: what is taken out of vocabularies renumbers what stands there then.
    if (users_.size() < m_.users().count) Keep(Side::kUser, users_);
    if (items_.size() < m_.items().count) Keep(Side::kItem, items_);
    MarkGone(Side::kUser, !o_.keep_users.empty() || o_.no_users ? &users_ : nullptr);
    // A part of the catalogue is another file of the same model; what is dropped has to be gone.
    MarkGone(Side::kItem, nullptr);
    const Rows gone_users = Without(All(m_.users().count), users_);
    values_gone_ = MarkForgotten(m_, {users_, gone_users}, {items_, dropped_items_}, gone_);
    RemoveValues(draft_, gone_);
    if (o_.no_history) RemoveBelow("users/history/");
    if (o_.no_titles) {
      RemoveBelow("users/titles/");
      RemoveBelow("items/titles/");
    }
    if (o_.no_user_vectors) {
      draft_.RemoveIf(
          [](std::string_view n) { return n == "users/vectors" || n == "users/vectors/scales"; });
      RemoveBelow("users/planes/");
      RemoveBelow("users/lists/");
    }
    if (items_.size() < m_.items().count) KeepItemsOfHistories();
    RefreezeChanged();
    const bool erased = users_.size() < m_.users().count || !o_.drop_items.empty();
    if (erased) emptied_ = EmptySketch(draft_.contents.report);
    Staged staged(o_.output);
    staged.Write([&](const std::string& path) { draft_.Save(path, "prune"); });
    if (erased || !dropped_keys_[0].empty()) LookForTraces(staged.path(), gone_users);
    staged.Commit();
    PrintResult();
  }

 private:
  void Keep(Side side, const Rows& rows) {
    KeepRows(draft_, side, rows);
    auto derived = RemoveDerived(draft_, side);
    dropped_.insert(dropped_.end(), derived.begin(), derived.end());
  }
  void RemoveBelow(const std::string& prefix) {
    draft_.RemoveIf([&](std::string_view name) { return name.starts_with(prefix); });
  }

  // The rows that one side's lists leave. What is to be dropped and is not there is no mistake:
  // lists of those who have left grow, and files are made anew.
  Rows Chosen(Side side, const std::string& keep, const std::string& drop) {
    const bool items = side == Side::kItem;
    const model::KeyIndex& keys = m_.side(side).keys;
    const char* of = items ? "item" : "user";
    Rows rows = keep.empty() ? All(m_.side(side).count) : RowsOfKeys(ReadKeyList(keep), keys, of);
    if (drop.empty()) return rows;
    std::vector<ListedKey> list = ReadKeyList(drop);
    for (const ListedKey& one : list) dropped_keys_[items].insert(one.key);
    Rows dropped = RowsOfKeys(list, keys, of, &absent_[items]);
    rows = Without(std::move(rows), dropped);
    if (items) dropped_items_ = std::move(dropped);
    return rows;
  }

  // Marks those who are gone in the vocabularies of ids: whoever is dropped and, with `others`,
  // whoever is not among the rows that stay.
  void MarkGone(Side side, const Rows* others) {
    const bool items = side == Side::kItem;
    if (others == nullptr && dropped_keys_[items].empty()) return;
    std::set<std::string> stay;
    for (uint32_t row : others == nullptr ? Rows() : *others) {
      stay.insert(ValueText(m_.side(side).keys, row));
    }
    auto gone = [&](const std::string& key) {
      return dropped_keys_[items].contains(key) || (others != nullptr && !stay.contains(key));
    };
    erased_values_ += MarkIds(m_, side, gone, gone_);
  }

  // Whoever is gone may be named by what is of others: a note, a title, an attribute.
  void LookForTraces(const std::string& path, const Rows& gone_users) {
    auto written = model::Model::Open(path);
    std::set<std::string> gone[] = {dropped_keys_[0], dropped_keys_[1]};
    for (uint32_t row : gone_users) gone[0].insert(ValueText(m_.users().keys, row));
    for (Side side : {Side::kUser, Side::kItem}) {
      const std::set<std::string>& keys = gone[side == Side::kItem];
      FindTraces(*written, side, {keys.begin(), keys.end()},
                 [&](std::string place) { traces_.Add(std::move(place)); });
    }
    if (traces_.count > 0) Log("duomo-convert: warning: " + traces_.Text());
  }

  void KeepItemsOfHistories() {
    KeepHistoryValues(draft_, items_);  // items that are gone leave the histories
    gone_.resize(m_.description().vocabularies.size());
    for (const model::Input& input : m_.description().inputs) {
      if (input.kind != InputKind::kHistory) continue;
      auto& gone = gone_[static_cast<size_t>(input.vocabulary)];
      gone.assign(m_.description().vocabularies[static_cast<size_t>(input.vocabulary)].size, true);
      for (uint32_t row : items_) {
        if (row < gone.size()) gone[row] = false;
      }
    }
    if (draft_.Find("users/history/offsets") == nullptr) return;
    left_ = ColumnOf(m_.history(), users_);
    model::FeatureColumn renamed = left_;
    FilterHistory(renamed);
    PutFeature(draft_, "users/history", renamed);
  }

  // Vectors whose tower would see something else now: a shorter history, a value that is gone.
  void RefreezeChanged() {
    const model::Description& d = m_.description();
    for (Side side : {Side::kUser, Side::kItem}) {
      const std::string name = PrefixOf(side) + "/vectors";
      if (draft_.Find(name) == nullptr || model::IsJoint(d)) continue;
      bool changed = side == Side::kUser && model::ReadsHistory(d) && forgotten_ > 0;
      auto columns = std::make_shared<std::vector<model::FeatureColumn>>(d.inputs.size());
      auto scope = side == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
      for (size_t i = 0; i < d.inputs.size(); ++i) {
        if (d.inputs[i].scope != scope || d.inputs[i].kind == InputKind::kHistory) continue;
        bool any = false;
        auto column = WithoutGone(m_, i, RowsOf(side), gone_, any);
        if (any) (*columns)[i] = std::move(column);
        changed |= any;
      }
      if (!changed) continue;
      Refreeze(side, columns);
      for (std::string& one : RemoveDerived(draft_, side)) dropped_.push_back(std::move(one));
    }
  }
  const Rows& RowsOf(Side side) const { return side == Side::kItem ? items_ : users_; }

  // Leaves items out of left_ (in their old rows) and of `renamed` (in their new ones).
  void FilterHistory(model::FeatureColumn& renamed) {
    std::vector<uint32_t> now(m_.items().count, kNoRow);
    for (size_t i = 0; i < items_.size(); ++i) now[items_[i]] = static_cast<uint32_t>(i);
    model::FeatureColumn old;
    old.kind = InputKind::kHistory;
    old.offsets = {0};
    renamed = old;
    for (size_t user = 0; user < users_.size(); ++user) {
      for (uint32_t item : left_.view().RowsOf(user)) {
        if (item >= now.size() || now[item] == kNoRow) {
          ++forgotten_;
          continue;
        }
        old.rows.push_back(item);
        renamed.rows.push_back(now[item]);
      }
      old.offsets.push_back(old.rows.size());
      renamed.offsets.push_back(renamed.rows.size());
    }
    left_ = std::move(old);
  }

  // A side's vectors from what is left of histories, and from `columns` where they have rows.
  void Refreeze(Side side, const std::shared_ptr<std::vector<model::FeatureColumn>>& columns) {
    refrozen_[side == Side::kItem] = true;
    auto engine = runtime::Engine::Create(draft_.shared_model());
    auto work = std::make_shared<runtime::Workspace>();
    auto make = [this, side, columns, engine, work](uint64_t begin, uint64_t count, float* out) {
      Rows rows(RowsOf(side).begin() + static_cast<ptrdiff_t>(begin),
                RowsOf(side).begin() + static_cast<ptrdiff_t>(begin + count));
      Rows places(count);
      std::iota(places.begin(), places.end(), static_cast<uint32_t>(begin));
      std::vector<runtime::InputSource> inputs;
      engine->StoredInputs(side, rows, inputs);
      const auto& d = m_.description();
      for (size_t i = 0; i < d.inputs.size(); ++i) {
        bool history = d.inputs[i].kind == InputKind::kHistory && !left_.offsets.empty();
        if (history && side == Side::kUser) inputs[i] = {left_.view(), places};
        if (!(*columns)[i].rows.empty()) inputs[i] = {(*columns)[i].view(), places};
      }
      engine->Encode(side, {count, inputs}, out, *work);
    };
    PutVectors(draft_, side, RowsOf(side).size(), m_.side(side).vectors.dtype, make);
  }

  void PrintResult() const {
    uint64_t after = SizeOfFile(o_.output);
    if (o_.json) {
      PrintJson({{"file", o_.file},
                 {"output", o_.output},
                 {"size_before", draft_.size()},
                 {"size_after", after},
                 {"users", users_.size()},
                 {"users_before", m_.users().count},
                 {"items", items_.size()},
                 {"items_before", m_.items().count},
                 {"history_entries_dropped", forgotten_},
                 {"id_values_dropped", erased_values_},
                 {"values_of_nobody_dropped", values_gone_},
                 {"still_named", {{"count", traces_.count}, {"places", traces_.places}}},
                 {"user_vectors_recomputed", refrozen_[0]},
                 {"item_vectors_recomputed", refrozen_[1]},
                 {"users_not_there", absent_[0].size()},
                 {"items_not_there", absent_[1].size()},
                 {"training_sample_emptied", emptied_},
                 {"tensors_left_out", dropped_}});
      return;
    }
    std::string text =
        StrCat(o_.output, ": ", Commas(after), " bytes, before ", Commas(draft_.size()), "; ",
               Commas(users_.size()), " of ", Commas(m_.users().count), " users, ",
               Commas(items_.size()), " of ", Commas(m_.items().count), " items\n");
    if (erased_values_ > 0) {
      text +=
          StrCat(Commas(erased_values_), " values of ids are gone from vocabularies and tables\n");
    }
    if (!values_gone_.empty()) text += ForgottenText(values_gone_);
    if (forgotten_ > 0) {
      text += StrCat(Commas(forgotten_), " history entries are gone with their items\n");
    }
    for (size_t side : {0, 1}) {
      if (refrozen_[side]) {
        text += StrCat("vectors of ", side == 1 ? "items" : "users",
                       " were made again without what is gone\n");
      }
      if (absent_[side].empty()) continue;
      text += StrCat(Commas(absent_[side].size()), side == 1 ? " items" : " users",
                     " of the list are not in the file, such as \"", absent_[side][0], "\"\n");
    }
    if (emptied_) {
      text +=
          "the sample of training rows is empty now: `evaluate` cannot tell by it whether other "
          "rows were learned from\n";
    }
    Print(text + LeftOutText(dropped_));
  }

  const Options& o_;
  Draft draft_;
  const model::Model& m_;
  Rows users_, items_;
  model::FeatureColumn left_;              // the kept users' histories, in the old rows of items
  std::set<std::string> dropped_keys_[2];  // users' and items', as the lists have them
  std::vector<std::string> absent_[2];     // of them, those that are not in the file
  Rows dropped_items_;
  GoneValues gone_;
  std::map<std::string, uint64_t> values_gone_;  // that nobody else has, by vocabulary
  Traces traces_;                                // of who is gone, elsewhere in the file
  uint64_t forgotten_ = 0, erased_values_ = 0;
  bool refrozen_[2] = {}, emptied_ = false;
  std::vector<std::string> dropped_;
};

}  // namespace

void AddPrune(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(parent, "prune",
                             "Leave out users, items, histories, titles or frozen vectors of users",
                             o->file, o->output);
  auto* none = c->add_flag("--no-users", o->no_users, "Remove all users: keys, features, history");
  c->add_option("--keep-users", o->keep_users,
                "Only the users whose keys this file lists, one a line; -: stdin")
      ->excludes(none);
  c->add_option(
       "--drop-users", o->drop_users,
       "Remove the users whose keys this file lists, and everything that was learned from them")
      ->excludes(none);
  c->add_option("--keep-items", o->keep_items,
                "Only the items whose keys this file lists, a part of the catalogue: the network "
                "stays as it is; -: stdin");
  c->add_option(
      "--drop-items", o->drop_items,
      "Remove these items, also from histories, and everything that was learned from them");
  c->add_option("--where", o->where,
                "Only items with one of these values, INPUT=VALUE[,VALUE…]; repeat for \"and\"");
  c->add_flag("--no-history", o->no_history, "Remove the users' histories");
  c->add_flag("--no-titles", o->no_titles, "Remove the titles");
  c->add_flag("--no-user-vectors", o->no_user_vectors,
              "Remove the users' frozen vectors; their tower then runs in every call");
  AddJson(c, o->json);
  c->callback([o] {
    int lists = 0, piped = 0;
    for (const std::string* list :
         {&o->keep_users, &o->drop_users, &o->keep_items, &o->drop_items}) {
      lists += !list->empty();
      piped += *list == "-";
    }
    bool all = lists == 0 && o->where.empty() && !o->no_users;
    if (all && !o->no_history && !o->no_titles && !o->no_user_vectors) {
      throw CLI::ValidationError("prune", "nothing to do: say what to leave out or what to keep");
    }
    if (piped > 1) throw CLI::ValidationError("prune", "only one list can come from stdin");
    RequireReplaceable(o->output);
    Pruner(*o).Run();
  });
}

}  // namespace duomo::convert
