// A shop whose app asks for a page: two networks, a catalogue with attributes, what is in stock,
// and customers with their wishes. `benchmarks/data request-1m` makes the files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../opened.h"

namespace duomo::bench {

inline constexpr size_t kCandidates = 200, kPage = 10, kWatched = 50, kRecent = 3, kLatest = 5;
inline constexpr uint32_t kOfABrand = 2;  // results at most
inline constexpr size_t kCustomers = 128;

// One who asks. Two categories and a range of prices are wanted.
struct Customer {
  bool known = false;  // by a history of kWatched items, oldest first; else by features
  std::vector<int64_t> history;
  std::string gender;
  int64_t age = 0;
  std::string categories[2];
  double cheapest = 0, dearest = 0;
};

struct Shop {
  explicit Shop(const std::string& candidates);  // beside it lies CANDIDATES-ranking.duomo
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  std::string name() const;  // the candidates file's, without folder and extension

  Opened candidates, ranking;
  std::vector<int64_t> ids;         // of the candidates file, in its order
  duomo_item_set* stock = nullptr;  // three items of ten
  std::map<std::string, duomo_item_set*> categories;
  std::vector<Customer> with_history, cold;
};

// The vector of a customer with a history.
void VectorOf(const Shop& shop, duomo_context* context, const Customer& customer, float* vector);

bool InStock(int64_t id);

// How often a customer was shown an item: what an app looks up for the ranking network.
inline float Shown(int64_t id) { return static_cast<float>((id * 2654435761u >> 16) % 6); }

// What one request gives, and where its time went, in seconds by the wall clock.
struct Answer {
  size_t found = 0, count = 0;  // of the candidates, best first, and of the page
  int64_t candidates[kCandidates];
  float scores[kCandidates], outputs[kCandidates];  // of both networks
  int64_t page[kPage];
  double search = 0, rank = 0;
};

// The page: the best outputs among the candidates, of which a brand has at most two.
void Choose(Answer& answer);

// Ends the program where an answer breaks the customer's wishes.
void Check(const Shop& shop, const Customer& customer, const Answer& answer);

}  // namespace duomo::bench
