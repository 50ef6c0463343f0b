// duomo-convert export paddle-v2: a model of preset hybrid as PaddlePaddle v2 saves parameters.
#include <algorithm>
#include <memory>
#include <optional>

#include "console/progress.h"
#include "converter/command.h"
#include "converter/output.h"
#include "converter/paddle/data.h"
#include "converter/paddle/v2.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/movielens.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

constexpr uint64_t kBlockRows = 4096;

struct Options {
  std::string file, data, output;
  bool gzip = false, json = false;
};

// By row of the original's dictionary: the model's row, or nothing, which gives zeros.
using RowMap = std::vector<std::optional<uint64_t>>;

// Throws where the model has values that the original's dictionary has not: they would be lost.
RowMap RowsOf(const std::vector<std::string>& dictionary, const model::KeyIndex& vocabulary,
              const std::string& name) {
  RowMap out;
  std::vector<bool> used(vocabulary.size());
  for (const std::string& value : dictionary) {
    auto row = vocabulary.Find(value);
    out.push_back(row);
    if (row) used[*row] = true;
  }
  auto lost = std::ranges::find(used, false);
  if (lost != used.end()) {
    Fail(Status::kInvalidArgument, "the model's vocabulary ", name, " has ",
         std::ranges::count(used, false), " values that the data have not, \"",
         vocabulary.StringAt(static_cast<uint64_t>(lost - used.begin())), "\" first");
  }
  return out;
}

RowMap RowsOfRange(uint64_t size, const model::KeyIndex& vocabulary, const std::string& name) {
  if (size < vocabulary.size()) {
    Fail(Status::kInvalidArgument, "the model's vocabulary ", name, " has ", vocabulary.size(),
         " rows, and the data only ", size);
  }
  RowMap out(size);
  for (uint64_t row = 0; row < vocabulary.size(); ++row) out[row] = row;
  return out;
}

// The model's description with the sizes of the original's dictionaries, and how its rows are
// found.
struct Plan {
  model::Description description;
  std::vector<RowMap> rows;  // by vocabulary; empty: as they are
};

Plan PlanOf(const model::Model& model, const std::string& data) {
  Plan plan;
  plan.description = model.description();
  PaddleDictionaries dictionaries;
  std::vector<uint64_t> ranges;  // by vocabulary
  for (const model::Vocabulary& v : plan.description.vocabularies) ranges.push_back(v.size);
  if (data.empty()) {
    dictionaries = DictionariesOf(model);
  } else {
    data::Dataset dataset = data::ReadMovieLens1M(data);
    dictionaries = DictionariesOf(dataset);
    data::Encoded encoded = EncodeLikePaddle(PaddlePreset("hybrid"), dataset, dictionaries);
    for (size_t i = 0; i < ranges.size(); ++i) ranges[i] = encoded.description.vocabularies[i].size;
  }
  for (size_t i = 0; i < ranges.size(); ++i) {
    model::Vocabulary& v = plan.description.vocabularies[i];
    const model::KeyIndex& vocabulary = model.vocabulary(static_cast<uint32_t>(i));
    RowMap rows;
    if (v.name == "genre") rows = RowsOf(dictionaries.genres, vocabulary, v.name);
    if (v.name == "word") rows = RowsOf(dictionaries.words, vocabulary, v.name);
    if (v.keys == model::KeyKind::kRange) rows = RowsOfRange(ranges[i], vocabulary, v.name);
    if (!rows.empty()) v.size = rows.size();
    plan.rows.push_back(std::move(rows));
  }
  return plan;
}

// Returns how many rows were zeros for want of a counterpart.
uint64_t WriteTensor(const model::Model& model, const PaddleTensor& tensor, const Plan& plan,
                     TarStream& tar) {
  model::Rows stored = model.parameter(tensor.parameter);
  tar.Begin(tensor.name, 16 + tensor.rows * tensor.width * sizeof(float));
  tar.Write(PaddleV2Header(tensor));
  static const RowMap kAsTheyAre;
  const RowMap& map =
      tensor.vocabulary < 0 ? kAsTheyAre : plan.rows[static_cast<size_t>(tensor.vocabulary)];
  uint64_t zeros = 0;
  AlignedVector<float> buffer, block;
  for (uint64_t begin = 0; begin < tensor.rows; begin += kBlockRows) {
    const uint64_t n = std::min(kBlockRows, tensor.rows - begin);
    if (map.empty()) {
      const float* floats = runtime::FloatsOf(stored, tensor.first + begin, n, buffer);
      tar.Write(std::as_bytes(std::span(floats, n * tensor.width)));
      continue;
    }
    block.assign(n * tensor.width, 0.0f);
    for (uint64_t i = 0; i < n; ++i) {
      if (auto row = map[begin + i]) {
        runtime::CopyRows(stored, *row, 1, block.data() + i * tensor.width);
      } else {
        ++zeros;
      }
    }
    tar.Write(std::as_bytes(std::span(block)));
  }
  std::string config = PaddleV2Config(tensor);
  tar.Begin(tensor.name + ".protobuf", config.size());
  tar.Write(config);
  return zeros;
}

void Run(const Options& o) {
  RequireReplaceable(o.output);
  file::ReadOptions read;
  read.verify_checksums = true;
  auto model = model::Model::Open(o.file, read);
  RequireHybrid(*model, o.file);
  Plan plan = PlanOf(*model, o.data);
  std::vector<PaddleTensor> tensors = PaddleTensorsOf(plan.description);
  const bool gzip = o.gzip || o.output.ends_with(".gz") || o.output.ends_with(".tgz");
  const console::Interruptible interruptible;  // before there is a file to take away
  TarStream tar(o.output, gzip);
  uint64_t numbers = 0, zeros = 0, total = 0;
  for (const PaddleTensor& tensor : tensors) total += tensor.rows * tensor.width;
  console::Progress progress("export paddle-v2", total);
  for (const PaddleTensor& tensor : tensors) {
    zeros += WriteTensor(*model, tensor, plan, tar);
    numbers += tensor.rows * tensor.width;
    progress.Add(tensor.rows * tensor.width);
  }
  const uint64_t size = tar.Commit();
  if (o.json) {
    PrintJson({{"file", o.file},
               {"output", o.output},
               {"size", size},
               {"gzip", gzip},
               {"tensors", tensors.size()},
               {"parameters", numbers},
               {"rows_without_counterpart", zeros}});
    return;
  }
  std::string text = StrCat(o.output, ": ", Commas(size), " bytes, ", tensors.size(), " tensors, ",
                            Commas(numbers), " parameters; unknown rows have no place there\n");
  if (zeros > 0) text += StrCat("rows without a counterpart, zeros: ", Commas(zeros), "\n");
  Print(text);
}

}  // namespace

void AddExportPaddleV2(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      AddReading(parent, "paddle-v2",
                 "Parameters of preset hybrid for PaddlePaddle v2's chapter on recommendation",
                 o->file, "A .duomo file of preset hybrid");
  c->add_option("-o,--output", o->output,
                "The tar archive to write; gzip where it ends in .gz or .tgz")
      ->required();
  c->add_option("--data", o->data,
                "The ml-1m folder or zip archive whose dictionaries it gets; otherwise they are "
                "those of the file's items");
  c->add_flag("--gzip", o->gzip, "gzip, whatever the name");
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
