// duomo-convert prune: less of a file, for privacy or size. What stays answers as before.
#include <algorithm>
#include <charconv>
#include <memory>
#include <numeric>

#include "converter/command.h"
#include "converter/entities.h"
#include "converter/input.h"
#include "converter/output.h"
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
  std::string file, output, keep_users, keep_items;
  std::vector<std::string> where;
  bool drop_users = false, no_history = false, no_titles = false, no_user_vectors = false;
  bool json = false;
};

int64_t IntegerOf(std::string_view text, const std::string& what) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(Status::kInvalidArgument, what, ": \"", text, "\" is not a whole number");
  }
  return value;
}

std::optional<uint64_t> Find(const model::KeyIndex& keys, std::string_view text,
                             const std::string& what) {
  if (keys.kind() == KeyKind::kString) return keys.Find(text);
  return keys.Find(IntegerOf(text, what));
}

// The rows of the keys in a file, one a line; ascending, each once.
Rows ReadKeys(const std::string& path, const model::KeyIndex& keys, const char* of) {
  TextInput input(path);
  std::string_view text = input.text();
  Rows out;
  for (size_t line = 1; !text.empty(); ++line) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view key = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (key.ends_with('\r')) key.remove_suffix(1);
    if (key.empty()) continue;
    std::string what = StrCat(input.name(), ", line ", line);
    auto row = Find(keys, key, what);
    if (!row) Fail(Status::kNotFound, what, ": the model has no ", of, " \"", key, "\"");
    out.push_back(static_cast<uint32_t>(*row));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());  // clang 14 knows no subrange
  return out;
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

Rows KeptItems(const model::Model& m, const Options& o) {
  Rows rows =
      o.keep_items.empty() ? All(m.items().count) : ReadKeys(o.keep_items, m.items().keys, "item");
  if (o.where.empty()) return rows;
  retrieval::RowMask mask;
  mask.Reset(m.items().count, true);
  for (const std::string& where : o.where) ApplyWhere(m, where, mask);
  std::erase_if(rows, [&](uint32_t row) { return !mask.Test(row); });
  return rows;
}

class Pruner {
 public:
  explicit Pruner(const Options& o) : o_(o), draft_(o.file), m_(draft_.model()) {
    items_ = KeptItems(m_, o);
    users_ = o.drop_users           ? Rows()
             : o.keep_users.empty() ? All(m_.users().count)
                                    : ReadKeys(o.keep_users, m_.users().keys, "user");
    if (items_.empty() && m_.items().count > 0) {
      Fail(Status::kInvalidArgument, "no item would be left; check --keep-items and --where");
    }
    if (users_.empty() && m_.users().count > 0 && !o.drop_users) {
      Fail(Status::kInvalidArgument, "no user would be left; say --drop-users to mean that");
    }
  }

  void Run() {
    if (users_.size() < m_.users().count) Keep(Side::kUser, users_);
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
    if (items_.size() < m_.items().count) KeepItems();
    draft_.Save(o_.output, "prune");
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

  void KeepItems() {
    Keep(Side::kItem, items_);
    KeepHistoryValues(draft_, items_);  // items that are gone leave the histories
    if (draft_.Find("users/history/offsets") == nullptr) return;
    left_ = ColumnOf(m_.history(), users_);
    model::FeatureColumn renamed = left_;
    FilterHistory(renamed);
    PutFeature(draft_, "users/history", renamed);
    bool read = model::ReadsHistory(m_.description()) && draft_.Find("users/vectors") != nullptr;
    if (read && forgotten_ > 0) Refreeze();
  }

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

  // The users' vectors from what is left of their histories.
  void Refreeze() {
    refrozen_ = true;
    for (std::string& name : RemoveDerived(draft_, Side::kUser)) dropped_.push_back(name);
    auto engine = runtime::Engine::Create(draft_.shared_model());
    auto work = std::make_shared<runtime::Workspace>();
    auto make = [this, engine, work](uint64_t begin, uint64_t count, float* out) {
      Rows rows(users_.begin() + static_cast<ptrdiff_t>(begin),
                users_.begin() + static_cast<ptrdiff_t>(begin + count));
      Rows places(count);
      std::iota(places.begin(), places.end(), static_cast<uint32_t>(begin));
      std::vector<runtime::InputSource> inputs;
      engine->StoredInputs(Side::kUser, rows, inputs);
      const auto& d = m_.description();
      for (size_t i = 0; i < d.inputs.size(); ++i) {
        if (d.inputs[i].kind == InputKind::kHistory) inputs[i] = {left_.view(), places};
      }
      engine->Encode(Side::kUser, {count, inputs}, out, *work);
    };
    PutVectors(draft_, Side::kUser, users_.size(), m_.users().vectors.dtype, make);
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
                 {"user_vectors_recomputed", refrozen_},
                 {"tensors_left_out", dropped_}});
      return;
    }
    std::string text =
        StrCat(o_.output, ": ", Commas(after), " bytes, before ", Commas(draft_.size()), "; ",
               Commas(users_.size()), " of ", Commas(m_.users().count), " users, ",
               Commas(items_.size()), " of ", Commas(m_.items().count), " items\n");
    if (refrozen_) {
      text += StrCat(Commas(forgotten_), " history entries are gone with their items, and the ",
                     "users' vectors were made again without them\n");
    }
    Print(text + LeftOutText(dropped_));
  }

  const Options& o_;
  Draft draft_;
  const model::Model& m_;
  Rows users_, items_;
  model::FeatureColumn left_;  // the kept users' histories, in the old rows of items
  uint64_t forgotten_ = 0;
  bool refrozen_ = false;
  std::vector<std::string> dropped_;
};

}  // namespace

void AddPrune(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "prune", "Leave out users, items, histories, titles or frozen vectors of users");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("-o,--output", o->output, "The .duomo file to write; replaced as a whole")
      ->required();
  auto* drop = c->add_flag("--drop-users", o->drop_users, "No user stays: keys, features, history");
  c->add_option("--keep-users", o->keep_users,
                "Only the users whose keys this file lists, one a line; -: stdin")
      ->excludes(drop);
  c->add_option("--keep-items", o->keep_items,
                "Only the items whose keys this file lists; -: stdin");
  c->add_option("--where", o->where,
                "Only items with one of these values, INPUT=VALUE[,VALUE…]; repeat for \"and\"");
  c->add_flag("--no-history", o->no_history, "Without the users' histories");
  c->add_flag("--no-titles", o->no_titles, "Without titles");
  c->add_flag("--no-user-vectors", o->no_user_vectors,
              "Without the users' frozen vectors; their tower runs at every call instead");
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([o] {
    bool all = o->keep_users.empty() && o->keep_items.empty() && o->where.empty();
    if (all && !o->drop_users && !o->no_history && !o->no_titles && !o->no_user_vectors) {
      throw CLI::ValidationError("prune", "nothing to do: say what to leave out or what to keep");
    }
    if (o->keep_users == "-" && o->keep_items == "-") {
      throw CLI::ValidationError("prune", "only one list can come from stdin");
    }
    RequireReplaceable(o->output);
    Pruner(*o).Run();
  });
}

}  // namespace duomo::convert
