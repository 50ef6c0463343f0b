// duomo-convert compress and decompress: zlib for every tensor, or for none. Both open directly.
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
  bool json = false;
};

void Run(const Options& o, bool compress) {
  RequireReplaceable(o.output);
  Draft draft(o.file);
  for (auto& source : draft.contents.sources) source.compress = compress;
  draft.Save(o.output, compress ? "compress" : "decompress");
  uint64_t before = draft.size(), after = SizeOfFile(o.output);
  if (o.json) {
    PrintJson(
        {{"file", o.file}, {"output", o.output}, {"size_before", before}, {"size_after", after}});
  } else {
    Print(StrCat(o.output, ": ", Commas(after), " bytes, before ", Commas(before), "\n"));
  }
}

void Add(CLI::App& parent, const char* name, const char* about, bool compress) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(parent, name, about, o->file, o->output);
  AddJson(c, o->json);
  c->callback([o, compress] { Run(*o, compress); });
}

}  // namespace

void AddCompress(CLI::App& parent) {
  Add(parent, "compress", "Compress every tensor that gets smaller, for shipping", true);
}

void AddDecompress(CLI::App& parent) {
  Add(parent, "decompress", "Store every tensor as it is, to be used in place", false);
}

}  // namespace duomo::convert
