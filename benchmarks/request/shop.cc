#include "shop.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>

namespace duomo::bench {
namespace {

duomo_error problem = DUOMO_ERROR_INIT;

// Most of what somebody took is alike: of the 300 items nearest to one item, or anything.
std::vector<int64_t> Taken(const Shop& shop, duomo_context* context, std::mt19937_64& random) {
  constexpr size_t kNear = 300;
  int64_t item = shop.ids[random() % shop.ids.size()];
  std::vector<int64_t> near(kNear), out;
  std::vector<float> cosines(kNear);
  size_t count = 0;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  request.ids = &item;
  request.k = kNear;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = near.data();
  result.scores = cosines.data();
  result.counts = &count;
  Must(duomo_similar(&result, context, &request, &problem), problem);
  while (out.size() < kWatched) {
    bool like = random() % 10 < 7;
    int64_t id = like ? near[random() % count] : shop.ids[random() % shop.ids.size()];
    if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
  }
  return out;
}

Customer Invent(const Shop& shop, duomo_context* context, bool known, std::mt19937_64& random) {
  static constexpr int64_t kAges[] = {1, 18, 25, 35, 45, 50, 56};
  Customer c;
  c.known = known;
  if (known) c.history = Taken(shop, context, random);
  c.gender = random() % 2 == 0 ? "M" : "F";
  c.age = kAges[random() % 7];
  // Categories of things that the customer took, or any.
  for (size_t i = 0; i < 2; ++i) {
    do {
      int64_t id = known ? c.history[random() % kWatched] : shop.ids[random() % shop.ids.size()];
      duomo_text text = {nullptr, 0};
      Must(duomo_attribute_texts(&text, shop.candidates.model, "category", &id, 1, &problem),
           problem);
      c.categories[i] = {text.data, text.size};
    } while (i == 1 && c.categories[1] == c.categories[0]);
  }
  // Prices are exp(N(3, 1)): about half of them are in such a range.
  c.cheapest = 8 + static_cast<double>(random() % 8);
  c.dearest = c.cheapest + 30;
  return c;
}

}  // namespace

std::string Shop::name() const { return std::filesystem::path(candidates.path).stem().string(); }

bool InStock(int64_t id) { return (static_cast<uint64_t>(id) * 0x9E3779B97F4A7C15 >> 32) % 10 < 3; }

Shop::Shop(const std::string& path)
    : candidates(path), ranking(path.substr(0, path.rfind(".duomo")) + "-ranking.duomo") {
  std::vector<int64_t> there;
  ids.resize(candidates.info.item_count);
  for (size_t row = 0; row < ids.size(); ++row) {
    Must(duomo_item_id_at(&ids[row], candidates.model, row, &problem), problem);
    if (InStock(ids[row])) there.push_back(ids[row]);
  }
  Must(duomo_item_set_from_ids(&stock, candidates.model, there.data(), nullptr, there.size(),
                               &problem),
       problem);
  std::vector<duomo_text> texts(ids.size());
  Must(duomo_attribute_texts(texts.data(), candidates.model, "category", ids.data(), ids.size(),
                             &problem),
       problem);
  std::map<std::string, std::vector<int64_t>> by_category;
  for (size_t row = 0; row < ids.size(); ++row) {
    by_category[{texts[row].data, texts[row].size}].push_back(ids[row]);
  }
  for (const auto& [name, members] : by_category) {
    Must(duomo_item_set_from_ids(&categories[name], candidates.model, members.data(), nullptr,
                                 members.size(), &problem),
         problem);
  }
  std::mt19937_64 random(1);
  for (size_t i = 0; i < kCustomers; ++i) {
    with_history.push_back(Invent(*this, candidates.context, true, random));
    cold.push_back(Invent(*this, candidates.context, false, random));
  }
}

Shop::~Shop() {
  duomo_item_set_release(stock);
  for (auto& [name, set] : categories) duomo_item_set_release(set);
}

void VectorOf(const Shop& shop, duomo_context* context, const Customer& customer, float* vector) {
  duomo_features* features = nullptr;
  const size_t offsets[2] = {0, customer.history.size()};
  Must(duomo_features_create(&features, shop.candidates.model, DUOMO_USER, 1, &problem), problem);
  for (const char* input : {"watched", "latest"}) {
    Must(duomo_features_set_integer_lists(features, input, offsets, customer.history.data(),
                                          &problem),
         problem);
  }
  Must(duomo_encode_features(vector, context, features, &problem), problem);
  duomo_features_release(features);
}

// No more than two of a brand are among the candidates, so any ten of them will do.
void Choose(Answer& a) {
  uint32_t order[kCandidates];
  std::iota(order, order + a.found, 0u);
  a.count = std::min(a.found, kPage);
  std::partial_sort(order, order + a.count, order + a.found, [&](uint32_t x, uint32_t y) {
    return a.outputs[x] > a.outputs[y] || (a.outputs[x] == a.outputs[y] && x < y);
  });
  for (size_t i = 0; i < a.count; ++i) a.page[i] = a.candidates[order[i]];
}

void Check(const Shop& shop, const Customer& c, const Answer& a) {
  std::vector<double> prices(a.found);
  std::vector<duomo_text> categories(a.found), brands(a.found);
  auto texts = [&](std::vector<duomo_text>& out, const char* name) {
    Must(duomo_attribute_texts(out.data(), shop.candidates.model, name, a.candidates, a.found,
                               &problem),
         problem);
  };
  Must(duomo_attribute_numbers(prices.data(), shop.candidates.model, "price", a.candidates, a.found,
                               &problem),
       problem);
  texts(categories, "category");
  texts(brands, "brand");
  std::map<std::string, uint32_t> of_brand;
  std::vector<int64_t> sorted(a.candidates, a.candidates + a.found);
  std::sort(sorted.begin(), sorted.end());
  bool holds = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  for (size_t i = 0; i < a.found; ++i) {
    std::string category(categories[i].data, categories[i].size);
    holds = holds && InStock(a.candidates[i]) &&
            (category == c.categories[0] || category == c.categories[1]) &&
            prices[i] >= c.cheapest && prices[i] <= c.dearest &&
            std::find(c.history.begin(), c.history.end(), a.candidates[i]) == c.history.end() &&
            ++of_brand[{brands[i].data, brands[i].size}] <= kOfABrand;
  }
  for (size_t i = 0; i < a.count; ++i) {
    holds = holds && std::binary_search(sorted.begin(), sorted.end(), a.page[i]);
  }
  if (!holds) Die("an answer has what the customer does not want");
  if (a.count != std::min(a.found, kPage)) Die("a page is not full");
}

}  // namespace duomo::bench
