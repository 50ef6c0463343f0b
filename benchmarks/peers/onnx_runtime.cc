// ONNX Runtime through its C API, on what `duomo-convert export onnx` wrote. One thread. Inputs and
// outputs lie in memory that is bound before; making them is not counted.
#include <cmath>
#include <memory>
#include <random>

#include "model/model.h"
#include "onnx_session.h"
#include "peers.h"

namespace duomo::bench {
namespace {

using onnx::Values;

// Inputs of one side for stored rows, lists padded with −1 to the longest.
void AddSide(Values& values, const model::Model& model, model::Scope scope,
             const std::vector<uint32_t>& rows) {
  const model::Description& d = model.description();
  const model::Entities& side = scope == model::Scope::kUser ? model.users() : model.items();
  auto n = static_cast<int64_t>(rows.size());
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope != scope) continue;
    const model::FeatureView& view = side.features.inputs[i];
    size_t longest = 1;
    for (uint32_t row : rows) longest = std::max(longest, view.RowsOf(row).size());
    std::vector<int64_t> padded(rows.size() * longest, -1);
    for (size_t r = 0; r < rows.size(); ++r) {
      auto of = view.RowsOf(rows[r]);
      std::copy(of.begin(), of.end(), padded.begin() + static_cast<ptrdiff_t>(r * longest));
    }
    bool list = d.inputs[i].kind != model::InputKind::kCategory;
    values.Add(
        d.inputs[i].name, std::move(padded),
        list ? std::vector<int64_t>{n, static_cast<int64_t>(longest)} : std::vector<int64_t>{n});
  }
}

// Different rows for call after call, and Duomo's answers to them.
struct Case {
  Values values;
  std::vector<float> expected;
};

std::vector<std::unique_ptr<Case>> Cases(const std::string& path, size_t n, bool pairs) {
  Opened ours(path);
  auto model = model::Model::Open(path);
  std::mt19937_64 random(1);
  std::vector<std::unique_ptr<Case>> cases;
  for (int i = 0; i < 64; ++i) {
    auto c = std::make_unique<Case>();
    std::vector<uint32_t> users(n), items(n);
    std::vector<int64_t> user_ids(n), item_ids(n);
    for (size_t r = 0; r < n; ++r) {
      users[r] = static_cast<uint32_t>(random() % ours.users);
      items[r] = static_cast<uint32_t>(random() % ours.items);
      duomo_user_id_at(&user_ids[r], ours.model, users[r], nullptr);
      duomo_item_id_at(&item_ids[r], ours.model, items[r], nullptr);
    }
    AddSide(c->values, *model, model::Scope::kUser, users);
    if (pairs) {
      AddSide(c->values, *model, model::Scope::kItem, items);
      c->values.Output({static_cast<int64_t>(n)});
    } else {
      c->values.Output({static_cast<int64_t>(n), static_cast<int64_t>(ours.width)});
    }
    c->expected.resize(c->values.result.size());
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status =
        pairs ? duomo_predict(c->expected.data(), ours.context, user_ids.data(), item_ids.data(), n,
                              &error)
              : duomo_encode_users(c->expected.data(), ours.context, user_ids.data(), n, &error);
    Must(status, error);
    cases.push_back(std::move(c));
  }
  return cases;
}

struct Network {
  std::string file, output, model;
  bool pairs;
};

void Run(benchmark::State& state, const Network& network, size_t n, bool cold) {
  onnx::Session session(network.file, 1);
  auto cases = Cases(network.model, n, network.pairs);
  for (auto& c : cases) {
    c->values.Run(session, network.output.c_str());
    for (size_t i = 0; i < c->expected.size(); ++i) {
      if (!(std::abs(c->expected[i] - c->values.result[i]) < 1e-4f)) {
        return state.SkipWithError("ONNX Runtime's result is not Duomo's");
      }
    }
  }
  size_t at = 0;
  auto call = [&] {
    cases[at]->values.Run(session, network.output.c_str());
    at = (at + 1) % cases.size();
    return true;
  };
  cold ? MeasureCold(state, call) : Measure(state, call);
}

}  // namespace

void RegisterOnnxRuntime(const std::string& library, const std::string& folder,
                         const std::string& model) {
  onnx::Load(library);
  Network pair{folder + "/pair.onnx", "prediction", model, true};
  Network user{folder + "/user.onnx", "user_vector", model, false};
  auto add = [](const std::string& what, const Network& network, size_t n, bool cold) {
    auto* b = benchmark::RegisterBenchmark(
        (what + std::to_string(n) + " @ ONNX Runtime " + onnx::Version() + ", C API").c_str(),
        [=](benchmark::State& state) { Run(state, network, n, cold); });
    b->Unit(benchmark::kMicrosecond);
    if (cold) b->UseManualTime()->Iterations(200);
  };
  add("predict/pairs/", pair, 1, false);
  add("predict/pairs/", pair, 256, false);
  add("predict/cold_caches/", pair, 1, true);
  add("cold_user/set_and_encode/", user, 1, false);
  add("cold_user/set_and_encode/", user, 256, false);
}

}  // namespace duomo::bench
