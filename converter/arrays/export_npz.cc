// duomo-convert export npz: every tensor of a file as a NumPy array.
#include <memory>

#include "console/progress.h"
#include "converter/arrays/npz.h"
#include "converter/command.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "description/json.h"
#include "model/model.h"

namespace duomo::convert {
namespace {

// The name that no tensor may have: the description, as UTF-8 bytes of JSON.
constexpr std::string_view kDescription = "description_json";

struct Options {
  std::string file, output;
  bool compress = false, json = false;
};

void Run(const Options& o) {
  // Every checksum first: what leaves this file carries the archive's own checksums from then on.
  file::ReadOptions read;
  read.verify_checksums = true;
  auto model = model::Model::Open(o.file, read);
  RequireReplaceable(o.output);
  const console::Interruptible interruptible;  // before there is a file to take away
  NpzWriter npz(o.output, o.compress);
  std::string json = description::ToJson(model->description()).dump();
  uint64_t size = json.size();
  npz.Add(kDescription, file::DType::kU8, {&size, 1},
          std::as_bytes(std::span(json.data(), json.size())));
  size_t arrays = 1;
  uint64_t total = 0;
  for (const file::SegmentInfo& s : model->file().segments()) total += s.size;
  console::Progress progress("export npz", total);
  for (const file::SegmentInfo& s : model->file().segments()) {
    if (s.name == kDescription) {
      Fail(Status::kUnsupported, o.file, " has a tensor \"", kDescription,
           "\", the name of the description");
    }
    auto tensor = model->file().Find(s.name);
    npz.Add(s.name, s.dtype, s.shape, tensor->bytes);
    model->file().DropPages(tensor->bytes);
    progress.Add(s.size);
    ++arrays;
  }
  uint64_t bytes = npz.Commit();
  if (o.json) {
    PrintJson({{"file", o.file}, {"output", o.output}, {"arrays", arrays}, {"size", bytes}});
  } else {
    Print(StrCat(o.output, ": ", arrays, " arrays, ", Commas(bytes), " bytes\n"));
  }
}

}  // namespace

void AddExportNpz(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(
      parent, "npz", "Every tensor as an array for numpy.load, and description_json as bytes",
      o->file, o->output, ".npz");
  c->add_flag("--compress", o->compress, "Deflate the arrays");
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
