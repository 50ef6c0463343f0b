#include "data/fixed_vectors.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::data {
namespace {

using file::OwnedTensor;

struct Side {
  const char* prefix;  // of tensors
  const char* id;      // of vocabulary, table and input
  model::Scope scope;
  const EntityTable& table;
  const std::vector<float>& vectors;
  const std::vector<float>& bias;
  const std::vector<float>& unknown;
};

void AddSideToDescription(model::Description& d, const Side& side, uint32_t width) {
  model::Vocabulary vocabulary;
  vocabulary.name = side.id;
  vocabulary.keys = side.table.keys.empty() ? model::KeyKind::kInt64 : model::KeyKind::kString;
  vocabulary.size = side.table.size();
  auto index = static_cast<int32_t>(d.vocabularies.size());
  d.vocabularies.push_back(vocabulary);
  d.tables.push_back({side.id, static_cast<uint32_t>(index), width});
  model::Input input;
  input.name = side.id;
  input.scope = side.scope;
  input.kind = model::InputKind::kCategory;
  input.vocabulary = index;
  d.inputs.push_back(input);
  model::Encoder encoder;
  encoder.input = static_cast<uint32_t>(index);
  encoder.kind = model::EncoderKind::kEmbedding;
  encoder.table = index;
  model::Tower tower;
  tower.side = side.scope == model::Scope::kUser ? model::Side::kUser : model::Side::kItem;
  tower.encoders.push_back(encoder);
  d.towers.push_back(tower);
}

void AddKeys(std::vector<OwnedTensor>& out, const std::string& prefix, const EntityTable& table) {
  if (table.keys.empty()) {
    model::AddKeys(out, prefix, std::span<const int64_t>(table.ids));
  } else {
    model::AddKeys(out, prefix, std::span<const std::string>(table.keys));
  }
}

void AddSideTensors(std::vector<OwnedTensor>& out, const Side& side, uint32_t width, bool biases,
                    float own_bias) {
  size_t n = side.table.size();
  auto check = [&](size_t size, size_t expected) {
    if (size == 0 || size == expected) return;
    Fail(Status::kInvalidArgument, "the data set has ", n, ' ', side.prefix,
         ", which is not what these vectors were made for");
  };
  check(side.vectors.size(), n * width);
  check(side.bias.size(), n);
  if (!side.unknown.empty() && side.unknown.size() != width) {
    Fail(Status::kInternal, "the vector of an unknown user has the wrong width");
  }
  std::vector<float> table(side.vectors), bias(side.bias);
  table.resize((n + 1) * width);  // the unknown row last
  std::copy(side.unknown.begin(), side.unknown.end(),
            table.end() - static_cast<std::ptrdiff_t>(width));
  bias.resize(n + 1);
  out.push_back(
      OwnedTensor::From<float>(StrCat("parameters/tables/", side.id), {n + 1, width}, table));
  bool user = side.scope == model::Scope::kUser;
  if (biases) {
    out.push_back(OwnedTensor::From<float>(
        user ? "parameters/head/user_bias" : "parameters/head/item_bias", {n + 1, 1}, bias));
  }
  AddKeys(out, StrCat("vocabularies/", side.id), side.table);
  AddKeys(out, side.prefix, side.table);
  if (!side.table.titles.empty()) {
    model::AddTexts(out, StrCat(side.prefix, "/titles"), side.table.titles);
  }
  model::FeatureColumn rows;
  rows.kind = model::InputKind::kCategory;
  for (uint32_t i = 0; i < n; ++i) rows.rows.push_back(i);
  model::AddFeature(out, StrCat(side.prefix, "/features/", side.id), rows.view());
  // As the runtime freezes a dot head: user [x, biases, 1], item [y, 1, bias]; without biases the
  // vectors alone.
  std::vector<float> frozen;
  size_t frozen_width = biases ? width + 2 : width;
  frozen.reserve(n * frozen_width);
  for (size_t i = 0; i < n; ++i) {
    frozen.insert(frozen.end(), table.begin() + static_cast<std::ptrdiff_t>(i * width),
                  table.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
    if (!biases) continue;
    auto value = static_cast<float>(double{own_bias} + double{bias[i]});
    frozen.push_back(user ? value : 1.0f);
    frozen.push_back(user ? 1.0f : value);
  }
  out.push_back(
      OwnedTensor::From<float>(StrCat(side.prefix, "/vectors"), {n, frozen_width}, frozen));
}

}  // namespace

model::Contents ExportVectors(const FixedVectors& vectors, const Dataset& dataset) {
  const std::vector<float> none;
  Side sides[] = {{"users", "user_id", model::Scope::kUser, dataset.users, vectors.users,
                   vectors.user_bias, vectors.unknown_user},
                  {"items", "item_id", model::Scope::kItem, dataset.items, vectors.items,
                   vectors.item_bias, none}};
  bool biases =
      !vectors.user_bias.empty() || !vectors.item_bias.empty() || vectors.global_bias != 0;
  model::Contents contents;
  model::Description& d = contents.description;
  d.name = vectors.name;
  for (const Side& side : sides) AddSideToDescription(d, side, vectors.width);
  d.head.kind = model::HeadKind::kDot;
  if (biases) {
    d.head.user_bias = 0;
    d.head.item_bias = 1;
    d.head.global_bias = true;
  }
  d.output.unit = vectors.unit;
  model::Validate(d, true);
  if (biases) {
    contents.tensors.push_back(OwnedTensor::From<float>(
        "parameters/head/global_bias", {1}, std::span<const float>(&vectors.global_bias, 1)));
  }
  AddSideTensors(contents.tensors, sides[0], vectors.width, biases, vectors.global_bias);
  AddSideTensors(contents.tensors, sides[1], vectors.width, biases, 0);
  contents.report.data = dataset.name;
  return contents;
}

}  // namespace duomo::data
