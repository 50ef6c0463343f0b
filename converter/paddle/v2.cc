#include "converter/paddle/v2.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "converter/arrays/import_tensors.h"
#include "converter/onnx/protobuf.h"
#include "core/error.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using model::Encoder;
using model::EncoderKind;
using model::Side;

constexpr std::string_view kConfigEnd = ".protobuf";
constexpr size_t kHeaderSize = 16, kLargestConfig = 1 << 16, kMostDims = 8;
constexpr uint64_t kMostNumbers = uint64_t{1} << 60;

// Counts layers as the program that makes them does: embeddings and fully connected layers in the
// order of the towers, and each tower's own layer behind its branches.
class Layout {
 public:
  explicit Layout(const model::Description& d) : d_(d) {}

  std::vector<PaddleTensor> Run() {
    for (const model::Parameter& p : model::ParametersOf(d_)) shapes_[p.name] = p.shape;
    for (const model::Tower& tower : d_.towers) {
      std::vector<uint64_t> widths;
      for (const Encoder& e : tower.encoders) {
        AddEncoder(tower.side, e);
        widths.push_back(model::EncoderWidth(d_, e));
      }
      const std::string layer = NextLayer(), dense = model::TowerPrefix(tower.side) + "/dense0";
      uint64_t first = 0;
      for (size_t i = 0; i < widths.size(); ++i) {
        Add(StrCat(layer, ".w", i), dense + "/weight", first, widths[i]);
        first += widths[i];
      }
      AddBias(layer, dense);
    }
    return std::move(out_);
  }

 private:
  std::string NextLayer() { return StrCat("___fc_layer_", layers_++, "__"); }

  // Rows `first` to `first + rows` of a parameter.
  PaddleTensor& Add(std::string name, const std::string& parameter, uint64_t first, uint64_t rows) {
    const std::vector<uint64_t>& shape = shapes_.at(parameter);
    return out_.emplace_back(
        PaddleTensor{std::move(name), rows, shape.back(), parameter, first, -1});
  }
  void AddBias(const std::string& layer, const std::string& prefix) {
    Add(layer + ".wbias", prefix + "/bias", 0, 1);
  }
  void AddTable(std::string name, const Encoder& e) {
    auto table = static_cast<uint32_t>(e.table);
    uint32_t vocabulary = d_.tables[table].vocabulary;
    Add(std::move(name), model::TableName(d_, table), 0, d_.vocabularies[vocabulary].size)
        .vocabulary = static_cast<int32_t>(vocabulary);
  }

  void AddEncoder(Side side, const Encoder& e) {
    const std::string prefix = model::EncoderPrefix(d_, side, e);
    if (e.kind == EncoderKind::kMultiHot) {
      const std::string layer = NextLayer();
      AddTable(layer + ".w0", e);
      AddBias(layer, prefix);
      return;
    }
    AddTable(StrCat("___embedding_", tables_++, "__.w0"), e);
    std::string layer, own;
    if (e.kind == EncoderKind::kConvolution) {
      layer = "___sequence_conv_pooling_0___conv_fc";
      own = StrCat(prefix, "/convolution", e.windows.at(0));
    } else {
      layer = NextLayer();
      own = prefix + "/dense0";
    }
    Add(layer + ".w0", own + "/weight", 0, shapes_.at(own + "/weight")[0]);
    AddBias(layer, own);
  }

  const model::Description& d_;
  std::map<std::string, std::vector<uint64_t>> shapes_;
  std::vector<PaddleTensor> out_;
  int tables_ = 0, layers_ = 0;
};

std::string_view TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The dims that a ParameterConfig states; (1, size) where it states none.
NamedShape ReadConfig(std::string_view bytes, const std::string& member, const std::string& where) {
  if (bytes.size() > kLargestConfig) {
    Fail(Status::kCorrupt, where, ": ", QuotedName(member), " has ", bytes.size(),
         " bytes; it should hold a tensor's dimensions");
  }
  NamedShape out;
  uint64_t size = 0;
  std::vector<int64_t> dims;
  try {
    ProtoReader in(bytes, "ParameterConfig");
    while (auto f = in.Next()) {
      if (f->number == 1) out.name = in.Bytes(*f);
      if (f->number == 2) size = static_cast<uint64_t>(in.Int(*f));
      if (f->number == 9) in.Ints(*f, dims);
    }
  } catch (const Error& error) {
    Fail(error.status(), where, ": ", QuotedName(member), ": ", error.message());
  }
  if (dims.empty()) dims = {1, static_cast<int64_t>(size)};
  uint64_t product = 1;
  for (int64_t n : dims) {
    const bool fits = n > 0 && static_cast<uint64_t>(n) <= kMostNumbers / product;
    if (!fits || dims.size() > kMostDims) {
      Fail(Status::kCorrupt, where, ": ", QuotedName(member), " states absurd dimensions");
    }
    product *= static_cast<uint64_t>(n);
    out.shape.push_back(static_cast<uint64_t>(n));
  }
  return out;
}

// The floats behind a member's header, as many as the dims say.
std::span<const float> ReadValues(const TarMember& member, const NamedShape& config,
                                  const std::string& where) {
  const std::string name = QuotedName(member.name);
  if (member.bytes.size() < kHeaderSize) {
    Fail(Status::kCorrupt, where, ": ", name, " has ", member.bytes.size(),
         " bytes, less than its header");
  }
  uint32_t version = 0, value_size = 0;
  uint64_t count = 0, expected = 1;
  std::memcpy(&version, member.bytes.data(), 4);
  std::memcpy(&value_size, member.bytes.data() + 4, 4);
  std::memcpy(&count, member.bytes.data() + 8, 8);
  if (version != 0 || value_size != sizeof(float)) {
    RefuseOtherFiles(TextOf(member.bytes).substr(0, kHeaderSize), StrCat(where, ": ", name),
                     "values");
    Fail(Status::kUnsupported, where, ": ", name, " has values of ", value_size,
         " bytes in a format of version ", version, "; floats in version 0 are read");
  }
  for (uint64_t n : config.shape) expected *= n;
  const uint64_t stored = member.bytes.size() - kHeaderSize;
  if (count != expected || stored % sizeof(float) != 0 || stored / sizeof(float) != count) {
    Fail(Status::kCorrupt, where, ": ", name, " holds ", stored,
         " bytes of floats; its header says ", count, " floats and its dimensions ", expected);
  }
  return {reinterpret_cast<const float*>(member.bytes.data() + kHeaderSize), count};
}

}  // namespace

std::vector<PaddleTensor> PaddleTensorsOf(const model::Description& description) {
  return Layout(description).Run();
}

std::vector<std::span<const float>> ReadPaddleV2(std::span<const std::byte> bytes,
                                                 const std::string& where,
                                                 std::span<const PaddleTensor> expected) {
  RefuseOtherFiles(TextOf(bytes).substr(0, kHeaderSize), where,
                   "a tar archive of parameters, as PaddlePaddle v2 writes it");
  std::map<std::string_view, const TarMember*> members;
  std::vector<TarMember> all = ReadTar(bytes, where);
  for (const TarMember& m : all) members[m.name] = &m;

  std::vector<NamedShape> wanted, found;
  for (const PaddleTensor& t : expected) wanted.push_back({t.name, {t.rows, t.width}});
  std::map<std::string_view, std::span<const float>> values;
  for (const TarMember& m : all) {
    std::string_view name = m.name;
    if (name.ends_with(kConfigEnd)) {
      std::string_view tensor = name.substr(0, name.size() - kConfigEnd.size());
      if (members.contains(tensor)) continue;
      Fail(Status::kCorrupt, where, ": there is ", QuotedName(name), " but no ",
           QuotedName(tensor));
    }
    auto config = members.find(StrCat(name, kConfigEnd));
    if (config == members.end()) {
      RefuseOtherFiles(TextOf(m.bytes).substr(0, kHeaderSize),
                       StrCat(where, ": ", QuotedName(name)), "a parameter");
      Fail(Status::kCorrupt, where, ": there is ", QuotedName(name), " but no ",
           QuotedName(StrCat(name, kConfigEnd)), " with its dimensions");
    }
    NamedShape shape = ReadConfig(TextOf(config->second->bytes), config->second->name, where);
    if (shape.name != name) {
      Fail(Status::kCorrupt, where, ": ", QuotedName(config->second->name), " is about ",
           QuotedName(shape.name));
    }
    values[name] = ReadValues(m, shape, where);
    found.push_back(std::move(shape));
  }
  CheckNamesAndShapes(where, wanted, found);
  std::vector<std::span<const float>> out;
  for (const PaddleTensor& t : expected) out.push_back(values.at(t.name));
  return out;
}

std::string PaddleV2Header(const PaddleTensor& tensor) {
  const uint32_t fixed[] = {0, sizeof(float)};  // version, bytes a value
  const uint64_t count = tensor.rows * tensor.width;
  std::string out(kHeaderSize, '\0');
  std::memcpy(out.data(), fixed, 8);
  std::memcpy(out.data() + 8, &count, 8);
  return out;
}

std::string PaddleV2Config(const PaddleTensor& tensor) {
  ProtoMessage config;
  config.Bytes(1, tensor.name);
  config.Varint(2, static_cast<int64_t>(tensor.rows * tensor.width));
  for (uint64_t n : {tensor.rows, tensor.width}) config.Varint(9, static_cast<int64_t>(n));
  return config.bytes();
}

}  // namespace duomo::convert
