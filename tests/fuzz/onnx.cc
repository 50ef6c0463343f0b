// Fuzz target: an ONNX model to a network, which then is a file that opens, and comes back from an
// export of its own to the last bit.
#include <algorithm>

#include "converter/arrays/stock.h"
#include "converter/onnx/graph.h"
#include "converter/onnx/network.h"
#include "core/error.h"
#include "fuzz/fuzz.h"
#include "model/samples.h"

namespace {

using namespace duomo;
namespace onnx = convert::onnx;

struct Like {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const model::Model> model;
};

// One model of every kind supplies users, items and dictionaries.
const std::vector<Like>& Likes() {
  static const std::vector<Like> likes = [] {
    std::vector<Like> out;
    for (const model::Description& d : testing::AllDescriptions()) {
      Like& like = out.emplace_back();
      like.bytes = model::SaveToMemory(testing::ContentsOf(d));
      like.model = model::Model::OpenBuffer(like.bytes);
    }
    return out;
  }();
  return likes;
}

std::vector<std::byte> BytesOf(const file::TensorSource& source) {
  std::vector<std::byte> out;
  source.write([&](auto piece) { out.insert(out.end(), piece.begin(), piece.end()); });
  return out;
}

void Compare(const convert::Network& a, const convert::Network& b) {
  if (a.sources.size() != b.sources.size()) fuzz::Die("an export has other tensors");
  for (const file::TensorSource& x : a.sources) {
    auto y = std::ranges::find(b.sources, x.name, &file::TensorSource::name);
    if (y == b.sources.end() || y->shape != x.shape || BytesOf(*y) != BytesOf(x)) {
      fuzz::Die("comes back from an export changed: ", x.name);
    }
  }
}

void Import(const onnx::Opened& opened, const model::Model& like) {
  convert::Network network;
  try {
    network = convert::NetworkOf(opened.graph, like.description());
  } catch (const Error& error) {
    bool fine = error.status() == Status::kUnsupported || error.status() == Status::kCorrupt ||
                error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
    return;
  }
  try {
    model::Contents contents = convert::Stock(like, network.description);
    std::ranges::copy(network.sources, std::back_inserter(contents.sources));
    AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
    auto model = model::Model::OpenBuffer(bytes);
    onnx::Graph again = convert::GraphOf(*model);
    onnx::CheckGraph(again);
    Compare(network, convert::NetworkOf(again, model->description()));
  } catch (const Error& error) {
    fuzz::Die("what was imported is refused: ", error.message());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  onnx::Opened opened;
  try {
    opened = onnx::ReadBuffer(std::as_bytes(std::span(data, size)));
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
    return 0;
  }
  for (const Like& like : Likes()) Import(opened, *like.model);
  return 0;
}
