// From a graph to the bytes of onnx.proto's ModelProto.
#include <filesystem>
#include <optional>

#include "console/progress.h"
#include "converter/onnx/onnx.h"
#include "converter/onnx/protobuf.h"
#include "core/error.h"
#include "core/file_io.h"
#include "core/version.h"

namespace duomo::convert::onnx {
namespace {

// Tensors below this stay in the model: shapes and axes, which tools want to see at once.
constexpr uint64_t kSmallTensor = 1024;
// Where an external tensor begins: a page, so that it can be mapped.
constexpr uint64_t kPage = 4096;

// AttributeProto.AttributeType.
constexpr int64_t kFloatAttribute = 1, kIntAttribute = 2, kIntsAttribute = 7;

ProtoMessage AttributeProto(const Attribute& attribute) {
  ProtoMessage out;
  out.Bytes(1, attribute.name);
  if (const auto* number = std::get_if<float>(&attribute.value)) {
    out.Float(2, *number);
    out.Varint(20, kFloatAttribute);
  } else if (const auto* integer = std::get_if<int64_t>(&attribute.value)) {
    out.Varint(3, *integer);
    out.Varint(20, kIntAttribute);
  } else {
    for (int64_t n : std::get<std::vector<int64_t>>(attribute.value)) out.Varint(8, n);
    out.Varint(20, kIntsAttribute);
  }
  return out;
}

ProtoMessage NodeProto(const Node& node) {
  ProtoMessage out;
  for (const std::string& input : node.inputs) out.Bytes(1, input);
  for (const std::string& output : node.outputs) out.Bytes(2, output);
  out.Bytes(3, node.name);
  out.Bytes(4, node.op);
  for (const Attribute& attribute : node.attributes) out.Message(5, AttributeProto(attribute));
  return out;
}

ProtoMessage ValueInfoProto(const Value& value) {
  ProtoMessage shape;
  for (const Dim& dim : value.dims) {
    ProtoMessage dimension;
    if (dim.name.empty()) {
      dimension.Varint(1, dim.size);
    } else {
      dimension.Bytes(2, dim.name);
    }
    shape.Message(1, dimension);
  }
  ProtoMessage tensor, type, out;
  tensor.Varint(1, static_cast<int64_t>(value.type));
  tensor.Message(2, shape);
  type.Message(1, tensor);
  out.Bytes(1, value.name);
  out.Message(2, type);
  if (!value.about.empty()) out.Bytes(3, value.about);
  return out;
}

// Where a tensor's bytes lie in the file beside the model.
struct Place {
  std::string file;
  uint64_t offset = 0;
};

// All of a TensorProto but the bytes themselves, which follow where they are not elsewhere.
ProtoMessage TensorProto(const Tensor& tensor, const std::optional<Place>& elsewhere) {
  ProtoMessage out;
  for (int64_t n : tensor.dims) out.Varint(1, n);
  out.Varint(2, static_cast<int64_t>(tensor.type));
  out.Bytes(8, tensor.name);
  if (!elsewhere) {
    out.Header(9, tensor.bytes().size());
    return out;
  }
  auto entry = [&](const char* key, const std::string& value) {
    ProtoMessage pair;
    pair.Bytes(1, key);
    pair.Bytes(2, value);
    out.Message(13, pair);
  };
  entry("location", elsewhere->file);
  entry("offset", StrCat(elsewhere->offset));
  entry("length", StrCat(tensor.bytes().size()));
  out.Varint(14, 1);  // DataLocation.EXTERNAL
  return out;
}

void WriteBody(AtomicFile& file, std::span<const std::byte> bytes, console::Progress& progress) {
  constexpr size_t kPiece = 1 << 22;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(kPiece, bytes.size()))) {
    auto piece = bytes.first(std::min(kPiece, bytes.size()));
    file.Write(piece);
    progress.Add(piece.size());
  }
}

}  // namespace

Written Write(const Graph& graph, const std::string& path, uint64_t inline_limit) {
  uint64_t total = 0;
  for (const Tensor& t : graph.constants) total += t.bytes().size();
  const bool external = total > inline_limit;
  const std::string data_path = path + ".data";

  // GraphProto: what is small, then the tensors one by one.
  ProtoMessage small;
  for (const Node& node : graph.nodes) small.Message(1, NodeProto(node));
  small.Bytes(2, graph.name);
  if (!graph.about.empty()) small.Bytes(10, graph.about);
  for (const Value& value : graph.inputs) small.Message(11, ValueInfoProto(value));
  for (const Value& value : graph.outputs) small.Message(12, ValueInfoProto(value));
  struct Piece {
    std::string head;
    const Tensor* body;  // null: elsewhere
  };
  std::vector<Piece> pieces;
  uint64_t graph_size = small.bytes().size(), data_size = 0;
  for (const Tensor& tensor : graph.constants) {
    std::optional<Place> elsewhere;
    if (external && tensor.bytes().size() >= kSmallTensor) {
      data_size = RoundUp(data_size, kPage);
      elsewhere = Place{std::filesystem::path(data_path).filename().string(), data_size};
      data_size += tensor.bytes().size();
    }
    std::string proto = TensorProto(tensor, elsewhere).bytes();
    uint64_t body = elsewhere ? 0 : tensor.bytes().size();
    ProtoMessage head;
    head.Header(5, proto.size() + body);
    pieces.push_back({head.bytes() + proto, elsewhere ? nullptr : &tensor});
    graph_size += pieces.back().head.size() + body;
  }

  ProtoMessage model;
  model.Varint(1, kIrVersion);
  model.Bytes(2, "duomo");
  model.Bytes(3, kVersion);
  ProtoMessage opset;
  opset.Bytes(1, "");  // ONNX's own operators
  opset.Varint(2, kOpset);
  model.Message(8, opset);
  model.Header(7, graph_size);

  RequireReplaceable(path);
  console::Progress progress("write", total);
  Written written;
  if (data_size > 0) {
    AtomicFile data(data_path);
    for (const Piece* piece = pieces.data(); const Tensor& tensor : graph.constants) {
      if ((piece++)->body != nullptr) continue;
      static const std::vector<std::byte> kZeros(kPage);
      data.Write(std::span(kZeros).first(RoundUp(data.size(), kPage) - data.size()));
      WriteBody(data, tensor.bytes(), progress);
    }
    written.data_bytes = data.size();
    data.Commit();
  }
  AtomicFile file(path);
  file.Write(model.bytes());
  file.Write(small.bytes());
  for (const Piece& piece : pieces) {
    file.Write(piece.head);
    if (piece.body != nullptr) WriteBody(file, piece.body->bytes(), progress);
  }
  written.model_bytes = file.size();
  file.Commit();
  return written;
}

}  // namespace duomo::convert::onnx
