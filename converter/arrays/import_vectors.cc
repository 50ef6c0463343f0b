// duomo-convert import vectors: users and items by their vectors, from any model.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <unordered_map>

#include "converter/arrays/vectors.h"
#include "converter/command.h"
#include "converter/edit/fold_in_json.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "converter/tables/records.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/roles.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string users, items, user_ids, item_ids, titles, head = "cosine", unit, output;
  double scale = 1, offset = 0;
  std::string fold_in;
  bool allow_nonfinite = false, skip_bad_lines = false, json = false;
};

void TakeKeys(VectorFile& vectors, const std::string& path) {
  if (!path.empty()) {
    vectors.keys = ReadKeys(path);
  } else if (vectors.keys.size() == 0) {
    for (uint64_t row = 0; row < vectors.count(); ++row) {
      vectors.keys.Add(static_cast<int64_t>(row));
    }
  }
}

struct Titles {
  uint64_t unknown = 0, skipped = 0;       // of items that are not there; bad lines
  std::vector<std::string> not_read = {};  // columns
};

Titles TakeTitles(VectorFile& items, const Options& o) {
  Titles out;
  if (o.titles.empty()) return out;
  data::TableOptions form;
  form.skip_bad_lines = o.skip_bad_lines;
  auto table = data::OpenTable(OpenTableBytes(o.titles), NameOfTable(o.titles), form);
  const auto& header = table->header();
  auto column = [&](const char* name, data::Role role) {
    auto found = std::find(header.begin(), header.end(), name);
    if (found != header.end()) return static_cast<size_t>(found - header.begin());
    return data::FindRole(role, header, "", table->where());
  };
  size_t id = column("id", data::Role::kItemKey), title = column("title", data::Role::kTitle);
  if (id == data::kNoColumn || title == data::kNoColumn) {
    std::string names;
    for (const std::string& name : header) names += StrCat(names.empty() ? "" : ", ", name);
    Fail(Status::kInvalidArgument, table->where(),
         ": the first row must name the columns id and title; it names ", names);
  }
  for (size_t c = 0; c < header.size(); ++c) {
    if (c != id && c != title) out.not_read.push_back(header[c]);
  }
  std::unordered_map<std::string, size_t> rows;
  for (size_t row = 0; row < items.keys.size(); ++row) rows[items.keys.At(row)] = row;
  items.titles.resize(items.count());
  while (table->Next()) {
    auto found = rows.find(std::string(table->fields()[id]));
    if (found == rows.end()) {
      ++out.unknown;
    } else {
      items.titles[found->second] = table->fields()[title];
    }
  }
  out.skipped = table->skipped();
  return out;
}

// "l2=0.5": how strongly vectors of new users are drawn to 0.
std::optional<model::FoldIn> FoldInOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  model::FoldIn out;
  size_t equals = text.find('=');
  const char* end = text.data() + text.size();
  auto [rest, error] =
      std::from_chars(text.data() + std::min(equals + 1, text.size()), end, out.l2);
  bool number = error == std::errc() && rest == end && out.l2 > 0 && std::isfinite(out.l2);
  if (text.substr(0, equals) != "l2" || !number) {
    Fail(Status::kInvalidArgument, "--fold-in \"", text, "\": write l2=NUMBER, a number above 0");
  }
  return out;
}

Json CountsJson(const VectorCounts& counts) {
  return {{"count", counts.count}, {"normalized", counts.normalized}, {"zero", counts.zero}};
}

void Run(const Options& o) {
  VectorOptions options;
  options.fold_in = FoldInOf(o.fold_in);
  RequireReplaceable(o.output);
  std::optional<VectorFile> users;
  if (!o.users.empty()) {
    users = OpenVectors(o.users, o.output, o.skip_bad_lines);
    TakeKeys(*users, o.user_ids);
  }
  VectorFile items = OpenVectors(o.items, o.output, o.skip_bad_lines);
  TakeKeys(items, o.item_ids);
  const Titles titles = TakeTitles(items, o);
  const uint64_t skipped = items.skipped + (users ? users->skipped : 0) + titles.skipped;
  options.head.kind = o.head == "dot" ? model::HeadKind::kDot : model::HeadKind::kCosine;
  options.output.scale = o.scale;
  options.output.offset = o.offset;
  options.output.unit = o.unit;
  options.allow_nonfinite = o.allow_nonfinite;
  VectorModel made = VectorModelOf(users ? &*users : nullptr, items, options);
  const auto fold_in = made.contents.fold_in;
  SaveWithProgress(std::move(made.contents), o.output, "import vectors");
  if (o.json) {
    PrintJson({{"output", o.output},
               {"head", o.head},
               {"width", items.width()},
               {"users", CountsJson(made.users)},
               {"items", CountsJson(made.items)},
               {"titles_of_other_items", titles.unknown},
               {"columns_not_read", titles.not_read},
               {"bad_lines", skipped},
               {"fold_in", fold_in ? ToJson(*fold_in) : Json()},
               {"size", SizeOfFile(o.output)}});
    return;
  }
  std::string text =
      StrCat(o.output, ": ", Commas(made.users.count), " users and ", Commas(made.items.count),
             " items, vectors of ", items.width(), " numbers\n");
  uint64_t normalized = made.users.normalized + made.items.normalized;
  uint64_t zero = made.users.zero + made.items.zero;
  if (normalized > 0) {
    text += StrCat("brought to length 1, for cosines: ", Commas(normalized), " vectors\n");
  }
  if (zero > 0) text += StrCat("zero, with a score of 0: ", Commas(zero), " vectors\n");
  if (fold_in && !fold_in->fixed.empty()) {
    text += "columns of ones, met by biases, which new users have like the mean user:";
    for (uint32_t column : fold_in->fixed) text += StrCat(" ", column);
    text += "\n";
  }
  if (titles.unknown > 0) {
    text += StrCat("titles of items that are not there: ", Commas(titles.unknown), "\n");
  }
  for (const std::string& name : titles.not_read) {
    text += StrCat("a column beside the titles that was not read: ", name, "\n");
  }
  if (skipped > 0) text += StrCat("bad lines left out: ", Commas(skipped), "\n");
  Print(text);
}

}  // namespace

void AddImportVectors(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "vectors", "Users and items by their vectors, from any model: for predict, topk and similar");
  const char* kinds =
      ".npy, .npz or .safetensors (FILE/ARRAY where there are several), .fvecs, or a table (CSV "
      "of any dialect or JSON, packed or not): a key and its numbers a row";
  c->add_option("--users", o->users, StrCat("Users' vectors; none: items alone. ", kinds));
  c->add_option("--items", o->items, "Items' vectors, the same")->required();
  c->add_option("--user-ids", o->user_ids,
                "Users' keys: one a line, or integers in .npy or .npz; none: 0, 1, 2 …");
  c->add_option("--item-ids", o->item_ids, "Items' keys, the same");
  c->add_option("--titles", o->titles, "A table with the columns id and title, for items");
  c->add_option("--head", o->head, "How two vectors score: cosine (brought to length 1) or dot")
      ->check(CLI::IsMember({"cosine", "dot"}))
      ->capture_default_str();
  c->add_option("--scale", o->scale, "Predictions are scale · head + offset")
      ->capture_default_str();
  c->add_option("--offset", o->offset, "See --scale")->capture_default_str();
  c->add_option("--unit", o->unit, "What a prediction is, for people: \"stars\"");
  c->add_option("--fold-in", o->fold_in,
                "l2=NUMBER: how strongly users who are known by a few items alone are drawn to 0; "
                "default: as much as one item counts");
  AddOutput(c, o->output);
  c->add_flag(
      "--allow-nonfinite", o->allow_nonfinite,
      "Accept numbers that are NaN or infinite: a vector with a NaN scores lowest, and verify "
      "names it");
  c->add_flag("--skip-bad-lines", o->skip_bad_lines,
              "Leave bad lines of tables out and count them, instead of stopping");
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
