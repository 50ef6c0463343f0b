#include "converter/onnx/network.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "converter/onnx/parts.h"
#include "core/error.h"
#include "core/text.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using model::Side;

constexpr size_t kLongestName = 255;
constexpr size_t kPiece = 1 << 20;

using Sink = file::TensorSource::Sink;
using Write = std::function<void(const Sink&)>;

struct Values {
  uint64_t size = 0;  // numbers
  Write write;
};

std::span<const float> FloatsIn(std::span<const std::byte> piece) {
  return {reinterpret_cast<const float*>(piece.data()), piece.size() / sizeof(float)};
}

// Pieces that are aligned as floats, which a file's bytes need not be.
void InPieces(std::span<const std::byte> bytes, const Sink& sink) {
  AlignedVector<std::byte> piece;
  for (; !bytes.empty(); bytes = bytes.subspan(piece.size())) {
    auto next = bytes.first(std::min(bytes.size(), kPiece));
    piece.assign(next.begin(), next.end());
    sink(piece);
  }
}

Write Kept(std::vector<float> values) {
  auto kept = std::make_shared<std::vector<float>>(std::move(values));
  return [kept](const Sink& sink) { sink(std::as_bytes(std::span(*kept))); };
}

// Puts what was found into a description, and weights under its names.
class Assembler {
 public:
  Assembler(const onnx::Graph& graph, const model::Description& like)
      : graph_(graph), view_(graph), like_(like), d_(network_.description) {}

  Network Run(ScoreFound score) {
    const bool named = !graph_.name.empty() && graph_.name.size() <= kLongestName;
    d_.name = named && IsUtf8(graph_.name) ? graph_.name : like_.name;
    d_.output.unit = like_.output.unit;
    d_.output.kind = score.kind;
    d_.output.scale = score.scale;
    d_.output.offset = score.shift;
    KeepInputs(score);
    if (score.joint) {
      Joint(std::move(score));
    } else {
      TwoTowers(std::move(score));
    }
    Finish();
    return std::move(network_);
  }

 private:
  // ---- Inputs and vocabularies, in the order of the template ------------------------------------

  void KeepInputs(const ScoreFound& score) {
    std::map<uint32_t, const PartFound*> used;  // by the template's index
    std::set<int32_t> biases;
    for (const auto* vector : {&score.left, &score.right}) {
      for (const PartFound& part : vector->parts) KeepInput(used, part);
      for (const ColumnFound& column : vector->columns) biases.insert(column.input);
    }
    for (const ColumnFound& bias : score.biases) biases.insert(bias.input);
    auto is_used = [&](uint32_t i) {
      return used.contains(i) || biases.contains(static_cast<int32_t>(i));
    };
    for (uint32_t v = 0; v < like_.vocabularies.size(); ++v) {
      for (uint32_t i = 0; i < like_.inputs.size(); ++i) {
        if (!is_used(i) || like_.inputs[i].vocabulary != static_cast<int32_t>(v)) continue;
        vocabularies_[v] = static_cast<uint32_t>(d_.vocabularies.size());
        d_.vocabularies.push_back(like_.vocabularies[v]);
        break;
      }
    }
    for (uint32_t i = 0; i < like_.inputs.size(); ++i) {
      if (!is_used(i)) continue;
      inputs_[i] = static_cast<uint32_t>(d_.inputs.size());
      model::Input& input = d_.inputs.emplace_back(like_.inputs[i]);
      if (input.vocabulary >= 0) {
        input.vocabulary =
            static_cast<int32_t>(vocabularies_.at(static_cast<uint32_t>(input.vocabulary)));
      }
      auto found = used.find(i);
      if (found == used.end()) continue;
      input.max_length = static_cast<uint32_t>(found->second->max_length);
      if (found->second->fallback) input.fallback = *found->second->fallback;
    }
  }
  void KeepInput(std::map<uint32_t, const PartFound*>& used, const PartFound& part) {
    const PartFound* first = used.try_emplace(part.encoder.input, &part).first->second;
    if (first->max_length != part.max_length || first->fallback != part.fallback ||
        (!first->statistics.empty() && !part.statistics.empty() &&
         first->statistics != part.statistics)) {
      Fail(Status::kUnsupported, "two encoders read the input \"",
           like_.inputs[part.encoder.input].name,
           "\" with different limits, fallbacks or statistics; it has one of each");
    }
  }

  // ---- Towers
  // ------------------------------------------------------------------------------------

  void Joint(ScoreFound score) {
    VectorFound& v = score.left;
    LayerFound head = std::move(v.layers.back());
    v.layers.pop_back();
    double factor = 1;
    for (double f : score.factors) factor *= f;
    if (d_.output.kind == model::OutputKind::kLinear && factor > 0) {
      d_.output.scale = std::exchange(factor, 1.0);
      d_.output.offset = std::exchange(score.offset, 0.0);
    }
    for (float& w : head.weight) w = static_cast<float>(w * factor);
    Put("head/weight", std::move(head.weight));
    Put("head/bias", {static_cast<float>(head.bias[0] * factor + score.offset)});
    d_.head.kind = model::HeadKind::kLogistic;
    AddTower(Side::kJoint, std::move(v));
  }

  void TwoTowers(ScoreFound score) {
    VectorFound user = std::move(score.left), item = std::move(score.right);
    if (SideOf(user) == model::Scope::kItem) std::swap(user, item);
    if (SideOf(user) != model::Scope::kUser || SideOf(item) != model::Scope::kItem) {
      Fail(Status::kUnsupported,
           "the product is not one of a vector that is made of users' inputs "
           "and one that is made of items'");
    }
    model::Head& head = d_.head;
    head.kind = score.cosine ? model::HeadKind::kCosine : model::HeadKind::kDot;
    double global = Biases(user.columns, item.columns, score.biases);
    double rest = 1;
    for (size_t i = 0; i < score.factors.size(); ++i) {
      (i == 0 ? head.scale : rest) *= score.factors[i];
    }
    if (d_.output.kind == model::OutputKind::kLinear) {
      d_.output.scale = rest;
      d_.output.offset = score.offset;
    } else {
      head.scale *= rest;
      global += score.offset / head.scale;
    }
    const bool biased = global != 0 || head.user_bias >= 0 || head.item_bias >= 0;
    if (score.cosine && biased) {
      Fail(Status::kUnsupported, "a cosine with a bias inside; it may only have one behind it");
    }
    if (global != 0) {
      head.global_bias = true;
      Put("head/global_bias", {static_cast<float>(global)});
    }
    AddTower(Side::kUser, std::move(user));
    AddTower(Side::kItem, std::move(item));
  }

  // Returns the constant one.
  double Biases(const std::vector<ColumnFound>& user, const std::vector<ColumnFound>& item,
                std::vector<ColumnFound> biases) {
    if (user.size() != item.size()) {
      Fail(Status::kUnsupported, "the two vectors have ", user.size(), " and ", item.size(),
           " columns of biases");
    }
    auto is_one = [](const ColumnFound& c) { return c.input < 0 && c.constant == 1; };
    for (size_t i = 0; i < user.size(); ++i) {
      if (!is_one(user[i]) && !is_one(item[i])) {
        Fail(Status::kUnsupported, "of a bias in one vector the other has the factor 1");
      }
      biases.push_back(is_one(user[i]) ? item[i] : user[i]);
    }
    double global = 0;
    for (const ColumnFound& bias : biases) {
      global += double{bias.constant};
      if (bias.input < 0) continue;
      const model::Input& input = like_.inputs[static_cast<size_t>(bias.input)];
      const bool is_user = input.scope == model::Scope::kUser;
      int32_t& own = is_user ? d_.head.user_bias : d_.head.item_bias;
      if (own >= 0 || input.scope == model::Scope::kPair) {
        Fail(Status::kUnsupported, "there is one bias for users and one for items");
      }
      own = static_cast<int32_t>(inputs_.at(static_cast<uint32_t>(bias.input)));
      parameters_[is_user ? "head/user_bias" : "head/item_bias"] =
          TableOf(bias.table, static_cast<uint32_t>(input.vocabulary)).second;
    }
    return global;
  }

  // The side whose inputs a vector reads; pair for a mixture.
  model::Scope SideOf(const VectorFound& v) const {
    std::optional<model::Scope> scope;
    auto add = [&](uint32_t input) {
      model::Scope own = like_.inputs[input].scope;
      scope = !scope || scope == own ? own : model::Scope::kPair;
    };
    for (const PartFound& part : v.parts) add(part.encoder.input);
    for (const ColumnFound& c : v.columns) {
      if (c.input >= 0) add(static_cast<uint32_t>(c.input));
    }
    return scope.value_or(model::Scope::kPair);
  }

  void AddTower(Side side, VectorFound v) {
    model::Tower& tower = d_.towers.emplace_back();
    tower.side = side;
    std::set<std::string> names;
    for (PartFound& part : v.parts) {
      const uint32_t input = part.encoder.input;
      part.encoder.input = inputs_.at(input);
      const std::string& input_name = like_.inputs[input].name;
      // Encoders are not called as layers are ("dense0"), which inputs may be.
      const bool possible = !input_name.starts_with("dense") &&
                            !input_name.starts_with("convolution") &&
                            input_name.size() + 5 < kLongestName;
      const std::string base = possible ? input_name : "input";
      std::string name = base;
      for (int n = 2; !names.insert(name).second; ++n) name = StrCat(base, " ", n);
      if (name != input_name) part.encoder.name = name;
      const std::string prefix = StrCat(model::TowerPrefix(side), "/", name);
      if (part.encoder.kind == model::EncoderKind::kNumber) {
        PutStatistics(part, input_name);
      } else {
        part.encoder.table =
            AddTable(part.table, static_cast<uint32_t>(like_.inputs[input].vocabulary));
      }
      if (part.encoder.kind == model::EncoderKind::kMultiHot) Put(prefix + "/bias", part.bias);
      for (WindowFound& window : part.windows) {
        const std::string convolution = StrCat(prefix, "/convolution", window.size);
        Put(convolution + "/weight", std::move(window.weight));
        Put(convolution + "/bias", std::move(window.bias));
      }
      for (WeightFound& weight : part.weights) {
        Put(StrCat(prefix, "/", weight.name), std::move(weight.values));
      }
      part.encoder.layers = Layers(prefix, part.layers);
      tower.encoders.push_back(std::move(part.encoder));
    }
    tower.layers = Layers(model::TowerPrefix(side), v.layers);
  }

  std::vector<model::Dense> Layers(const std::string& prefix, std::vector<LayerFound>& layers) {
    std::vector<model::Dense> out;
    for (size_t i = 0; i < layers.size(); ++i) {
      out.push_back({static_cast<uint32_t>(std::min<uint64_t>(layers[i].units, UINT32_MAX)),
                     layers[i].activation});
      Put(StrCat(prefix, "/dense", i, "/weight"), std::move(layers[i].weight));
      Put(StrCat(prefix, "/dense", i, "/bias"), std::move(layers[i].bias));
    }
    return out;
  }

  // ---- Tables
  // --------------------------------------------------------------------------------------

  // A table's width and its rows, the unknown one at the end: the mean where there is none.
  std::pair<uint32_t, Values> TableOf(const TableFound& table, uint32_t vocabulary) {
    const onnx::Tensor& tensor = *view_.Constant(table.constant);
    const model::Vocabulary& v = like_.vocabularies[vocabulary];
    const size_t rows =
        tensor.dims.size() != 2 ? 0 : static_cast<size_t>(tensor.dims[table.transposed]);
    if (rows == 0 || (rows != v.size && rows != v.size + 1)) {
      std::string shape;
      for (int64_t n : tensor.dims) shape += StrCat(shape.empty() ? "" : ", ", n);
      Fail(Status::kInvalidArgument, "tensor \"", table.constant, "\" has the shape [", shape,
           "]; as a table of the vocabulary ", v.name, " it has ", v.size, " rows, or ", v.size + 1,
           " with one for unknown values");
    }
    const auto dim = static_cast<size_t>(tensor.dims[!table.transposed]);
    Write write = [&tensor](const Sink& sink) { InPieces(tensor.bytes(), sink); };
    if (table.transposed || tensor.type != onnx::Type::kFloat) {
      std::vector<float> values = onnx::FloatsOf(tensor);
      if (table.transposed) {
        std::vector<float> turned(values.size());
        for (size_t i = 0; i < rows; ++i) {
          for (size_t j = 0; j < dim; ++j) turned[i * dim + j] = values[j * rows + i];
        }
        values = std::move(turned);
      }
      write = Kept(std::move(values));
    }
    if (rows == v.size) {
      write = [write = std::move(write), rows, dim](const Sink& sink) {
        std::vector<double> sums(dim);
        size_t column = 0;
        write([&](std::span<const std::byte> piece) {
          for (float x : FloatsIn(piece)) {
            sums[column] += double{x};
            if (++column == dim) column = 0;
          }
          sink(piece);
        });
        std::vector<float> mean;
        for (double sum : sums) mean.push_back(static_cast<float>(sum / static_cast<double>(rows)));
        sink(std::as_bytes(std::span(mean)));
      };
    }
    return {static_cast<uint32_t>(std::min<size_t>(dim, UINT32_MAX)),
            {(v.size + 1) * dim, std::move(write)}};
  }

  int32_t AddTable(const TableFound& found, uint32_t vocabulary) {
    auto [place, is_new] =
        tables_.try_emplace({found, vocabulary}, static_cast<int32_t>(d_.tables.size()));
    if (!is_new) return place->second;
    auto [dim, values] = TableOf(found, vocabulary);
    std::string name = found.constant;
    if (name.starts_with("tables/")) name.erase(0, 7);
    auto taken = [&](const std::string& n) {
      return std::any_of(d_.tables.begin(), d_.tables.end(),
                         [&](const auto& t) { return t.name == n; });
    };
    if (name.empty() || name.size() > kLongestName || !IsUtf8(name) || taken(name)) {
      name = StrCat("table ", d_.tables.size() + 1);
    }
    while (taken(name)) name += '\'';
    d_.tables.push_back({name, vocabularies_.at(vocabulary), dim});
    parameters_["tables/" + name] = std::move(values);
    return place->second;
  }

  // ---- Tensors
  // -------------------------------------------------------------------------------------

  void PutStatistics(const PartFound& part, const std::string& input) {
    if (part.statistics.empty()) return;
    bool is_standard = part.encoder.normalization == model::Normalization::kStandard;
    std::string name = StrCat("inputs/", input, is_standard ? "/mean_deviation" : "/quantiles");
    for (const auto& source : network_.sources) {
      if (source.name == name) return;  // another encoder's, the same
    }
    network_.sources.push_back({std::move(name),
                                file::DType::kF32,
                                {part.statistics.size()},
                                Kept(part.statistics),
                                false});
  }

  void Put(const std::string& name, std::vector<float> values) {
    const uint64_t size = values.size();
    parameters_[name] = {size, Kept(std::move(values))};
  }

  void Finish() {
    model::Validate(d_, /*bound=*/true);
    for (const model::Parameter& p : model::ParametersOf(d_)) {
      Values& values = parameters_[p.name];
      if (values.size != p.size()) {
        std::string shape;
        for (uint64_t n : p.shape) shape += StrCat(shape.empty() ? "" : ", ", n);
        Fail(Status::kInvalidArgument, "the weights found for ", p.name, " are ", values.size,
             " numbers; the network needs [", shape, "]");
      }
      network_.sources.push_back(
          {"parameters/" + p.name, file::DType::kF32, p.shape, std::move(values.write), false});
    }
  }

  const onnx::Graph& graph_;
  onnx::GraphView view_;
  const model::Description& like_;
  Network network_;
  model::Description& d_;
  std::map<uint32_t, uint32_t> inputs_, vocabularies_;  // from the template's to our own
  std::map<std::pair<TableFound, uint32_t>, int32_t> tables_;
  std::map<std::string, Values> parameters_;
};

}  // namespace

Network NetworkOf(const onnx::Graph& graph, const model::Description& like,
                  const std::map<std::string, std::string>& names) {
  std::string output, outputs;
  for (const onnx::Value& value : graph.outputs) {
    if (value.name == "prediction") output = value.name;
    outputs += StrCat(outputs.empty() ? "" : ", ", value.name);
  }
  if (output.empty() && graph.outputs.size() == 1) output = graph.outputs[0].name;
  if (output.empty()) {
    Fail(Status::kUnsupported, "which of the graph's outputs is the prediction? It has ",
         outputs.empty() ? "none" : outputs, "; call one of them \"prediction\"");
  }
  return Assembler(graph, like).Run(PartFinder(graph, like, names).ScoreOf(output));
}

}  // namespace duomo::convert
