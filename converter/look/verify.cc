// duomo-convert verify: is a file whole, and do its parts agree with each other?
#include <memory>

#include "converter/command.h"
#include "converter/look/checks.h"
#include "converter/output.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, erased_users, erased_items;
  bool json = false;
};

// Every check that the file admits; later ones need what earlier ones have found sound.
std::vector<Check> Verify(const Options& o) {
  const std::string& path = o.file;
  std::vector<Check> checks;
  std::shared_ptr<const model::Model> model;
  // A container that opens is checked even where the model in it does not bind.
  std::unique_ptr<const file::Reader> reader;
  Check opening{.name = "opening",
                .checked = "preamble, header, description, every tensor's type and shape"};
  try {
    reader = file::Reader::Open(path, {});
    model = model::Model::Open(path);
  } catch (const Error& error) {
    if (error.status() == Status::kIo || error.status() == Status::kOutOfMemory) throw;
    std::string text = error.message();
    if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
    opening.Problem(text);
  }
  checks.push_back(std::move(opening));
  if (reader == nullptr) return checks;
  FileBytes bytes = FileBytes::Map(path);
  checks.push_back(CheckChecksums(*reader, bytes.bytes()));
  if (model == nullptr) return checks;
  bool sound = true;
  for (auto check : {CheckKeys, CheckTitles, CheckFeatures, CheckAttributes, CheckHistory,
                     CheckParameters, CheckVectors, CheckPlanes}) {
    checks.push_back(check(*model));
    // Keys, titles and vectors are no inputs of towers.
    bool read_by_towers =
        check == CheckFeatures || check == CheckHistory || check == CheckParameters;
    if (read_by_towers && !checks.back().ok()) sound = false;
  }
  for (auto [list, side] : {std::pair(&o.erased_users, model::Side::kUser),
                            std::pair(&o.erased_items, model::Side::kItem)}) {
    if (!list->empty()) checks.push_back(CheckErased(*model, side, ReadKeyList(*list)));
  }
  if (sound) {
    checks.push_back(CheckTowers(*runtime::Engine::Create(model)));
  } else {
    checks.push_back(
        Check{.name = "towers", .checked = "not run, because what they read is damaged"});
  }
  return checks;
}

Json ToJson(const std::string& path, const std::vector<Check>& checks, uint64_t problems) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"ok", check.ok()},
                    {"checked", check.checked},
                    {"problem_count", check.problem_count},
                    {"problems", check.problems}});
    for (const auto& [side, value] : check.differences)
      list.back()["largest_difference"][side] = value;
  }
  return {{"file", path}, {"ok", problems == 0}, {"problem_count", problems}, {"checks", list}};
}

std::string ToText(const std::string& path, const std::vector<Check>& checks, uint64_t problems) {
  Table table({{"", {}, false}, {"", {}, false}, {"", {}, true}});
  for (const Check& check : checks)
    table.Add({check.ok() ? "ok" : "FAILED", check.name, check.checked});
  std::string out = StrCat(path, "\n", table.Text());
  for (const Check& check : checks) {
    for (const std::string& problem : check.problems)
      out += StrCat("- ", check.name, ": ", problem, "\n");
    if (check.problem_count > check.problems.size()) {
      out += StrCat("- ", check.name, ": and ", Commas(check.problem_count - check.problems.size()),
                    " more\n");
    }
  }
  return out + (problems == 0 ? "Nothing is wrong with this file.\n" : "");
}

void Run(const Options& o) {
  const std::string& path = o.file;
  std::vector<Check> checks = Verify(o);
  uint64_t problems = 0;
  std::string first;
  for (const Check& check : checks) {
    problems += check.problem_count;
    if (first.empty() && !check.ok()) first = check.problems[0];
  }
  if (o.json) {
    PrintJson(ToJson(path, checks, problems));
  } else {
    Print(ToText(path, checks, problems));
  }
  console::FlushOutput();
  if (problems > 0) {
    Fail(Status::kCorrupt, path, ": ",
         problems == 1 ? "" : Commas(problems) + " problems; first: ", first);
  }
}

}  // namespace

void AddVerify(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      AddReading(parent, "verify", "Check everything in a file, frozen vectors included", o->file);
  AddJson(c, o->json);
  c->add_option("--erased-users", o->erased_users,
                "A list of keys, one a line: check that nothing is left of these users; -: stdin");
  c->add_option("--erased-items", o->erased_items, "The same for items");
  c->callback([o] {
    if (o->erased_users == "-" && o->erased_items == "-") {
      throw CLI::ValidationError("verify", "only one list can come from stdin");
    }
    Run(*o);
  });
}

}  // namespace duomo::convert
