// duomo-convert annotate: what the host wants to find in the file, in its own words.
#include <memory>

#include "converter/command.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output;
  std::vector<std::string> set, unset;
  bool json = false;
};

using Metadata = std::map<std::string, std::string, std::less<>>;

void Unset(Metadata& metadata, const std::string& name) {
  if (metadata.erase(name) > 0) return;
  std::string known;
  for (const auto& [key, value] : metadata) known += StrCat(known.empty() ? "" : ", ", key);
  Fail(Status::kNotFound, "--unset ", name, ": the file has no such key; it has ",
       known.empty() ? "none" : known);
}

void Set(Metadata& metadata, const std::string& wish) {
  size_t equals = wish.find('=');
  if (equals == wish.npos || equals == 0) {
    throw CLI::ValidationError("--set " + wish, "give NAME=VALUE");
  }
  metadata[wish.substr(0, equals)] = wish.substr(equals + 1);
}

void Run(const Options& o) {
  RequireReplaceable(o.output);
  Draft draft(o.file);
  Metadata& metadata = draft.contents.metadata;
  for (const std::string& name : o.unset) Unset(metadata, name);
  for (const std::string& wish : o.set) Set(metadata, wish);
  draft.Save(o.output, "annotate");
  auto after = model::Model::Open(o.output);
  if (o.json) {
    Json all = Json::object();
    for (const auto& [key, value] : metadata) all[key] = value;
    PrintJson({{"file", o.file},
               {"output", o.output},
               {"metadata", all},
               {"fingerprint_before", Hex64(draft.model().fingerprint())},
               {"fingerprint", Hex64(after->fingerprint())}});
  } else {
    Print(StrCat(o.output, ": ", metadata.size(), metadata.size() == 1 ? " pair" : " pairs",
                 " of metadata; fingerprint ", Hex64(after->fingerprint()), "\n"));
  }
}

}  // namespace

void AddAnnotate(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(
      parent, "annotate", "Write name, version, date, licence … into a file, for its hosts to read",
      o->file, o->output);
  c->add_option("--set", o->set, "Set NAME to any UTF-8 text; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  c->add_option("--unset", o->unset, "Remove NAME, before anything is set; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddJson(c, o->json);
  c->callback([o] {
    if (o->set.empty() && o->unset.empty()) {
      throw CLI::ValidationError("annotate", "nothing to do: give --set or --unset");
    }
    Run(*o);
  });
}

}  // namespace duomo::convert
