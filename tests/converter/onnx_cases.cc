// Pairs with features and what Duomo says of them, for other runtimes to agree with:
//   onnx_cases MODEL.duomo PAIRS OUT.npz    inputs as `duomo-convert export onnx` has them, and
//   outputs onnx_cases FOLDER                       writes models that hold every encoder, head and
//   output
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>

#include "converter/arrays/npz.h"
#include "converter/files.h"
#include "core/error.h"
#include "core/random.h"
#include "runtime/models.h"

using namespace duomo;

namespace {

using model::InputKind;
using model::Side;

// Where the numbers of an input lie, and some outside.
float DrawNumber(std::span<const float> statistics, Random& random) {
  double draw = random.Normal();
  if (statistics.size() == 2) draw = statistics[0] + draw * statistics[1];
  if (statistics.size() > 2) {
    double low = statistics[random.Below(statistics.size())];
    double high = statistics[random.Below(statistics.size())];
    draw = low + (high - low) * random.Uniform() * 1.3;
    if (random.Below(8) == 0) draw = low;  // exactly a quantile
  }
  return static_cast<float>(draw);
}

// A stored entity's value in every other place, else one that is drawn: unknown rows, lists that
// are empty or longer than counts, numbers that are not given.
model::FeatureColumn Draw(const model::Model& m, uint32_t index, const model::FeatureView* stored,
                          std::span<const uint32_t> entities, size_t pairs, Random& random) {
  const model::Input& input = m.description().inputs[index];
  model::FeatureColumn column;
  column.kind = input.kind;
  const bool is_list = input.kind != InputKind::kCategory && input.kind != InputKind::kNumber;
  if (is_list) column.offsets.push_back(0);
  for (size_t i = 0; i < pairs; ++i) {
    const bool from_file = stored != nullptr && i % 2 == 0;
    if (input.kind == InputKind::kNumber) {
      float number = DrawNumber(m.statistics(index), random);
      if (random.Below(6) == 0) number = std::numeric_limits<float>::quiet_NaN();
      if (from_file) number = stored->numbers[entities[i]];
      column.numbers.push_back(number);
      continue;
    }
    uint64_t values = m.description().vocabularies[static_cast<size_t>(input.vocabulary)].size + 1;
    if (from_file) {
      auto rows = stored->RowsOf(entities[i]);
      column.rows.insert(column.rows.end(), rows.begin(), rows.end());
    } else {
      // Longer than counts, a few of them.
      const bool is_long = i < 200 && input.max_length > 0;
      uint64_t count = is_list ? random.Below(is_long ? 2 * input.max_length : 9) : 1;
      for (; count > 0; --count) {
        column.rows.push_back(static_cast<uint32_t>(random.Below(values)));
      }
    }
    if (is_list) column.offsets.push_back(column.rows.size());
  }
  return column;
}

bool ReadByConvolution(const model::Description& d, uint32_t input) {
  for (const model::Tower& tower : d.towers) {
    for (const model::Encoder& e : tower.encoders) {
      if (e.input == input && e.kind == model::EncoderKind::kConvolution) return true;
    }
  }
  return false;
}

template <typename T>
void Add(convert::NpzWriter& npz, const std::string& name, std::vector<uint64_t> shape,
         std::span<const T> values) {
  npz.Add(name, file::kDTypeOf<T>, shape, std::as_bytes(values));
}

// As the graph takes it: −1 where nothing is, in front as well where that is allowed.
void AddInput(convert::NpzWriter& npz, const model::Input& input,
              const model::FeatureColumn& column, bool gaps, size_t pairs) {
  if (input.kind == InputKind::kNumber) {
    return Add<float>(npz, input.name, {pairs}, column.numbers);
  }
  if (input.kind == InputKind::kCategory) {
    std::vector<int64_t> rows(column.rows.begin(), column.rows.end());
    return Add<int64_t>(npz, input.name, {pairs}, rows);
  }
  const size_t front = gaps ? 3 : 0;
  size_t longest = 1;
  model::FeatureView view = column.view();
  for (size_t i = 0; i < pairs; ++i) longest = std::max(longest, view.RowsOf(i).size());
  longest += front;
  std::vector<int64_t> rows(pairs * longest, -1);
  for (size_t i = 0; i < pairs; ++i) {
    auto list = view.RowsOf(i);
    std::copy(list.begin(), list.end(), rows.data() + i * longest + (gaps ? i % (front + 1) : 0));
  }
  Add<int64_t>(npz, input.name, {pairs, longest}, rows);
}

void WriteCases(const std::string& path, size_t pairs, const std::string& out) {
  auto model = model::Model::Open(path);
  const model::Description& d = model->description();
  auto engine = runtime::Engine::Create(model);
  Random random(1);
  std::vector<uint32_t> users(pairs), items(pairs);
  for (uint32_t& row : users) row = static_cast<uint32_t>(random.Below(model->users().count));
  for (uint32_t& row : items) row = static_cast<uint32_t>(random.Below(model->items().count));
  std::vector<runtime::InputSource> stored_users, stored_items;
  engine->StoredInputs(Side::kUser, {}, stored_users);
  engine->StoredInputs(Side::kItem, {}, stored_items);

  convert::NpzWriter npz(out, false);
  std::vector<model::FeatureColumn> columns;
  for (uint32_t i = 0; i < d.inputs.size(); ++i) {
    const bool is_item = d.inputs[i].scope == model::Scope::kItem;
    const model::FeatureView* stored = nullptr;
    if (d.inputs[i].scope != model::Scope::kPair) {
      stored = is_item ? &stored_items[i].view : &stored_users[i].view;
    }
    if (stored != nullptr && d.inputs[i].kind == InputKind::kNumber && stored->numbers.empty()) {
      stored = nullptr;
    }
    columns.push_back(Draw(*model, i, stored, is_item ? items : users, pairs, random));
    AddInput(npz, d.inputs[i], columns[i], !ReadByConvolution(d, i), pairs);
  }
  std::vector<runtime::InputSource> sources;
  for (const auto& column : columns) sources.push_back({column.view(), {}});

  runtime::Workspace work;
  std::vector<float> predictions(pairs);
  if (engine->joint()) {
    engine->Rank({pairs, sources}, predictions.data(), work);
    for (float& p : predictions) p = engine->Output(double{p});
  } else {
    const size_t width = engine->vector_width();
    std::vector<float> u(pairs * width), v(pairs * width);
    engine->Encode(Side::kUser, {pairs, sources}, u.data(), work);
    engine->Encode(Side::kItem, {pairs, sources}, v.data(), work);
    for (size_t i = 0; i < pairs; ++i) {
      double dot = 0;
      for (size_t j = i * width; j < (i + 1) * width; ++j) dot += double{u[j]} * double{v[j]};
      predictions[i] = engine->Predict(dot);
    }
    Add<float>(npz, "user_vector", {pairs, width}, u);
    Add<float>(npz, "item_vector", {pairs, width}, v);
  }
  Add<float>(npz, "prediction", {pairs}, predictions);
  npz.Commit();
}

// The samples with weights as training makes them: with large ones, sums of terms that cancel would
// tell more of the order of summation than of the network.
model::Contents SmallContents(const model::Description& d) {
  model::Contents contents = duomo::testing::SoundContents(d);
  for (file::OwnedTensor& t : contents.tensors) {
    if (!t.name.starts_with("parameters/")) continue;
    auto* values = reinterpret_cast<float*>(t.bytes.data());
    for (size_t i = 0; i < t.bytes.size() / sizeof(float); ++i) values[i] *= 0.3f;
  }
  if (!model::IsJoint(d)) duomo::testing::Freeze(contents);
  return contents;
}

void WriteModels(const std::string& folder) {
  std::filesystem::create_directories(folder);
  using model::Activation;
  using model::HeadKind;
  using model::OutputKind;
  using model::Pooling;
  int number = 0;
  auto save = [&](const runtime::Variant& variant, model::Output output) {
    model::Description d = runtime::EveryEncoder(variant);
    d.output = output;
    model::Save(StrCat(folder, "/every", number++, ".duomo"),
                runtime::RandomContents(d, 50, 40, 7));
  };
  save({}, {OutputKind::kLinear, 0.5, 2.5, "stars"});
  save({.activation = Activation::kRelu, .pooling = Pooling::kMean},
       {OutputKind::kExponential, 1, 0, ""});
  save({.activation = Activation::kSigmoid, .pooling = Pooling::kSum}, {});
  save({.head = HeadKind::kDot, .activation = Activation::kIdentity},
       {OutputKind::kSigmoid, 2, 1, ""});
  save({.head = HeadKind::kDot, .biases = false, .tower_layers = false},
       {OutputKind::kLinear, 0.1, 0, ""});
  save({.head = HeadKind::kLogistic, .activation = Activation::kRelu},
       {OutputKind::kExponential, 3, 0, "seconds"});
  save({.head = HeadKind::kLogistic, .tower_layers = false}, {OutputKind::kSigmoid, 1, 0, ""});
  // Histories of hundreds, over all of which ONNX Runtime attends.
  for (HeadKind head : {HeadKind::kDot, HeadKind::kLogistic}) {
    model::Description d = runtime::EveryEncoder({.head = head, .attention = true});
    model::Save(StrCat(folder, "/long", int(head), ".duomo"),
                runtime::RandomContents(d, 50, 40, 7));
  }
  for (model::Places places :
       {model::Places::kLearned, model::Places::kDistances, model::Places::kBoth}) {
    model::Description d = duomo::testing::AttentionDescription();
    model::Encoder& e = d.towers[0].encoders[0];
    e.places = places;
    e.blocks = 1 + static_cast<uint32_t>(places);
    model::Save(StrCat(folder, "/attention", int(places), ".duomo"), SmallContents(d));
  }
  for (const model::Description& d : duomo::testing::AllDescriptions()) {
    model::Save(StrCat(folder, "/", d.name, ".duomo"), SmallContents(d));
    if (d.head.kind != HeadKind::kDot) continue;
    // Biases without an input of their own, on one side and on both.
    for (bool with_user : {false, true}) {
      model::Contents contents = SmallContents(d);
      contents.description.head = d.head;
      contents.description.head.global_bias = true;
      contents.description.head.item_bias = -1;
      if (!with_user) contents.description.head.user_bias = -1;
      std::erase_if(contents.tensors, [](const auto& t) {
        return t.name.starts_with("parameters/head/") || t.name.ends_with("s/vectors");
      });
      std::vector<float> global = {0.25f};
      contents.tensors.push_back(
          file::OwnedTensor::From<float>("parameters/head/global_bias", {1}, global));
      if (contents.description.head.user_bias >= 0) {
        std::vector<float> own(d.vocabularies[0].size + 1);
        for (size_t i = 0; i < own.size(); ++i) own[i] = static_cast<float>(i) / 4;
        contents.tensors.push_back(
            file::OwnedTensor::From<float>("parameters/head/user_bias", {own.size(), 1}, own));
      }
      duomo::testing::Freeze(contents);
      model::Save(StrCat(folder, "/", d.name, "_bias", int{with_user}, ".duomo"), contents);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2) {
      WriteModels(argv[1]);
    } else if (argc == 4) {
      WriteCases(argv[1], static_cast<size_t>(std::stoul(argv[2])), argv[3]);
    } else {
      return 2;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "onnx_cases: %s\n", error.what());
    return 1;
  }
}
