#include "selection/networks.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "data/encode.h"
#include "data/propose.h"
#include "description/json.h"
#include "training/export.h"
#include "training/planning.h"
#include "training/task.h"
#include "training/trainer.h"

namespace duomo::selection {
namespace {

using model::EncoderKind;
using model::InputKind;
using model::Scope;

constexpr size_t kMostForFullSoftmax = 2000;  // items; beyond, negatives are drawn
constexpr uint32_t kDrawn = 1000;

// About so many steps whatever the size of the data: small sets need many passes, large ones few.
uint64_t Passes(const data::Dataset& dataset, uint32_t batch, double steps, uint64_t most,
                uint64_t least = 2) {
  double per_pass = std::max(1.0, static_cast<double>(dataset.interactions.size()) / batch);
  return std::clamp<uint64_t>(static_cast<uint64_t>(std::lround(steps / per_pass)), least, most);
}

void LearnLists(training::TrainingOptions& o, const data::Dataset& dataset) {
  o.loss = training::Loss::kSoftmax;
  o.negatives = dataset.items.size() > kMostForFullSoftmax ? kDrawn : 0;
  o.learning_rate = 3e-3;
  o.schedule = training::Schedule::kLinear;
  o.batch_size = 256;
  o.test_every = 0;
  // On ml-latest-small 10 passes; half and twice as many are both worse by a seventh.
  o.passes = Passes(dataset, o.batch_size, 3500, 40, 10);
}

Network NetworkOfColumns(const data::Dataset& dataset, data::Goal goal) {
  data::Proposal proposal = data::Propose(dataset, goal);
  return {"network of all columns", std::move(proposal.model), {}, std::move(proposal.notes)};
}

// A column of keys: the integers or strings of that side.
const data::Column& KeyColumn(const data::EntityTable& table) { return table.columns.front(); }

const std::string& KeyOf(const data::Dataset& dataset, const model::Tower& tower) {
  return KeyColumn(tower.side == model::Side::kUser ? dataset.users : dataset.items).name;
}

// Both towers end in vectors of one width without an activation, and keys go there straight: what
// is learned of them is a factorisation, and the columns are what is added to it.
void LearnVectors(Network& network, const data::Dataset& dataset) {
  constexpr uint32_t kWidth = 64;
  model::Description& d = network.model;
  for (model::Tower& tower : d.towers) {
    for (model::Encoder& e : tower.encoders) {
      if (d.inputs[e.input].name == KeyOf(dataset, tower)) {
        e.layers.clear();
        d.tables[static_cast<size_t>(e.table)].dim = kWidth;
      } else if (e.kind == EncoderKind::kConvolution) {
        e.kind = EncoderKind::kBag;  // as good here, and many times faster
        e.pooling = model::Pooling::kMean;
        e.activation = model::Activation::kIdentity;
        e.windows.clear();
        e.filters = 0;
      }
    }
    bool key_alone = tower.encoders.size() == 1 &&
                     d.inputs[tower.encoders[0].input].name == KeyOf(dataset, tower);
    tower.layers.clear();
    if (!key_alone) tower.layers = {{.units = kWidth, .activation = model::Activation::kIdentity}};
  }
  LearnLists(network.training, dataset);
}

class NetworkLearner : public Learner {
 public:
  NetworkLearner(Network network, uint64_t seed, uint32_t threads) : network_(std::move(network)) {
    network_.training.seed = seed;
    network_.training.threads = threads;
  }
  std::string name() const override {
    uint64_t passes = network_.training.passes;
    return StrCat(network_.name, ", ", passes, passes == 1 ? " pass" : " passes");
  }
  bool predicts_ratings() const override {
    return network_.training.loss == training::Loss::kSquared;
  }

  Learned Learn(const data::Dataset& dataset, const data::Split& split, bool history,
                const Stop& stop) const override {
    data::Split rows{split.train, {}, split.name};  // no tests on the way
    auto computed = training::ComputedInputs(network_.training);
    data::Encoded encoded = data::Encode(network_.model, dataset, computed);
    training::Task task(encoded, dataset, rows, network_.training);
    training::Trainer trainer(encoded, task.train(), nullptr, network_.training);
    Watch watch(stop);
    training::Observer* observers[] = {&watch};
    trainer.Run(observers);
    training::ExportOptions output;
    if (history || model::ReadsHistory(encoded.description)) output.history = rows.train;
    Learned out;
    out.contents = training::Export(trainer, encoded, dataset, output);
    out.settings = training::ToJson(network_.training);
    out.stopped = watch.stopped();
    return out;
  }

  std::unique_ptr<Learner> Shortened(double share) const override {
    auto passes = std::floor(share * static_cast<double>(network_.training.passes));
    return With(std::max<uint64_t>(1, static_cast<uint64_t>(passes)));
  }

  std::unique_ptr<Learner> Within(double seconds, const data::Dataset& dataset,
                                  const data::Split& split) const override {
    data::Split rows{split.train, {}, split.name};
    auto computed = training::ComputedInputs(network_.training);
    data::Encoded encoded = data::Encode(network_.model, dataset, computed);
    training::Task task(encoded, dataset, rows, network_.training);
    double step = training::SecondsPerStep(encoded, task.train(), network_.training);
    uint64_t passes = training::PassesWithin(seconds, step, task.train().size(), network_.training);
    return passes < network_.training.passes ? With(passes) : nullptr;
  }

  description::Json Settings() const override {
    return {{"model", description::ToJson(network_.model)},
            {"training", training::ToJson(network_.training)},
            {"notes", network_.notes}};
  }

 private:
  std::unique_ptr<Learner> With(uint64_t passes) const {
    Network other = network_;
    other.training.passes = passes;
    return std::make_unique<NetworkLearner>(std::move(other), network_.training.seed,
                                            network_.training.threads);
  }

  class Watch : public training::Observer {
   public:
    explicit Watch(const Stop& stop) : stop_(stop) {}
    void OnTrain(const training::TrainEvent& event) override {
      share_ = static_cast<double>(event.step + 1) / static_cast<double>(event.total_steps);
    }
    bool ShouldStop() override {
      if (share_ < 1 && stop_(share_)) stopped_ = true;
      return stopped_;
    }
    bool stopped() const { return stopped_; }

   private:
    const Stop& stop_;
    double share_ = 0;
    bool stopped_ = false;
  };

  Network network_;
};

}  // namespace

std::optional<Network> IdNetwork(const data::Dataset& dataset) {
  Network out = NetworkOfColumns(dataset, data::Goal::kRank);
  out.name = "network of ids";
  out.notes.clear();
  for (model::Tower& tower : out.model.towers) {
    const std::string& key = KeyOf(dataset, tower);
    std::erase_if(tower.encoders,
                  [&](const model::Encoder& e) { return out.model.inputs[e.input].name != key; });
    if (tower.encoders.empty()) return std::nullopt;
  }
  LearnVectors(out, dataset);
  data::DropUnused(out.model);
  return out;
}

std::optional<Network> FeatureNetwork(const data::Dataset& dataset) {
  Network out = NetworkOfColumns(dataset, data::Goal::kRank);
  bool keys_alone = std::all_of(out.model.towers.begin(), out.model.towers.end(),
                                [](const model::Tower& t) { return t.encoders.size() == 1; });
  if (keys_alone) return std::nullopt;
  LearnVectors(out, dataset);
  out.training.dropout = 0.2;
  return out;
}

std::optional<Network> HistoryNetwork(const data::Dataset& dataset) {
  Network out = NetworkOfColumns(dataset, data::Goal::kRank);
  out.name = "network of histories";
  model::Description& d = out.model;
  // The user is what was taken, and what the users' columns say; not the key, which says nothing
  // about what comes next.
  const std::string& user_key = KeyColumn(dataset.users).name;
  const std::string& item_key = KeyColumn(dataset.items).name;
  auto input = [&](const model::Encoder& e) -> const model::Input& { return d.inputs[e.input]; };
  model::Tower& users = d.towers[0];
  std::erase_if(users.encoders, [&](const model::Encoder& e) { return input(e).name == user_key; });
  auto key_input = std::find_if(d.inputs.begin(), d.inputs.end(),
                                [&](const model::Input& i) { return i.name == item_key; });
  if (key_input == d.inputs.end()) return std::nullopt;
  auto item_vocabulary = static_cast<uint32_t>(key_input->vocabulary);
  // Histories count items as the model does, which a range of ids with gaps would not.
  model::Vocabulary& taken = d.vocabularies[item_vocabulary];
  if (taken.keys == model::KeyKind::kRange) {
    taken.keys = model::KeyKind::kInt64;
    taken.size = 0;
    taken.integers = {};
    taken.strings = {};
  }
  constexpr uint32_t kWidth = 128;
  auto table = static_cast<int32_t>(d.tables.size());
  d.tables.push_back({"taken", item_vocabulary, kWidth});
  for (uint32_t latest : {1u, 2u, 5u, 20u, 100u}) {
    model::Encoder bag;
    bag.kind = EncoderKind::kBag;
    bag.pooling = model::Pooling::kMean;
    bag.input = static_cast<uint32_t>(d.inputs.size());
    bag.table = table;
    d.inputs.push_back({.name = "latest " + std::to_string(latest),
                        .scope = Scope::kUser,
                        .kind = InputKind::kHistory,
                        .vocabulary = static_cast<int32_t>(item_vocabulary),
                        .max_length = latest});
    users.encoders.push_back(bag);
  }
  users.layers = {{.units = 256, .activation = model::Activation::kRelu},
                  {.units = kWidth, .activation = model::Activation::kRelu}};
  model::Tower& items = d.towers[1];
  std::erase_if(items.encoders, [&](const model::Encoder& e) { return input(e).name != item_key; });
  items.encoders[0].layers.clear();
  items.layers.clear();
  d.tables[static_cast<size_t>(items.encoders[0].table)].dim = kWidth;
  d.head = {model::HeadKind::kDot, 1};
  d.head.item_bias = static_cast<int32_t>(items.encoders[0].input);
  data::DropUnused(d);
  LearnLists(out.training, dataset);
  out.training.examples.kind = training::ExampleKind::kNext;
  out.training.dropout = 0.3;
  out.training.learning_rate = 1e-3;
  out.training.passes = Passes(dataset, out.training.batch_size, 20000, 20);
  return out;
}

Network RatingNetwork(const data::Dataset& dataset) {
  Network out = NetworkOfColumns(dataset, data::Goal::kRate);
  out.training.learning_rate = 1e-3;
  out.training.schedule = training::Schedule::kCosine;
  out.training.passes = Passes(dataset, out.training.batch_size, 8000, 20);
  out.training.test_every = 0;
  return out;
}

Network Factorization(const data::Dataset& dataset) {
  Network out;
  out.name = "matrix factorisation";
  model::Description& d = out.model;
  constexpr uint32_t kWidth = 256, kMembers = 8;
  d.name = "factorisation";
  d.towers.resize(2);
  d.towers[0].side = model::Side::kUser;
  d.towers[1].side = model::Side::kItem;
  for (Scope scope : {Scope::kUser, Scope::kItem}) {
    const auto& table = scope == Scope::kUser ? dataset.users : dataset.items;
    auto index = static_cast<uint32_t>(d.inputs.size());
    const std::string& key = KeyColumn(table).name;
    bool integers = !table.ids.empty();
    d.vocabularies.push_back({.name = key,
                              .keys = integers ? model::KeyKind::kInt64 : model::KeyKind::kString,
                              .integers = {},
                              .strings = {}});
    d.tables.push_back({key, index, kWidth});
    d.inputs.push_back({.name = key,
                        .scope = scope,
                        .kind = InputKind::kCategory,
                        .vocabulary = static_cast<int32_t>(index)});
    model::Encoder encoder;
    encoder.input = index;
    encoder.table = static_cast<int32_t>(index);
    d.towers[index].encoders.push_back(encoder);
  }
  d.head = {model::HeadKind::kDot, 1};
  d.head.user_bias = 0;
  d.head.item_bias = 1;
  d.head.global_bias = true;
  double sum = 0;
  for (float r : dataset.interactions.ratings) sum += r;
  d.output.offset = sum / static_cast<double>(dataset.interactions.size());
  // Errors of a scale of five steps are about as large as the settings were tuned for.
  auto [least, most] =
      std::minmax_element(dataset.interactions.ratings.begin(), dataset.interactions.ratings.end());
  d.output.scale = std::max(1e-3, (static_cast<double>(*most) - *least) / 4);
  d.output.unit = "rating";
  out.training.members = kMembers;
  out.training.batch_size = 1024;
  out.training.learning_rate = 2e-3;
  out.training.schedule = training::Schedule::kCosine;
  out.training.embedding_l2 = 1.05e-4;
  out.training.passes = Passes(dataset, 1024, 10000, 12);
  out.training.test_every = 0;
  return out;
}

std::unique_ptr<Learner> MakeLearner(Network network, uint64_t seed, uint32_t threads) {
  return std::make_unique<NetworkLearner>(std::move(network), seed, threads);
}

}  // namespace duomo::selection
