#include "training/export.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "core/error.h"
#include "data/entities.h"
#include "model/binding.h"
#include "retrieval/planes.h"
#include "runtime/engine.h"
#include "training/sequences.h"

namespace duomo::training {
namespace {

using file::OwnedTensor;

constexpr const char* kUserVectors = "users/vectors";

// The vectors of all entities of a side, in pieces.
void WriteVectors(const runtime::Engine& engine, model::Side side,
                  const file::TensorSource::Sink& sink) {
  constexpr size_t kPiece = 8192;
  runtime::Workspace work;
  size_t count = engine.model().side(side).count;
  AlignedVector<float> vectors;
  std::vector<uint32_t> rows;
  for (size_t begin = 0; begin < count; begin += kPiece) {
    rows.resize(std::min(kPiece, count - begin));
    std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(begin));
    engine.StoredInputs(side, rows, work.inputs);
    vectors.resize(rows.size() * engine.vector_width());
    engine.Encode(side, {rows.size(), work.inputs}, vectors.data(), work);
    sink(std::as_bytes(std::span(vectors)));
  }
}

// The unknown row becomes the mean of the trained rows of its table, in double (zero when none
// was), unless it was trained itself; and every row that no example touched becomes the unknown
// row. Such a row holds what it began with, which says nothing: strangers must score alike.
void FillUntrainedRows(const Trainer& trainer, size_t slot_index, std::span<float> values) {
  const Layout::Slot& slot = trainer.layout().slots()[slot_index];
  size_t known = slot.rows() - 1, width = slot.width();
  std::vector<double> sum(width);
  std::vector<size_t> untrained;
  for (size_t row = 0; row < known; ++row) {
    if (!trainer.Trained(slot_index, static_cast<uint32_t>(row))) {
      untrained.push_back(row);
      continue;
    }
    for (size_t i = 0; i < width; ++i) sum[i] += values[row * width + i];
  }
  std::span<float> unknown = values.subspan(known * width, width);
  if (!trainer.Trained(slot_index, static_cast<uint32_t>(known))) {
    size_t count = known - untrained.size();
    for (size_t i = 0; i < width; ++i) {
      unknown[i] = count > 0 ? static_cast<float>(sum[i] / static_cast<double>(count)) : 0.0f;
    }
  }
  for (size_t row : untrained) {
    std::copy(unknown.begin(), unknown.end(),
              values.begin() + static_cast<std::ptrdiff_t>(row * width));
  }
}

}  // namespace

void AddHistory(std::vector<OwnedTensor>& out, const data::Dataset& dataset,
                std::span<const uint32_t> rows) {
  Sequences sequences(dataset.interactions, dataset.users.size(), rows);
  model::FeatureColumn history{model::InputKind::kHistory, {0}, {}, {}};
  for (uint32_t user = 0; user < sequences.users(); ++user) {
    auto items = sequences.ItemsOf(user);
    history.rows.insert(history.rows.end(), items.begin(), items.end());
    history.offsets.push_back(history.rows.size());
  }
  model::AddFeature(out, "users/history", history.view());
}

model::Contents Export(const Trainer& trainer, const data::Encoded& encoded,
                       const data::Dataset& dataset, const ExportOptions& options) {
  const model::Description& d = encoded.description;
  model::Contents contents;
  contents.description = d;
  for (size_t s = 0; s < trainer.layout().slots().size(); ++s) {
    const Layout::Slot& slot = trainer.layout().slots()[s];
    auto values = trainer.parameters().subspan(slot.offset, slot.size);
    OwnedTensor tensor = OwnedTensor::From<float>(StrCat("parameters/", slot.parameter.name),
                                                  slot.parameter.shape, values);
    if (slot.table >= 0) {
      FillUntrainedRows(trainer, s, {reinterpret_cast<float*>(tensor.bytes.data()), slot.size});
    }
    if (d.head.kind == model::HeadKind::kLogistic && slot.parameter.name == "head/bias") {
      *reinterpret_cast<float*>(tensor.bytes.data()) +=
          static_cast<float>(trainer.examples().logit_correction());
    }
    contents.tensors.push_back(std::move(tensor));
  }
  for (const OwnedTensor& tensor : encoded.vocabularies) contents.tensors.push_back(tensor);
  data::AddEntities(contents.tensors, dataset, encoded, options.titles);
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    const std::vector<float>& statistics = trainer.statistics()[i];
    if (statistics.empty()) continue;
    bool standard = false;
    for (const model::Tower& tower : d.towers) {
      for (const model::Encoder& e : tower.encoders) {
        standard |= e.input == i && e.normalization == model::Normalization::kStandard;
      }
    }
    contents.tensors.push_back(OwnedTensor::From<float>(
        StrCat("inputs/", d.inputs[i].name, standard ? "/mean_deviation" : "/quantiles"),
        {statistics.size()}, statistics));
  }
  if (!options.history.empty()) AddHistory(contents.tensors, dataset, options.history);
  if (!model::IsJoint(d)) FreezeVectors(contents, options.user_vectors);
  return contents;
}

void AddItemPlanes(model::Contents& contents) {
  for (const OwnedTensor& tensor : contents.tensors) {
    if (tensor.name != "items/vectors") continue;
    retrieval::AddPlanes(contents.tensors, model::RowsOf(tensor.View(), std::nullopt));
    return;
  }
}

void FreezeVectors(model::Contents& contents, bool users) {
  auto replaced = [](const auto& t) {
    return t.name == kUserVectors || t.name == "items/vectors" ||
           t.name.starts_with("items/planes/");
  };
  std::erase_if(contents.tensors, replaced);
  std::erase_if(contents.sources, replaced);
  auto bytes = std::make_shared<AlignedVector<std::byte>>(model::SaveToMemory(contents));
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(*bytes));
  uint64_t width = engine->vector_width();
  AlignedVector<float> vectors = engine->Freeze(model::Side::kItem);
  contents.tensors.push_back(
      OwnedTensor::From<float>("items/vectors", {vectors.size() / width, width}, vectors));
  AddItemPlanes(contents);
  if (!users) return;
  // Of users there may be many millions, so their vectors are made while they are written.
  uint64_t count = engine->model().users().count;
  contents.sources.push_back(
      {kUserVectors, file::DType::kF32, {count, width}, [bytes, engine](const auto& sink) {
         WriteVectors(*engine, model::Side::kUser, sink);
       }});
}

}  // namespace duomo::training
