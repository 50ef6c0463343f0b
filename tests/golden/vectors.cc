#include "golden/vectors.h"

#include <duomo/duomo.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

namespace duomo::testing {
namespace {

using Json = nlohmann::ordered_json;
using Ids = std::vector<int64_t>;

void Check(duomo_status status, const duomo_error& error) {
  if (status != DUOMO_OK) throw std::runtime_error(error.message);
}

std::string Bits(float value) {
  char text[9];
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));  // emscripten's library has no std::bit_cast
  std::snprintf(text, sizeof(text), "%08x", bits);
  return text;
}

Json AllBits(const float* values, size_t n) {
  Json out = Json::array();
  for (size_t i = 0; i < n; ++i) out.push_back(Bits(values[i]));
  return out;
}

class Opened {
 public:
  explicit Opened(const std::string& path) {
    Check(duomo_model_open(&model, path.c_str(), nullptr, &error), error);
    Check(duomo_context_create(&context, model, nullptr, &error), error);
    Check(duomo_model_get_info(&info, model, &error), error);
    for (uint64_t i = 0; i < info.user_count; ++i) {
      Check(duomo_user_id_at(&users.emplace_back(), model, i, &error), error);
    }
    for (uint64_t i = 0; i < info.item_count; ++i) {
      Check(duomo_item_id_at(&items.emplace_back(), model, i, &error), error);
    }
  }
  ~Opened() {
    duomo_context_release(context);
    duomo_model_release(model);
  }

  Json Predict() {
    Ids pair_users, pair_items;
    for (int64_t user : users) {
      for (int64_t item : items) {
        pair_users.push_back(user);
        pair_items.push_back(item);
      }
    }
    std::vector<float> out(pair_users.size());
    Check(duomo_predict(out.data(), context, pair_users.data(), pair_items.data(), out.size(),
                        &error),
          error);
    return {{"call", "predict"},
            {"users", pair_users},
            {"items", pair_items},
            {"predictions", AllBits(out.data(), out.size())}};
  }

  Json Encode(bool of_users) {
    const Ids& ids = of_users ? users : items;
    std::vector<float> out(ids.size() * static_cast<size_t>(info.vector_width));
    auto call = of_users ? duomo_encode_users : duomo_encode_items;
    Check(call(out.data(), context, ids.data(), ids.size(), &error), error);
    return {{"call", of_users ? "encode_users" : "encode_items"},
            {"ids", ids},
            {"width", info.vector_width},
            {"vectors", AllBits(out.data(), out.size())}};
  }

  // exclude: the items at these places, for every query.
  Json Best(bool similar, size_t k, const std::vector<size_t>& exclude) {
    const Ids& queries = similar ? items : users;
    Ids excluded, ids(queries.size() * k);
    std::vector<size_t> offsets = {0}, counts(queries.size());
    std::vector<float> scores(ids.size());
    Json lists = Json::array();
    for (size_t i = 0; i < queries.size(); ++i) {
      Json list = Json::array();
      for (size_t at : exclude) {
        excluded.push_back(items[(at + i) % items.size()]);
        list.push_back(excluded.back());
      }
      offsets.push_back(excluded.size());
      lists.push_back(list);
    }
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = queries.size();
    request.ids = queries.data();
    request.k = k;
    request.exclude_offsets = offsets.data();
    request.exclude_ids = excluded.data();
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = counts.data();
    auto call = similar ? duomo_similar : duomo_topk;
    Check(call(&result, context, &request, &error), error);
    Json found = Json::array(), found_scores = Json::array();
    for (size_t i = 0; i < queries.size(); ++i) {
      auto begin = ids.begin() + static_cast<std::ptrdiff_t>(i * k);
      found.push_back(Ids(begin, begin + static_cast<std::ptrdiff_t>(counts[i])));
      found_scores.push_back(AllBits(&scores[i * k], counts[i]));
    }
    return {{"call", similar ? "similar" : "topk"},
            {similar ? "items" : "users", queries},
            {"k", k},
            {"exclude", lists},
            {"ids", found},
            {"scores", found_scores}};
  }

 private:
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  Ids users, items;
};

}  // namespace

Json ComputeVectors(const std::string& folder) {
  Json cases = Json::array();
  for (const char* name : {"cosine.duomo", "dot.duomo"}) {
    // A version has the models that are new in it, and these where they are.
    if (!std::filesystem::exists(folder + "/" + name)) continue;
    Opened model(folder + "/" + name);
    for (Json one :
         {model.Predict(), model.Encode(true), model.Encode(false), model.Best(false, 3, {}),
          model.Best(false, 100, {0, 2}), model.Best(true, 2, {}), model.Best(true, 100, {1})}) {
      Json entry = {{"model", name}};
      entry.update(one);
      cases.push_back(entry);
    }
  }
  return {{"cases", cases}};
}

}  // namespace duomo::testing
