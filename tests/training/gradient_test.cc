// Every layer, encoder, head and loss: the forward pass and the gradients of a worker's step
// against the double reference and its central differences.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/networks.h"
#include "training/reference.h"
#include "training/statistics.h"

namespace duomo::training {
namespace {

using model::Activation;
using model::Description;
using model::HeadKind;
using model::Normalization;
using model::Places;
using model::Pooling;

struct Case {
  std::string name;
  Description description;
  TrainingOptions options = {};
  bool weighted = false;
  double spread = 0.6;   // deviation of the parameters
  bool windows = false;  // see SmallExamples
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

// A worker with random parameters (biases and unknown rows too, which start at zero otherwise).
struct Bench {
  explicit Bench(const Case& c)
      : description((model::Validate(c.description, true), c.description)),
        options(c.options),
        layout(description),
        examples(description, c.weighted, c.windows),
        statistics(NumberStatistics(description, examples)),
        sampler(std::vector<uint64_t>{4, 1, 2, 7, 3, 2, 1}),
        worker(description, layout, statistics, examples.items(), options, &sampler, 99),
        reference(description, layout, statistics, examples.items(), options, &sampler),
        parameters(layout.total()) {
    Random random(7);
    for (float& p : parameters) p = static_cast<float>(random.Normal() * c.spread);
    for (uint32_t i = 0; i < examples.size(); ++i) numbers.push_back(i);
  }

  double GradientOf(size_t slot, size_t index) {
    Gradients& g = worker.gradients();
    const Layout::Slot& s = layout.slots()[slot];
    if (s.table < 0) return g.of(slot)[index];
    auto row = static_cast<uint32_t>(index / s.width());
    return g.Touched(slot, row) ? g.Row(slot, row)[index % s.width()] : 0.0;
  }

  Description description;
  TrainingOptions options;
  Layout layout;
  SmallExamples examples;
  std::vector<std::vector<float>> statistics;
  ItemSampler sampler;
  Worker worker;
  Reference reference;
  AlignedVector<float> parameters;
  std::vector<uint32_t> numbers;
};

class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, AgreesWithFiniteDifferences) {
  Bench b(GetParam());
  const float scale = 0.25f;
  Random before = b.worker.random();
  double cost = b.worker.Step(b.parameters.data(), b.examples, b.numbers, scale, true);

  ExampleBatch batch;
  b.examples.Gather(b.numbers, batch);
  std::vector<double> exact(b.parameters.begin(), b.parameters.end()), heads;
  double expected = b.reference.Cost(exact, batch, true, before, &heads);
  EXPECT_NEAR(cost, expected, 1e-5 * std::max(1.0, expected));
  ASSERT_EQ(b.worker.heads().size(), heads.size());
  for (size_t i = 0; i < heads.size(); ++i) {
    EXPECT_NEAR(b.worker.heads()[i], heads[i], 1e-5 * std::max(1.0, std::abs(heads[i]))) << i;
  }

  size_t moving = 0;
  for (size_t s = 0; s < b.layout.slots().size(); ++s) {
    const Layout::Slot& slot = b.layout.slots()[s];
    std::vector<double> wanted(slot.size);
    double largest = 0;
    for (size_t i = 0; i < slot.size; ++i) {
      double& p = exact[slot.offset + i];
      const double kept = p, h = 1e-5;
      p = kept + h;
      double above = b.reference.Cost(exact, batch, true, before);
      p = kept - h;
      double below = b.reference.Cost(exact, batch, true, before);
      p = kept;
      wanted[i] = scale * (above - below) / (2 * h);
      largest = std::max(largest, std::abs(wanted[i]));
      moving += std::abs(wanted[i]) > 1e-6;
    }
    for (size_t i = 0; i < slot.size; ++i) {
      EXPECT_NEAR(b.GradientOf(s, i), wanted[i], 1e-4 * std::abs(wanted[i]) + 1e-5 * largest + 1e-6)
          << slot.parameter.name << '[' << i << ']';
    }
  }
  EXPECT_GT(moving, 10u) << "a network that learns nothing tests nothing";
}

TEST_P(Gradient, ForwardWithoutTrainingIsTheReference) {
  Bench b(GetParam());
  ExampleBatch batch;
  b.examples.Gather(b.numbers, batch);
  std::vector<double> exact(b.parameters.begin(), b.parameters.end()), heads;
  double expected = b.reference.Cost(exact, batch, false, b.worker.random(), &heads);
  Random before = b.worker.random();
  double cost = b.worker.Step(b.parameters.data(), b.examples, b.numbers, 0, false);
  EXPECT_NEAR(cost, expected, 1e-5 * std::max(1.0, expected));
  for (size_t i = 0; i < heads.size(); ++i) {
    EXPECT_NEAR(b.worker.heads()[i], heads[i], 1e-5 * std::max(1.0, std::abs(heads[i]))) << i;
  }
  // Testing must not disturb training: no draws, no gradients.
  EXPECT_EQ(before.Next(), b.worker.random().Next());
  for (size_t s = 0; s < b.layout.slots().size(); ++s) {
    for (size_t i = 0; i < b.layout.slots()[s].size; ++i) ASSERT_EQ(b.GradientOf(s, i), 0);
  }
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  auto add = [&](std::string name, Description d, TrainingOptions o = {}, bool weighted = false) {
    cases.push_back({std::move(name), std::move(d), std::move(o), weighted});
  };
  const std::pair<const char*, Activation> activations[] = {{"Identity", Activation::kIdentity},
                                                            {"Tanh", Activation::kTanh},
                                                            {"Sigmoid", Activation::kSigmoid},
                                                            {"Relu", Activation::kRelu}};
  const std::pair<const char*, Pooling> poolings[] = {
      {"Sum", Pooling::kSum}, {"Mean", Pooling::kMean}, {"Max", Pooling::kMax}};
  auto item = [](model::Encoder e) { return Towers({Embedding(kUserId)}, {std::move(e)}); };

  add("Embedding", item(Embedding(kItemId)));
  add("SharedTable", Towers({Embedding(kUserId), Bag(kSeen, Pooling::kSum)}, {Embedding(kItemId)}));
  for (auto [name, pooling] : poolings) {
    if (pooling != Pooling::kMax) {
      add(StrCat("Bag", name), item(Bag(kGenres, pooling)));
      add(StrCat("HistoryBag", name), Towers({Bag(kSeen, pooling)}, {Embedding(kItemId)}));
    }
    for (uint32_t window : {1u, 2u, 3u}) {
      add(StrCat("Convolution", window, name), item(Convolution(kTitle, {window}, pooling)));
    }
    add(StrCat("Convolutions", name), item(Convolution(kTitle, {3, 1, 2}, pooling)));
    add(StrCat("HistoryConvolution", name),
        Towers({Convolution(kSeen, {2}, pooling)}, {Embedding(kItemId)}));
  }
  for (auto [name, a] : activations) {
    add(StrCat("MultiHot", name), item(MultiHot(kGenres, a)));
    add(StrCat("Convolution", name), item(Convolution(kTitle, {3}, Pooling::kMax, a)));
    add(StrCat("OwnLayers", name), item(Embedding(kItemId, {{4, a}, {3, a}})));
    add(StrCat("TowerLayers", name),
        Towers({Embedding(kUserId)}, {Embedding(kItemId)}, HeadKind::kCosine, a));
  }
  const std::pair<const char*, Normalization> normalizations[] = {
      {"None", Normalization::kNone},
      {"Standard", Normalization::kStandard},
      {"Quantile", Normalization::kQuantile}};
  for (auto [name, n] : normalizations) {
    add(StrCat("Number", name), item(Number(kPrice, n, false, false)));
    add(StrCat("NumberPowers", name),
        item(Number(kPrice, n, true, true, {{3, Activation::kTanh}, {2, Activation::kTanh}})));
  }

  Description everything =
      Towers({Embedding(kUserId, {{3, Activation::kTanh}}), Bag(kTags, Pooling::kMean),
              Bag(kSeen, Pooling::kSum), Number(kAge, Normalization::kStandard, true, false)},
             {Embedding(kItemId), MultiHot(kGenres, Activation::kTanh),
              Convolution(kTitle, {1, 3}, Pooling::kMax),
              Number(kPrice, Normalization::kQuantile, true, true)});
  add("Cosine", everything);
  Description deep = everything;
  deep.towers[0].layers = {{6, Activation::kRelu}, {4, Activation::kTanh}};
  deep.towers[1].layers = {{5, Activation::kSigmoid}, {4, Activation::kIdentity}};
  add("TwoTowerLayers", deep);
  Description flat = Towers({Embedding(kUserId)}, {Embedding(kItemId)}, HeadKind::kDot);
  flat.towers[0].layers.clear();
  flat.towers[1].layers.clear();
  add("MatrixFactorization", flat);
  Description dot = everything;
  dot.head = {HeadKind::kDot, 0.7, -1, -1, false};
  add("Dot", dot);
  for (int biases = 1; biases < 8; ++biases) {
    Description biased = dot;
    biased.head.user_bias = biases & 1 ? static_cast<int32_t>(kUserId) : -1;
    biased.head.item_bias = biases & 2 ? static_cast<int32_t>(kItemId) : -1;
    biased.head.global_bias = (biases & 4) != 0;
    add(StrCat("DotBiases", biases), biased);
  }

  TrainingOptions logistic;
  logistic.loss = Loss::kLogistic;
  add("SquaredWeighted", everything, {}, true);
  add("Logistic", dot, logistic);
  add("LogisticWeighted", dot, logistic, true);
  add("JointLogistic", JointTower(), logistic, true);
  add("JointSquared", JointTower(), {}, true);

  Description softmax = dot;
  softmax.head.item_bias = kItemId;
  TrainingOptions full;
  full.loss = Loss::kSoftmax;
  TrainingOptions sampled = full;
  sampled.negatives = 5;
  add("FullSoftmax", dot, full);
  add("FullSoftmaxBiasWeighted", softmax, full, true);
  add("SampledSoftmax", dot, sampled);
  add("SampledSoftmaxBiasWeighted", softmax, sampled, true);

  const std::pair<const char*, Places> orders[] = {
      {"Learned", Places::kLearned}, {"Distances", Places::kDistances}, {"Both", Places::kBoth}};
  for (auto [name, places] : orders) {
    Description attention = Towers({Attention(2, 2, places)}, {Embedding(kItemId)}, HeadKind::kDot);
    attention.head.item_bias = kItemId;
    add(StrCat("Attention", name), attention, full);
    cases.push_back({StrCat("AttentionWindows", name), attention, full, true, 0.6, true});
  }
  for (auto [name, a] : activations) {
    add(StrCat("Attention", name),
        Towers({Attention(1, 1, Places::kLearned, a)}, {Embedding(kItemId)}));
  }
  // Beside others, the table shared, a dense layer of its own; with dropout.
  Description beside =
      Towers({Attention(3, 2, Places::kBoth), Bag(kSeen, Pooling::kMean), Embedding(kUserId)},
             {Embedding(kItemId)}, HeadKind::kDot);
  beside.towers[0].encoders[0].layers = {{4, Activation::kTanh}};
  beside.towers[0].encoders[1].name = "bag";
  beside.towers[1].encoders[0].table = 6;
  TrainingOptions taken = full, taken_sampled = sampled;
  taken.exclude_taken = taken_sampled.exclude_taken = true;
  taken.dropout = taken_sampled.dropout = 0.3;
  cases.push_back({"AttentionBesideTaken", beside, taken, true, 0.6, true});
  cases.push_back({"AttentionBesideTakenSampled", beside, taken_sampled, false, 0.6, true});
  TrainingOptions in_batch = full;
  in_batch.in_batch_negatives = true;
  add("InBatchSoftmax", dot, in_batch);
  TrainingOptions taken_in_batch = in_batch;
  taken_in_batch.exclude_taken = true;
  cases.push_back({"AttentionInBatchTaken", beside, taken_in_batch, true, 0.6, true});
  add("InBatchSoftmaxBiasWeighted", softmax, in_batch, true);

  TrainingOptions dropped, forgetful, both = full;
  dropped.dropout = 0.4;
  forgetful.id_dropout = {{"user_id", 0.5}, {"item_id", 0.3}};
  both.negatives = 6;
  both.dropout = 0.3;
  both.id_dropout = forgetful.id_dropout;
  add("Dropout", deep, dropped);
  add("IdDropout", everything, forgetful);
  add("SampledSoftmaxDropout", softmax, both, true);
  // Of what encoders make, each kind but attention; layers behind them see it.
  TrainingOptions outputs = forgetful, outputs_beside = taken;
  for (const model::Tower& tower : everything.towers) {
    for (const model::Encoder& e : tower.encoders) {
      outputs.output_dropout.emplace_back(everything.inputs[e.input].name, 0.4);
    }
  }
  outputs_beside.output_dropout = {{beside.inputs[kSeen].name, 0.5}};
  add("OutputDropout", everything, outputs);
  cases.push_back({"AttentionBesideOutputDropout", beside, outputs_beside, true, 0.6, true});
  both.negatives = 0;
  both.in_batch_negatives = true;
  add("InBatchSoftmaxDropout", softmax, both, true);
  TrainingOptions joint = logistic;
  joint.dropout = 0.5;
  joint.id_dropout = {{"place", 0.5}};
  // Three numbers, three members; weights are the examples', as ever.
  TrainingOptions members;
  members.members = 3;
  Description biased = dot;
  biased.head = {HeadKind::kDot, 0.7, static_cast<int32_t>(kUserId), static_cast<int32_t>(kItemId),
                 true};
  add("Members", flat, members);
  add("MembersBiasWeighted", biased, members, true);
  for (auto [kind, name] :
       {std::pair(&full, "Full"), {&sampled, "Sampled"}, {&in_batch, "InBatch"}}) {
    TrainingOptions o = *kind;
    o.members = 3;
    o.output_dropout = {{softmax.inputs[kUserId].name, 0.4}};
    add(StrCat("Members", name, "Softmax"), softmax, o, true);
  }
  add("JointDropout", JointTower(), joint);
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, Gradient, testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param.name; });

// A zero vector has no direction: it scores 0 and teaches nothing, and never a NaN.
TEST(Gradients, OfACosineWithTheZeroVectorAreZero) {
  Bench b({"zero", Towers({Embedding(kUserId)}, {Embedding(kItemId)})});
  for (const Layout::Slot& slot : b.layout.slots()) {
    if (!slot.parameter.name.starts_with("user/dense0")) continue;
    std::fill_n(b.parameters.data() + slot.offset, slot.size, 0.0f);
  }
  double cost = b.worker.Step(b.parameters.data(), b.examples, b.numbers, 1, true);
  ExampleBatch batch;
  b.examples.Gather(b.numbers, batch);
  double expected = 0;
  for (float target : batch.targets) expected += double{target} * target;
  EXPECT_DOUBLE_EQ(cost, expected);
  for (float head : b.worker.heads()) EXPECT_EQ(head, 0);
  for (size_t s = 0; s < b.layout.slots().size(); ++s) {
    for (size_t i = 0; i < b.layout.slots()[s].size; ++i) ASSERT_EQ(b.GradientOf(s, i), 0);
  }
}

// Denormal vectors must not turn into NaN either: their squares are zero.
TEST(Gradients, OfACosineWithTinyVectorsAreFinite) {
  for (float size : {1e-42f, 1e-30f, 1e-20f, 1e15f}) {
    Description d = Towers({Embedding(kUserId)}, {Embedding(kItemId)});
    d.towers[0].layers.clear();
    d.towers[1].layers.clear();
    Bench b({"tiny", d});
    for (float& p : b.parameters) p *= size;
    double cost = b.worker.Step(b.parameters.data(), b.examples, b.numbers, 1, true);
    EXPECT_TRUE(std::isfinite(cost)) << size;
    for (float head : b.worker.heads()) EXPECT_LE(std::abs(head), 5.00001f) << size;
  }
}

// Dropout draws anew every step, and steps add up until NextStep() forgets them.
TEST(Gradients, AddUpAndAreForgotten) {
  Bench b({"adds", Towers({Embedding(kUserId)}, {Convolution(kTitle, {3}, Pooling::kMax)})});
  auto all = [&] {
    std::vector<double> out;
    for (size_t s = 0; s < b.layout.slots().size(); ++s) {
      for (size_t i = 0; i < b.layout.slots()[s].size; ++i) out.push_back(b.GradientOf(s, i));
    }
    return out;
  };
  std::span<const uint32_t> numbers = b.numbers;
  b.worker.Step(b.parameters.data(), b.examples, numbers, 1, true);
  std::vector<double> whole = all();
  b.worker.gradients().NextStep();
  for (double g : all()) ASSERT_EQ(g, 0);
  b.worker.Step(b.parameters.data(), b.examples, numbers.first(4), 1, true);
  b.worker.Step(b.parameters.data(), b.examples, numbers.subspan(4), 1, true);
  std::vector<double> parts = all();
  for (size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(parts[i], whole[i], 1e-5) << i;
  EXPECT_EQ(b.worker.Step(b.parameters.data(), b.examples, {}, 1, true), 0);
}

TEST(Gradients, DropoutDrawsAnewEveryStep) {
  TrainingOptions options;
  options.dropout = 0.5;
  Bench b({"dropout", Towers({Embedding(kUserId)}, {Embedding(kItemId)}), options});
  double first = b.worker.Step(b.parameters.data(), b.examples, b.numbers, 1, true);
  Random::State state = b.worker.random().Save();
  double second = b.worker.Step(b.parameters.data(), b.examples, b.numbers, 1, true);
  EXPECT_NE(first, second);
  b.worker.random().Restore(state);
  EXPECT_EQ(b.worker.Step(b.parameters.data(), b.examples, b.numbers, 1, true), second);
}

TEST(Gradients, OutputDropoutNeedsAnEncoderThatIsNotAttention) {
  for (const char* name : {"nobody", "seen"}) {
    TrainingOptions options;
    options.output_dropout = {{name, 0.5}};
    try {
      Bench b({"bad",
               Towers({Attention(1, 1, Places::kLearned)}, {Embedding(kItemId)}, HeadKind::kDot),
               options});
      ADD_FAILURE() << name << " must be refused";
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
    }
  }
}

TEST(Gradients, IdDropoutNeedsAnInputThatItCanDrop) {
  for (const char* name : {"nobody", "genres", "price"}) {
    TrainingOptions options;
    options.id_dropout = {{name, 0.5}};
    try {
      Bench b(
          {"bad", Towers({Embedding(kUserId)}, {MultiHot(kGenres, Activation::kTanh)}), options});
      ADD_FAILURE() << name << " must be refused";
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace duomo::training
