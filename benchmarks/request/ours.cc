// The request through the C ABI: one search that knows all conditions, one ranking.
#include <cmath>

#include "assembly.h"

namespace duomo::bench {
namespace {

class OurClient : public Client {
 public:
  OurClient(const Shop& shop, Way way, unsigned threads) : shop_(shop), way_(way) {
    duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
    options.threads = threads;
    Must(duomo_context_create(&finding_, shop.candidates.model, &options, &error_), error_);
    Must(duomo_context_create(&ranking_, shop.ranking.model, &options, &error_), error_);
  }
  ~OurClient() override {
    duomo_context_release(finding_);
    duomo_context_release(ranking_);
  }

 private:
  // Features are made anew for every request, as a server would.
  duomo_features* Features(duomo_model* model, const Customer& c) {
    duomo_features* out = nullptr;
    const char* gender = c.gender.c_str();
    Must(duomo_features_create(&out, model, DUOMO_USER, 1, &error_), error_);
    if (c.known) return out;  // by the history alone
    Must(duomo_features_set_strings(out, "gender", &gender, &error_), error_);
    Must(duomo_features_set_integers(out, "age", &c.age, &error_), error_);
    return out;
  }

  void Find(const Customer& c, Answer& answer) override {
    const char* categories[] = {c.categories[0].c_str(), c.categories[1].c_str()};
    duomo_filter filters[2] = {DUOMO_FILTER_INIT, DUOMO_FILTER_INIT};
    filters[0].input = "category";
    filters[0].strings = categories;
    filters[0].value_count = 2;
    filters[1].input = "price";
    filters[1].mode = DUOMO_RANGE;
    filters[1].minimum = c.cheapest;
    filters[1].maximum = c.dearest;
    duomo_limit limit = DUOMO_LIMIT_INIT;
    limit.input = "brand";
    limit.at_most = kOfABrand;
    const size_t offsets[2] = {0, c.history.size()};
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = 1;
    request.k = kCandidates;
    duomo_item_set* wanted = nullptr;
    if (way_ == Way::kFilters) {
      request.allow_set = shop_.stock;
      request.filters = filters;
      request.filter_count = 2;
    } else {
      request.allow_set = wanted = Wanted(c);
      request.filters = &filters[1];
      request.filter_count = 1;
    }
    request.limits = &limit;
    request.limit_count = 1;
    if (way_ == Way::kApproximate) request.flags |= DUOMO_APPROXIMATE;
    duomo_features* user = nullptr;
    if (c.known) {
      request.history_offsets = offsets;
      request.history_ids = c.history.data();
      request.flags |= DUOMO_EXCLUDE_SEEN;
    } else {
      request.features = user = Features(shop_.candidates.model, c);
    }
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = answer.candidates;
    result.scores = answer.scores;
    result.counts = &answer.found;
    Must(duomo_topk(&result, finding_, &request, &error_), error_);
    duomo_features_release(user);
    duomo_item_set_release(wanted);
  }

  // In stock and in one of both categories.
  duomo_item_set* Wanted(const Customer& c) {
    duomo_item_set *either = nullptr, *out = nullptr;
    const duomo_item_set* categories[2] = {shop_.categories.at(c.categories[0]),
                                           shop_.categories.at(c.categories[1])};
    Must(duomo_item_set_combine(&either, DUOMO_ANY, categories, 2, &error_), error_);
    const duomo_item_set* both[2] = {shop_.stock, either};
    Must(duomo_item_set_combine(&out, DUOMO_ALL, both, 2, &error_), error_);
    duomo_item_set_release(either);
    return out;
  }

  void Rank(const Customer& c, Answer& answer) override {
    float shown[kCandidates], relative[kCandidates];
    for (size_t i = 0; i < answer.found; ++i) {
      shown[i] = Shown(answer.candidates[i]);
      relative[i] = answer.scores[i] - answer.scores[0];
    }
    duomo_features *user = Features(shop_.ranking.model, c), *pairs = nullptr;
    Must(duomo_features_create(&pairs, shop_.ranking.model, DUOMO_PAIR, answer.found, &error_),
         error_);
    Must(duomo_features_set_numbers(pairs, "candidate_score", relative, &error_), error_);
    Must(duomo_features_set_numbers(pairs, "previous_impressions", shown, &error_), error_);
    duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
    request.user_features = user;
    request.pair_features = pairs;
    request.item_ids = answer.candidates;
    request.n = answer.found;
    request.history_ids = c.history.data();
    request.history_count = c.history.size();
    Must(duomo_rank(answer.outputs, ranking_, &request, &error_), error_);
    duomo_features_release(pairs);
    duomo_features_release(user);
  }

  const Shop& shop_;
  const Way way_;
  duomo_context *finding_ = nullptr, *ranking_ = nullptr;
  duomo_error error_ = DUOMO_ERROR_INIT;
};

class Ours : public Assembly {
 public:
  Ours(const Shop& shop, Way way) : shop_(shop), way_(way) {}
  std::string name() const override {
    return way_ == Way::kSets      ? "Duomo, exact"
           : way_ == Way::kFilters ? "Duomo, exact, categories by a filter"
                                   : "Duomo, approximate";
  }
  std::unique_ptr<Client> NewClient(unsigned threads) override {
    return std::make_unique<OurClient>(shop_, way_, threads);
  }

 private:
  const Shop& shop_;
  const Way way_;
};

}  // namespace

std::unique_ptr<Assembly> MakeDuomo(const Shop& shop, Way way) {
  return std::make_unique<Ours>(shop, way);
}

double Recall(const Shop& shop, Client& client, size_t customers) {
  OurClient exact(shop, Way::kFilters, 1);
  size_t found = 0, all = 0;
  for (size_t i = 0; i < customers; ++i) {
    Answer ours, theirs;
    exact.Ask(shop.with_history[i], ours);
    client.Ask(shop.with_history[i], theirs);
    Check(shop, shop.with_history[i], theirs);
    all += ours.found;
    for (size_t a = 0; a < ours.found; ++a) {
      for (size_t b = 0; b < theirs.found; ++b) {
        if (ours.candidates[a] != theirs.candidates[b]) continue;
        ++found;
        // The first score, which the network is told, may be another where a candidate is missing.
        const float output = ours.outputs[a], other = theirs.outputs[b];
        const bool same = ours.candidates[0] != theirs.candidates[0] ||
                          std::abs(output - other) < 1e-3f * std::abs(output);
        if (!same || std::abs(ours.scores[a] - theirs.scores[b]) > 1e-3f) {
          Die("the networks of an assembly give other numbers than Duomo's");
        }
      }
    }
  }
  return static_cast<double>(found) / static_cast<double>(all);
}

}  // namespace duomo::bench
