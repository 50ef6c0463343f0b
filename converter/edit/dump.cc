// duomo-convert dump and build: a whole file as JSON, and back.
#include <memory>

#include "converter/command.h"
#include "converter/edit/json_form.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output;
  bool values = false, json = false;
};

void Dump(const Options& o) {
  // Every checksum first: what stdout has got cannot be taken back.
  auto model = model::Model::Open(o.file, {.verify_checksums = true});
  if (o.output.empty()) {
    WriteJsonForm(*model, o.values, [](std::string_view text) { Print(std::string(text)); });
    return;
  }
  RequireReplaceable(o.output);
  AtomicFile file(o.output);
  WriteJsonForm(*model, o.values, [&](std::string_view text) {
    file.Write(std::as_bytes(std::span(text.data(), text.size())));
  });
  file.Commit();
  uint64_t size = SizeOfFile(o.output);
  if (o.json) {
    PrintJson({{"file", o.file}, {"output", o.output}, {"size", size}});
  } else {
    Print(StrCat(o.output, ": ", model->file().segments().size(), " tensors, ", Commas(size),
                 " bytes\n"));
  }
}

void Build(const Options& o) {
  RequireReplaceable(o.output);
  FileBytes bytes = FileBytes::Map(o.file);
  std::string_view text(reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size());
  model::Contents contents = ReadJsonForm(text, o.file);
  size_t tensors = contents.sources.size();
  SaveWithProgress(std::move(contents), o.output, "build");
  uint64_t size = SizeOfFile(o.output);
  if (o.json) {
    PrintJson({{"file", o.file}, {"output", o.output}, {"size", size}});
  } else {
    Print(StrCat(o.output, ": ", tensors, " tensors, ", Commas(size), " bytes\n"));
  }
}

}  // namespace

void AddDump(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddReading(parent, "dump", "Write a whole file as JSON, without loss", o->file);
  auto* output = c->add_option("-o,--output", o->output,
                               "The JSON file to write, replaced as a whole; else to stdout");
  c->add_flag(
      "--values", o->values,
      "Write numbers as numbers (f16 and bf16 as their bits) instead of base64, for people");
  c->add_flag("--json", o->json, "Print JSON about the result")->needs(output);
  c->callback([o] { Dump(*o); });
}

void AddBuild(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddReading(parent, "build", "Make a .duomo file from the JSON of dump", o->file,
                           "A JSON file");
  AddOutput(c, o->output);
  c->add_flag("--json", o->json, "Print JSON about the result");
  c->callback([o] { Build(*o); });
}

}  // namespace duomo::convert
