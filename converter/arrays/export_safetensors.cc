// duomo-convert export safetensors: the parameters, as a PyTorch module's state_dict names them.
#include <memory>

#include "converter/arrays/parameter_names.h"
#include "converter/arrays/safetensors.h"
#include "converter/command.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "file/writer.h"
#include "model/model.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output;
  bool json = false;
};

template <typename T>
void Reverse(const file::Tensor& tensor, std::span<const uint64_t> shape,
             const file::TensorSource::Sink& sink) {
  sink(std::as_bytes(std::span<const T>(ReverseAxes<T>(tensor.As<T>(), shape))));
}

// A parameter as PyTorch has it: f16 and bf16 stay what they are, i8 becomes f32.
file::TensorSource SourceOf(const model::Model& m, const model::Parameter& p) {
  const std::string name = "parameters/" + p.name;
  const file::Tensor tensor = *m.file().Find(name);
  const bool widen = tensor.dtype == file::DType::kI8;
  file::TensorSource out{
      TorchName(p), widen ? file::DType::kF32 : tensor.dtype, TorchShape(p), {}, false};
  if (TorchTransposes(p)) {
    std::vector<uint64_t> shape(out.shape.rbegin(), out.shape.rend());
    out.write = [&m, tensor, shape, name = p.name](const file::TensorSource::Sink& sink) {
      model::Rows rows = m.parameter(name);
      AlignedVector<float> floats;
      if (tensor.dtype == file::DType::kI8) {
        floats.resize(rows.size());
        runtime::CopyRows(rows, 0, rows.count, floats.data());
        sink(std::as_bytes(std::span<const float>(ReverseAxes<float>(floats, shape))));
      } else if (tensor.dtype == file::DType::kF32) {
        Reverse<float>(tensor, shape, sink);
      } else {  // two bytes, whatever they stand for
        sink(std::as_bytes(std::span<const uint16_t>(ReverseAxes<uint16_t>(
            {reinterpret_cast<const uint16_t*>(tensor.bytes.data()), tensor.bytes.size() / 2},
            shape))));
      }
    };
  } else if (widen) {
    out.write = [&m, name = p.name](const file::TensorSource::Sink& sink) {
      model::Rows rows = m.parameter(name);
      AlignedVector<float> floats(rows.width);
      for (uint64_t row = 0; row < rows.count; ++row) {
        runtime::CopyRows(rows, row, 1, floats.data());
        sink(std::as_bytes(std::span<const float>(floats)));
      }
    };
  } else {
    const auto& segments = m.file().segments();
    auto segment = std::ranges::find(segments, name, &file::SegmentInfo::name);
    out.write = file::SourceOf(m.file(), *segment).write;
  }
  return out;
}

void Run(const Options& o) {
  file::ReadOptions read;
  read.verify_checksums = true;
  auto model = model::Model::Open(o.file, read);
  RequireReplaceable(o.output);
  std::vector<file::TensorSource> sources;
  for (const model::Parameter& p : model::ParametersOf(model->description())) {
    sources.push_back(SourceOf(*model, p));
  }
  uint64_t bytes = WriteSafetensors(o.output, sources);
  if (o.json) {
    PrintJson(
        {{"file", o.file}, {"output", o.output}, {"tensors", sources.size()}, {"size", bytes}});
  } else {
    Print(StrCat(o.output, ": ", sources.size(), " tensors, ", Commas(bytes), " bytes\n"));
  }
}

}  // namespace

void AddExportSafetensors(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      AddRewriting(parent, "safetensors",
                   "The parameters, named and laid out as in a PyTorch module's state_dict",
                   o->file, o->output, ".safetensors");
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
