// duomo-convert diff: what two files say differently, section by section. Exit codes are those of
// diff(1): 0 the same, 1 different, 2 trouble.
#include <cstdio>
#include <memory>

#include "converter/command.h"
#include "converter/edit/fold_in_json.h"
#include "converter/look/compare.h"
#include "converter/output.h"
#include "core/error.h"
#include "description/json.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string first, second;
  bool json = false;
};

struct Change {
  std::string path, first, second;  // values as JSON; empty: not there
};

// Every leaf that differs, by its path, "towers/0/dense/0/units".
std::vector<Change> Changes(const Json& a, const Json& b) {
  std::vector<Change> out;
  auto leaves = [](const Json& j) { return j.empty() ? Json::object() : j.flatten(); };
  Json x = leaves(a), y = leaves(b);
  for (const auto& [path, value] : x.items()) {
    if (!y.contains(path)) {
      out.push_back({path, value.dump(), ""});
    } else if (y[path] != value) {
      out.push_back({path, value.dump(), y[path].dump()});
    }
  }
  for (const auto& [path, value] : y.items()) {
    if (!x.contains(path)) out.push_back({path, "", value.dump()});
  }
  for (Change& change : out) {
    if (change.path.starts_with("/")) change.path.erase(0, 1);
  }
  return out;
}

Json ReportOf(const model::Model& m) {
  Json out = {{"data", m.report().data}, {"split", m.report().split}};
  Json settings = description::JsonOrNull(m.report().settings);
  // Fingerprints beside it tell as much in 16 digits.
  if (settings.is_object() && settings.contains("data") && settings["data"].is_object()) {
    settings["data"].erase("sketch");
  }
  out["settings"] = settings.is_null() ? Json(m.report().settings) : settings;
  for (const auto& [name, value] : m.report().metrics) out["metrics"][name] = value;
  if (m.fold_in()) out["fold_in"] = ToJson(*m.fold_in());
  return out;
}

Json MetadataOf(const model::Model& m) {
  Json out = Json::object();
  for (const auto& [key, value] : m.metadata()) out[std::string(key)] = value;
  return out;
}

Json AttributesOf(const model::Model& m) {
  Json out = Json::object();
  for (const model::Attribute& a : m.attributes()) out[a.name] = model::NameOf(a.kind);
  return out;
}

struct Differences {
  std::vector<Change> description, report, metadata, attributes;
  std::vector<KeyDifference> keys;
  std::vector<TensorDifference> tensors;
  bool none() const {
    return description.empty() && report.empty() && metadata.empty() && attributes.empty() &&
           keys.empty() && tensors.empty();
  }
};

Json ToJson(const Options& o, const Differences& d) {
  auto changes = [](const std::vector<Change>& list) {
    Json out = Json::array();
    for (const Change& c : list) {
      out.push_back({{"path", c.path},
                     {"first", c.first.empty() ? Json() : Json::parse(c.first)},
                     {"second", c.second.empty() ? Json() : Json::parse(c.second)}});
    }
    return out;
  };
  Json keys = Json::array(), tensors = Json::array();
  for (const KeyDifference& k : d.keys) {
    keys.push_back({{"of", k.of},
                    {"first", k.first},
                    {"second", k.second},
                    {"removed", k.removed},
                    {"added", k.added},
                    {"moved", k.moved},
                    {"some_removed", k.some_removed},
                    {"some_added", k.some_added}});
  }
  for (const TensorDifference& t : d.tensors) {
    tensors.push_back({{"name", t.name},
                       {"first", t.first.empty() ? Json() : Json(t.first)},
                       {"second", t.second.empty() ? Json() : Json(t.second)}});
    Json& entry = tensors.back();
    if (!t.compared) continue;
    entry["elements"] = t.elements;
    entry["changed"] = t.changed;
    if (!t.numeric) continue;
    entry["max_difference"] = t.largest;
    entry["mean_difference"] = t.mean;
    entry["not_numbers"] = t.not_numbers;
  }
  return {{"first", o.first},
          {"second", o.second},
          {"same", d.none()},
          {"description", changes(d.description)},
          {"report", changes(d.report)},
          {"metadata", changes(d.metadata)},
          {"attributes", changes(d.attributes)},
          {"keys", keys},
          {"tensors", tensors}};
}

std::string ChangesText(const char* title, const std::vector<Change>& changes) {
  if (changes.empty()) return "";
  Table table({{"", {}, true}, {"", {}, true}, {"", {}, true}});
  for (const Change& c : changes) {
    table.Add({c.path, c.first.empty() ? "-" : c.first, c.second.empty() ? "-" : c.second});
  }
  return StrCat(title, "\n", table.Text());
}

std::string KeysText(const std::vector<KeyDifference>& keys) {
  if (keys.empty()) return "";
  using Align = Table::Align;
  Table table({{"keys", {}, true},
               {"first", Align::kRight, false},
               {"second", Align::kRight, false},
               {"removed", Align::kRight, false},
               {"added", Align::kRight, false},
               {"moved", Align::kRight, false},
               {"such as", {}, true}});
  for (const KeyDifference& k : keys) {
    std::string some;
    for (const std::string& key : k.some_removed) some += StrCat(some.empty() ? "" : " ", "-", key);
    for (const std::string& key : k.some_added) some += StrCat(some.empty() ? "" : " ", "+", key);
    table.Add({k.of, Commas(k.first), Commas(k.second), Commas(k.removed), Commas(k.added),
               Commas(k.moved), some});
  }
  return table.Text();
}

std::string TensorsText(const std::vector<TensorDifference>& tensors) {
  if (tensors.empty()) return "";
  using Align = Table::Align;
  Table table({{"tensor", {}, true},
               {"first", {}, true},
               {"second", {}, true},
               {"changed", Align::kRight, false},
               {"at most", Align::kRight, false},
               {"mean", Align::kRight, false}});
  auto number = [](double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.2g", value);
    return std::string(text);
  };
  for (const TensorDifference& t : tensors) {
    // A type alone: of the same shape.
    std::string second = t.second;
    size_t of_type = t.first.find(' ');
    if (of_type != t.first.npos) {
      std::string shape = t.first.substr(of_type);
      size_t at = second.find(shape);
      size_t end = at + shape.size();
      bool same = at != second.npos && (end == second.size() || second.compare(end, 3, " + ") == 0);
      if (same && second != t.first) second.erase(at, shape.size());
    }
    table.Add({t.name, t.first.empty() ? "-" : t.first, second.empty() ? "-" : second,
               t.compared ? Commas(t.changed) : "", t.numeric ? number(t.largest) : "",
               t.numeric ? number(t.mean) : ""});
  }
  return table.Text();
}

// Whether they are the same.
bool Run(const Options& o) {
  file::ReadOptions read;
  read.verify_checksums = true;
  auto a = model::Model::Open(o.first, read), b = model::Model::Open(o.second, read);
  Differences d;
  d.description =
      Changes(description::ToJson(a->description()), description::ToJson(b->description()));
  d.report = Changes(ReportOf(*a), ReportOf(*b));
  d.metadata = Changes(MetadataOf(*a), MetadataOf(*b));
  d.attributes = Changes(AttributesOf(*a), AttributesOf(*b));
  d.keys = CompareKeys(*a, *b);
  d.tensors = CompareTensors(*a, *b);
  if (o.json) {
    PrintJson(ToJson(o, d));
  } else if (d.none()) {
    Print("The same contents.\n");
  } else {
    std::string text;
    for (const std::string& part :
         {ChangesText("description", d.description), ChangesText("training report", d.report),
          ChangesText("metadata", d.metadata), ChangesText("attributes", d.attributes),
          KeysText(d.keys), TensorsText(d.tensors)}) {
      text += text.empty() || part.empty() ? part : "\n" + part;
    }
    Print(text);
  }
  return d.none();
}

}  // namespace

void AddDiff(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "diff", "What differs between two files, and by how much; exits with 0, 1 or 2 as diff(1)");
  c->add_option("FIRST", o->first, "A .duomo file")->required();
  c->add_option("SECOND", o->second, "Another")->required();
  AddJson(c, o->json);
  c->callback([o] {
    bool same = false;
    try {
      same = Run(*o);
      console::FlushOutput();
    } catch (const Error& error) {
      Log(StrCat("duomo-convert: ", error.message(), "\n"));
      throw ExitWith{2};
    }
    if (!same) throw ExitWith{1};
  });
}

}  // namespace duomo::convert
