// From the bytes of onnx.proto's ModelProto to a graph, trusting nothing.
#include <charconv>
#include <filesystem>
#include <map>

#include "converter/onnx/onnx.h"
#include "converter/onnx/protobuf.h"
#include "core/error.h"

namespace duomo::convert::onnx {
namespace {

using Ints = std::vector<int64_t>;

constexpr size_t kMostNodes = 100'000;
constexpr size_t kMostDims = 8;

size_t ElementSize(Type type) {
  switch (type) {
    case Type::kFloat:
    case Type::kInt32:
      return 4;
    case Type::kInt64:
    case Type::kDouble:
      return 8;
    case Type::kBool:
      return 1;
  }
  return 0;
}

template <typename T>
void Own(Tensor& tensor, const std::vector<T>& values) {
  auto bytes = std::as_bytes(std::span(values));
  tensor.owned.assign(bytes.begin(), bytes.end());
}

class ModelReader {
 public:
  // folder: of the model's external data; empty: refused.
  explicit ModelReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Opened Run(std::span<const std::byte> bytes) {
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    ProtoReader model(text, "ONNX model");
    std::optional<std::string_view> graph;
    while (auto f = model.Next()) {
      if (f->number == 7) graph = model.Bytes(*f);
      if (f->number == 8) ReadOpset(model.Bytes(*f));
    }
    if (!graph) Fail(Status::kCorrupt, "this is no ONNX model: it has no graph");
    if (out_.opset == 0) Fail(Status::kCorrupt, "the ONNX model does not say which opset it uses");
    ReadGraph(*graph);
    CheckGraph(out_.graph);
    return std::move(out_);
  }

 private:
  void ReadOpset(std::string_view bytes) {
    ProtoReader in(bytes, "OperatorSetId");
    std::string domain;
    int64_t version = 0;
    while (auto f = in.Next()) {
      if (f->number == 1) domain = in.Bytes(*f);
      if (f->number == 2) version = in.Int(*f);
    }
    if (domain.empty() || domain == "ai.onnx") out_.opset = version;
  }

  void ReadGraph(std::string_view bytes) {
    ProtoReader in(bytes, "GraphProto");
    Graph& graph = out_.graph;
    while (auto f = in.Next()) {
      switch (f->number) {
        case 1:
          if (graph.nodes.size() == kMostNodes) {
            Fail(Status::kUnsupported, "the ONNX graph has more than ", kMostNodes, " nodes");
          }
          ReadNode(in.Bytes(*f));
          break;
        case 2:
          graph.name = in.Bytes(*f);
          break;
        case 5:
          graph.constants.push_back(ReadTensor(in.Bytes(*f)));
          break;
        case 11:
          graph.inputs.push_back(ReadValue(in.Bytes(*f)));
          break;
        case 12:
          graph.outputs.push_back(ReadValue(in.Bytes(*f)));
          break;
        default:
          break;
      }
    }
  }

  void ReadNode(std::string_view bytes) {
    ProtoReader in(bytes, "NodeProto");
    Node node;
    std::optional<Tensor> constant;
    std::string domain;
    while (auto f = in.Next()) {
      switch (f->number) {
        case 1:
          node.inputs.emplace_back(in.Bytes(*f));
          break;
        case 2:
          node.outputs.emplace_back(in.Bytes(*f));
          break;
        case 3:
          node.name = in.Bytes(*f);
          break;
        case 4:
          node.op = in.Bytes(*f);
          break;
        case 5:
          node.attributes.push_back(ReadAttribute(in.Bytes(*f), constant));
          break;
        case 7:
          domain = in.Bytes(*f);
          break;
        default:
          break;
      }
    }
    if (!domain.empty() && domain != "ai.onnx") node.op = StrCat(domain, ".", node.op);
    while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
    if (node.op == "Constant" && constant && node.outputs.size() == 1) {
      constant->name = node.outputs[0];
      out_.graph.constants.push_back(std::move(*constant));
      return;
    }
    out_.graph.nodes.push_back(std::move(node));
  }

  // The numbers of a Constant node become `constant`.
  Attribute ReadAttribute(std::string_view bytes, std::optional<Tensor>& constant) {
    ProtoReader in(bytes, "AttributeProto");
    Attribute out;
    Ints ints;
    std::vector<float> floats;
    bool has_ints = false, has_floats = false;
    int64_t type = 0;
    while (auto f = in.Next()) {
      switch (f->number) {
        case 1:
          out.name = in.Bytes(*f);
          break;
        case 2:
          if (f->is_bytes) Fail(Status::kCorrupt, "damaged AttributeProto: f is no float");
          out.value = f->Float();
          break;
        case 3:
          out.value = in.Int(*f);
          break;
        case 5:
          constant = ReadTensor(in.Bytes(*f));
          break;
        case 7:
          has_floats = true;
          in.Floats(*f, floats);
          break;
        case 8:
          has_ints = true;
          in.Ints(*f, ints);
          break;
        case 20:
          type = in.Int(*f);
          break;
        default:
          break;
      }
    }
    // An empty list and a number that is 0 may have been left out.
    if (type == 7) has_ints = true;
    if (type == 2 && std::holds_alternative<std::monostate>(out.value)) out.value = int64_t{0};
    if (type == 1 && std::holds_alternative<std::monostate>(out.value)) out.value = 0.0f;
    if (has_ints) out.value = ints;
    SetConstant(out, ints, has_ints, floats, has_floats, constant);
    return out;
  }
  static void SetConstant(const Attribute& a, const Ints& ints, bool has_ints,
                          const std::vector<float>& floats, bool has_floats,
                          std::optional<Tensor>& constant) {
    if (a.name == "value_float" && std::holds_alternative<float>(a.value)) {
      Own(constant.emplace(), std::vector{std::get<float>(a.value)});
    } else if (a.name == "value_int" && std::holds_alternative<int64_t>(a.value)) {
      Own(constant.emplace(), std::vector{std::get<int64_t>(a.value)});
      constant->type = Type::kInt64;
    } else if (a.name == "value_ints" && has_ints) {
      Own(constant.emplace(), ints);
      constant->type = Type::kInt64;
      constant->dims = {static_cast<int64_t>(ints.size())};
    } else if (a.name == "value_floats" && has_floats) {
      Own(constant.emplace(), floats);
      constant->dims = {static_cast<int64_t>(floats.size())};
    }
  }

  Tensor ReadTensor(std::string_view bytes) {
    ProtoReader in(bytes, "TensorProto");
    Tensor out;
    std::vector<float> floats;
    Ints integers;  // int32_data or int64_data
    std::map<std::string, std::string> external;
    bool is_external = false;
    int64_t type = 0;
    while (auto f = in.Next()) {
      switch (f->number) {
        case 1:
          in.Ints(*f, out.dims);
          break;
        case 2:
          type = in.Int(*f);
          break;
        case 4:
          in.Floats(*f, floats);
          break;
        case 5:
        case 7:
          in.Ints(*f, integers);
          break;
        case 8:
          out.name = in.Bytes(*f);
          break;
        case 9: {
          std::string_view raw = in.Bytes(*f);
          out.view = std::as_bytes(std::span(raw.data(), raw.size()));
          break;
        }
        case 13:
          ReadEntry(in.Bytes(*f), external);
          break;
        case 14:
          is_external = in.Int(*f) == 1;
          break;
        default:
          break;
      }
    }
    if (out.dims.size() > kMostDims) {
      Fail(Status::kUnsupported, "tensor \"", out.name, "\" has ", out.dims.size(), " dimensions");
    }
    if (type != 1 && type != 6 && type != 7 && type != 9 && type != 11) {
      Fail(Status::kUnsupported, "tensor \"", out.name, "\" is of data type ", type,
           "; float, double, int32, int64 and bool can be read");
    }
    out.type = static_cast<Type>(type);
    if (is_external) {
      out.view = External(out.name, external);
    } else if (out.view.empty() && out.type == Type::kFloat) {
      Own(out, floats);
    } else if (out.view.empty() && out.type == Type::kInt64) {
      Own(out, integers);
    } else if (out.view.empty() && out.type == Type::kInt32) {
      Own(out, std::vector<int32_t>(integers.begin(), integers.end()));
    } else if (out.view.empty() && out.type == Type::kBool) {
      Own(out, std::vector<uint8_t>(integers.begin(), integers.end()));
    }
    uint64_t expected = ElementSize(out.type);
    for (int64_t n : out.dims) {
      if (n < 0) Fail(Status::kCorrupt, "tensor \"", out.name, "\" has a dimension ", n);
      if (__builtin_mul_overflow(expected, static_cast<uint64_t>(n), &expected)) {
        Fail(Status::kCorrupt, "the dimensions of tensor \"", out.name, "\" are absurd");
      }
    }
    if (out.bytes().size() != expected) {
      Fail(Status::kCorrupt, "tensor \"", out.name, "\" has ", out.bytes().size(),
           " bytes; its dimensions say ", expected);
    }
    return out;
  }

  static void ReadEntry(std::string_view bytes, std::map<std::string, std::string>& out) {
    ProtoReader in(bytes, "StringStringEntryProto");
    std::string key, value;
    while (auto f = in.Next()) {
      if (f->number == 1) key = in.Bytes(*f);
      if (f->number == 2) value = in.Bytes(*f);
    }
    out[key] = value;
  }

  std::span<const std::byte> External(const std::string& tensor,
                                      std::map<std::string, std::string>& entry) {
    const std::string& location = entry["location"];
    std::filesystem::path relative(location);
    auto refuse = [&](const char* why) {
      Fail(Status::kCorrupt, "tensor \"", tensor, "\" has its data in \"", location, "\", ", why);
    };
    if (folder_.empty()) refuse("but only files have data beside them");
    if (location.empty() || location.find('\0') != location.npos) refuse("which is no path");
    if (relative.is_absolute()) refuse("an absolute path; it must lie beside the model");
    for (const auto& part : relative) {
      if (part == "..") refuse("which leads out of the model's folder");
    }
    std::error_code error;
    auto real = std::filesystem::canonical(folder_ / relative, error);
    if (error) Fail(Status::kIo, (folder_ / relative).string(), ": ", error.message());
    auto home = std::filesystem::canonical(folder_, error);
    auto [end, ignored] = std::mismatch(home.begin(), home.end(), real.begin(), real.end());
    if (end != home.end()) refuse("a link that leads out of the model's folder");

    auto [place, is_new] = mapped_.try_emplace(real.string(), out_.files.size());
    if (is_new) out_.files.push_back(FileBytes::Map(real.string()));
    std::span<const std::byte> all = out_.files[place->second].bytes();
    uint64_t offset = Number(entry, "offset", 0, refuse);
    if (offset > all.size()) refuse("behind its end");
    uint64_t length = Number(entry, "length", all.size() - offset, refuse);
    if (length > all.size() - offset) refuse("beyond its end");
    return all.subspan(offset, length);
  }
  template <typename Refuse>
  static uint64_t Number(const std::map<std::string, std::string>& entry, const char* key,
                         uint64_t otherwise, const Refuse& refuse) {
    auto found = entry.find(key);
    if (found == entry.end()) return otherwise;
    uint64_t value = 0;
    const std::string& text = found->second;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) refuse("at no such place");
    return value;
  }

  static Value ReadValue(std::string_view bytes) {
    ProtoReader in(bytes, "ValueInfoProto");
    Value out;
    int64_t element = 0;
    while (auto f = in.Next()) {
      if (f->number == 1) out.name = in.Bytes(*f);
      if (f->number == 3) out.about = in.Bytes(*f);
      if (f->number != 2) continue;
      ProtoReader type(in.Bytes(*f), "TypeProto");
      while (auto t = type.Next()) {
        if (t->number != 1) continue;
        ProtoReader tensor(type.Bytes(*t), "TypeProto.Tensor");
        while (auto e = tensor.Next()) {
          if (e->number == 1) element = tensor.Int(*e);
          if (e->number == 2) ReadShape(tensor.Bytes(*e), out.dims);
        }
      }
    }
    out.type = element == 1 || element == 6 || element == 7 || element == 9 || element == 11
                   ? static_cast<Type>(element)
                   : Type::kDouble;  // nobody's input
    return out;
  }
  static void ReadShape(std::string_view bytes, std::vector<Dim>& out) {
    ProtoReader in(bytes, "TensorShapeProto");
    while (auto f = in.Next()) {
      if (f->number != 1) continue;
      if (out.size() == kMostDims) Fail(Status::kUnsupported, "a value of too many dimensions");
      ProtoReader dim(in.Bytes(*f), "Dimension");
      Dim& d = out.emplace_back(Dim{0, "?"});
      while (auto v = dim.Next()) {
        if (v->number == 1) d = {dim.Int(*v), ""};
        if (v->number == 2) d = {0, std::string(dim.Bytes(*v))};
      }
    }
  }

  std::filesystem::path folder_;
  Opened out_;
  std::map<std::string, size_t> mapped_;  // by path: index into files
};

}  // namespace

Opened Read(const std::string& path) {
  FileBytes file = FileBytes::Map(path);
  auto folder = std::filesystem::path(path).parent_path();
  Opened opened;
  try {
    opened = ModelReader(folder.empty() ? "." : folder).Run(file.bytes());
  } catch (const Error& error) {
    if (error.status() != Status::kCorrupt) throw;
    throw Error(error.status(), StrCat(path, ": ", error.message()));
  }
  opened.files.push_back(std::move(file));
  return opened;
}

Opened ReadBuffer(std::span<const std::byte> bytes) { return ModelReader({}).Run(bytes); }

}  // namespace duomo::convert::onnx
