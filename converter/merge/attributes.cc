// duomo-convert attributes: columns of items for filtering and showing, without training.
#include <algorithm>
#include <cmath>
#include <memory>

#include "converter/command.h"
#include "converter/edit/attribute_columns.h"
#include "converter/output.h"
#include "converter/tables/attribute_table.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/dialect.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output, separator;
  AttributeTableOptions table;
  std::vector<std::string> columns, remove;
  bool json = false;
};

std::vector<AttributeWish> WishesOf(const std::vector<std::string>& columns) {
  std::vector<AttributeWish> out;
  for (const std::string& column : columns) {
    AttributeWish wish{column, {}};
    size_t equals = column.rfind('=');
    if (equals != column.npos) {
      const auto names = model::AttributeKindNames();
      const std::string kind = column.substr(equals + 1);
      auto found = std::ranges::find(names, kind);
      if (found == names.end()) {
        throw CLI::ValidationError(
            "--columns", StrCat("\"", column, "\": there is no kind \"", kind,
                                "\"; kinds are category, set, integer, ", "number and time"));
      }
      wish.name = column.substr(0, equals);
      wish.kind = static_cast<model::AttributeKind>(found - names.begin());
    }
    if (std::ranges::find(out, wish.name, &AttributeWish::name) != out.end()) {
      throw CLI::ValidationError("--columns", StrCat("\"", wish.name, "\" stands twice"));
    }
    out.push_back(std::move(wish));
  }
  return out;
}

// What a column is of, in its own words.
std::string About(const model::AttributeColumn& c) {
  if (c.info.kind == model::AttributeKind::kNumber) {
    double least = 0, most = 0;
    bool some = false;
    for (double x : c.numbers) {
      if (std::isnan(x)) continue;
      least = some ? std::min(least, x) : x;
      most = some ? std::max(most, x) : x;
      some = true;
    }
    return some ? StrCat(least, " … ", most) : "";
  }
  if (c.info.kind == model::AttributeKind::kCategory || c.info.kind == model::AttributeKind::kSet) {
    std::string out = StrCat(Commas(c.texts.size()), c.texts.size() == 1 ? " value" : " values");
    for (size_t i = 0; i < std::min<size_t>(c.texts.size(), 3); ++i) {
      out += StrCat(i == 0 ? ": " : ", ", c.texts[i]);
    }
    return c.texts.size() > 3 ? out + ", …" : out;
  }
  int64_t least = INT64_MAX, most = INT64_MIN;
  for (int64_t x : c.integers) {
    if (x == model::kMissingInteger) continue;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  return least > most ? "" : StrCat(least, " … ", most);
}

std::vector<std::string> LeftOut(const AttributeTable& t) {
  std::vector<std::string> names = t.left_out;
  for (const auto& late : t.late) names.push_back(late.first);
  return names;
}

Json ToJson(const Options& o, const Draft& draft, const AttributeTable& t,
            const std::vector<std::string>& removed) {
  Json columns = Json::array();
  for (size_t i = 0; i < t.columns.size(); ++i) {
    const model::AttributeColumn& c = t.columns[i];
    columns.push_back({{"name", c.info.name},
                       {"kind", model::NameOf(c.info.kind)},
                       {"values", c.texts.size()},
                       {"missing", t.missing[i]}});
  }
  Json skipped = Json::array();
  for (const data::SkippedRows& s : t.skipped) {
    skipped.push_back({{"reason", s.reason}, {"rows", s.count}, {"example", s.example}});
  }
  return {{"file", o.file},
          {"output", o.output},
          {"size_before", draft.size()},
          {"size_after", SizeOfFile(o.output)},
          {"table", t.form.empty() ? Json() : Json(t.form)},
          {"rows", t.rows},
          {"items", draft.model().items().count},
          {"items_matched", t.matched},
          {"items_unknown", t.unknown},
          {"attributes", columns},
          {"columns_left_out", LeftOut(t)},
          {"removed", removed},
          {"skipped", skipped}};
}

std::string ToText(const Options& o, const Draft& draft, const AttributeTable& t,
                   const std::vector<std::string>& removed) {
  std::string text = StrCat(o.output, ": ", Commas(SizeOfFile(o.output)), " bytes, before ",
                            Commas(draft.size()), "\n");
  if (!t.columns.empty()) {
    Table table({{"attribute", {}, false},
                 {"kind", {}, false},
                 {"missing", Table::Align::kRight, false},
                 {"", {}, true}});
    for (size_t i = 0; i < t.columns.size(); ++i) {
      table.Add({t.columns[i].info.name, std::string(model::NameOf(t.columns[i].info.kind)),
                 Commas(t.missing[i]), About(t.columns[i])});
    }
    text += table.Text();
    text += StrCat(Commas(t.matched), " of ", Commas(draft.model().items().count),
                   " items have a row in ", o.table.path, " (", t.form, ")\n");
  }
  if (t.unknown > 0) {
    text += StrCat(Commas(t.unknown), t.unknown == 1 ? " row is" : " rows are",
                   " of items that the file lacks, the first of \"", t.first_unknown, "\"\n");
  }
  for (const data::SkippedRows& s : t.skipped) {
    text +=
        StrCat(Commas(s.count), s.count == 1 ? " row" : " rows", " left out: ", s.example, "\n");
  }
  for (const std::string& name : t.left_out) {
    text += StrCat("not read: \"", name, "\", as the file has titles; --columns ", name,
                   " makes it an attribute\n");
  }
  for (const auto& [name, line] : t.late) {
    text += StrCat("not read: \"", name, "\", which first stands in line ", line,
                   "; name all columns in the first rows\n");
  }
  for (const std::string& name : removed) text += StrCat("removed: ", name, "\n");
  return text;
}

void Run(Options o) {
  if (o.table.path.empty() && o.remove.empty()) {
    throw CLI::ValidationError("attributes", "nothing to do: give --items, --remove or both");
  }
  o.table.columns = WishesOf(o.columns);
  RequireReplaceable(o.output);
  Draft draft(o.file);
  for (const std::string& name : o.remove) {
    if (RemoveAttribute(draft, name)) continue;
    std::string names;
    for (const auto& a : draft.contents.attributes)
      names += StrCat(names.empty() ? "" : ", ", a.name);
    Fail(Status::kNotFound, o.file, " has no attribute \"", name, "\"",
         names.empty() ? "; it has none" : "; it has ", names);
  }
  AttributeTable table;
  if (!o.table.path.empty()) {
    if (!o.separator.empty()) o.table.table.separator = data::SeparatorFrom(o.separator);
    table = ReadAttributeTable(draft.model(), o.table);
    if (table.matched == 0 && draft.model().items().count > 0) {
      Fail(Status::kInvalidArgument, o.table.path, ": none of its ", Commas(table.rows),
           " rows is of an item of ", o.file, "; the first key is \"", table.first_unknown,
           "\". Is it the right column? --item names another");
    }
    for (const model::AttributeColumn& column : table.columns) PutAttribute(draft, column);
  }
  draft.Save(o.output, "attributes");
  if (o.json) {
    PrintJson(ToJson(o, draft, table, o.remove));
  } else {
    Print(ToText(o, draft, table, o.remove));
  }
}

}  // namespace

void AddAttributes(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      AddReading(parent, "attributes",
                 "Add, replace or remove columns of items for filtering and showing", o->file);
  auto* items =
      c->add_option("--items", o->table.path,
                    "A table of items: CSV of any dialect or JSON, packed or not; -: stdin");
  c->add_option("--columns", o->columns,
                "Only these columns, NAME or NAME=KIND, with commas between; a kind is category, "
                "set, integer, number or time, and found by the values where it is not given")
      ->delimiter(',')
      ->needs(items);
  c->add_option("--item", o->table.item,
                "The column with the items' keys; else recognised by its name")
      ->needs(items);
  c->add_option("--separator", o->separator, "The separator of the fields; else recognised")
      ->needs(items);
  c->add_option("--date-format", o->table.date_format,
                "Format of times, such as %d/%m/%Y; else recognised")
      ->needs(items);
  c->add_flag("--skip-bad-lines", o->table.table.skip_bad_lines,
              "Leave rows out that cannot be read, and count them")
      ->needs(items);
  c->add_option("--remove", o->remove, "Attributes to remove, separated by commas")->delimiter(',');
  AddOutput(c, o->output);
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
