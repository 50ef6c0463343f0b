// duomo-convert upgrade: a file of an older release, written as this one writes it.
#include <memory>

#include "converter/command.h"
#include "converter/edit/entities.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output;
  bool json = false;
};

void Run(const Options& o) {
  RequireReplaceable(o.output);
  Draft draft(o.file);
  uint32_t before = draft.model().file().container_version();
  // By which ids of string keys are found: files from before ids were hashes have none.
  for (model::Side side : {model::Side::kUser, model::Side::kItem}) {
    const model::KeyIndex& keys = draft.model().side(side).keys;
    if (keys.kind() != model::KeyKind::kString || keys.size() == 0) continue;
    std::vector<file::OwnedTensor> made;
    model::AddIds(made, PrefixOf(side), keys);
    for (file::OwnedTensor& tensor : made) draft.Put(std::move(tensor));
  }
  draft.Save(o.output, "upgrade");
  auto after = model::Model::Open(o.output);
  uint32_t now = after->file().container_version();
  uint32_t reader = after->file().minimum_reader_version();
  if (o.json) {
    PrintJson({{"file", o.file},
               {"output", o.output},
               {"container_version_before", before},
               {"container_version", now},
               {"minimum_reader_version", reader}});
  } else {
    Print(StrCat(o.output, ": container version ", now, ", before ", before,
                 "; for readers from version ", reader, "\n"));
  }
}

}  // namespace

void AddUpgrade(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(
      parent, "upgrade",
      "Rewrite a file of an older release in today's container, with what today's searches look "
      "into; contents stay",
      o->file, o->output);
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
