// duomo-convert import paddle-v2: parameters as PaddlePaddle v2 saves them, onto preset hybrid.
#include <memory>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/stock.h"
#include "converter/command.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "converter/paddle/data.h"
#include "converter/paddle/v2.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/bytes.h"
#include "data/entities.h"
#include "data/movielens.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

constexpr size_t kPiece = 1 << 20;

struct Options {
  std::string input, preset = "hybrid", data, output;
  bool allow_nonfinite = false, titles = true, json = false;
};

// An archive in memory's reach: the file itself, or beside the output what it unpacks to.
class Archive {
 public:
  // `most`: bytes that it may unpack to.
  Archive(const std::string& path, const std::string& output, uint64_t most)
      : file_(FileBytes::Map(path)) {
    std::span<const std::byte> head = file_.bytes();
    if (head.size() < 2 || head[0] != std::byte{0x1F} || head[1] != std::byte{0x8B}) return;
    unpacked_.emplace(output, "unpacked");
    unpacked_->Write([&](const std::string& unpacked) {
      auto source = data::OpenBytes(path, most);
      AtomicFile out(unpacked);
      std::vector<char> piece(kPiece);
      while (size_t n = source->Read(piece.data(), piece.size())) {
        out.Write(std::as_bytes(std::span(piece).first(n)));
        console::Interruptible::Check();
      }
      out.Commit();
    });
    file_ = FileBytes::Map(unpacked_->path());
  }

  const FileBytes& file() const { return file_; }

 private:
  FileBytes file_;
  std::optional<Staged> unpacked_;
};

// What a parameter is made of: rows of the archive, and zeros for the unknown row of a table.
file::TensorSource SourceOf(const model::Parameter& parameter,
                            std::vector<std::span<const float>> rows, const FileBytes& file) {
  const uint64_t zeros = parameter.size() - parameter.known_size();
  auto write = [rows = std::move(rows), zeros, &file](const file::TensorSource::Sink& sink) {
    for (std::span<const float> values : rows) {
      for (auto bytes = std::as_bytes(values); !bytes.empty();) {
        auto piece = bytes.first(std::min(bytes.size(), kPiece));
        sink(piece);
        file.DropPages(piece);
        bytes = bytes.subspan(piece.size());
      }
    }
    if (zeros > 0) sink(std::as_bytes(std::span<const float>(std::vector<float>(zeros))));
  };
  return {"parameters/" + parameter.name, file::DType::kF32, parameter.shape, write, false};
}

void Run(const Options& o) {
  RequireReplaceable(o.output);
  model::Description preset = PaddlePreset(o.preset);
  data::Dataset dataset = data::ReadMovieLens1M(o.data);
  dataset.interactions = {};
  data::Encoded encoded = EncodeLikePaddle(preset, dataset, DictionariesOf(dataset));
  const model::Description& d = encoded.description;
  std::vector<PaddleTensor> layout = PaddleTensorsOf(d);
  uint64_t numbers = 0;
  for (const PaddleTensor& t : layout) numbers += t.rows * t.width;

  Archive archive(o.input, o.output, 16 * (numbers + (1 << 20)));
  auto values = ReadPaddleV2(archive.file().bytes(), o.input, layout);
  if (!o.allow_nonfinite) {
    for (size_t i = 0; i < layout.size(); ++i) {
      const uint64_t shape[] = {layout[i].rows, layout[i].width};
      CheckFinite(StrCat(o.input, ": ", layout[i].name), shape, values[i]);
    }
  }
  model::Contents contents;
  contents.description = d;
  contents.report.data = "imported from PaddlePaddle v2";
  contents.tensors = std::move(encoded.vocabularies);
  data::AddEntities(contents.tensors, dataset, encoded, o.titles);
  for (const model::Parameter& p : model::ParametersOf(d)) {
    std::vector<std::span<const float>> rows;
    for (size_t i = 0; i < layout.size(); ++i) {
      if (layout[i].parameter == p.name) rows.push_back(values[i]);
    }
    contents.sources.push_back(SourceOf(p, std::move(rows), archive.file()));
  }
  SaveFrozen(contents, o.output, "import paddle-v2");
  if (o.json) {
    PrintJson({{"input", o.input},
               {"output", o.output},
               {"name", d.name},
               {"tensors", layout.size()},
               {"parameters", numbers},
               {"users", dataset.users.size()},
               {"items", dataset.items.size()}});
  } else {
    Print(StrCat(o.output, ": ", d.name, ", ", Commas(numbers), " parameters of ", layout.size(),
                 " tensors; ", Commas(dataset.users.size()), " users, ",
                 Commas(dataset.items.size()), " items\n"));
  }
}

}  // namespace

void AddImportPaddleV2(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "paddle-v2",
      "Parameters of PaddlePaddle v2's chapter on recommendation; MovieLens 1M "
      "supplies users, items and dictionaries");
  c->add_option("INPUT", o->input, "A tar archive of parameters, gzip or not")->required();
  c->add_option("--preset", o->preset, "The network: hybrid")->capture_default_str();
  c->add_option("--data", o->data, "The ml-1m folder or zip archive that it was trained on")
      ->required();
  c->add_flag("!--no-titles", o->titles, "Leave the titles out of the file");
  AddImportEnd(c, o->output, o->allow_nonfinite, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
