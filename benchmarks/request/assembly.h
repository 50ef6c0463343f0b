// Who answers requests: Duomo, or an assembly of other libraries.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../clock.h"
#include "finder.h"
#include "shop.h"

namespace duomo::bench {

// Answers one request at a time; each thread of a server has its own.
class Client {
 public:
  virtual ~Client() = default;
  void Ask(const Customer& customer, Answer& answer) {
    const double begin = Seconds(CLOCK_MONOTONIC);
    Find(customer, answer);
    const double found = Seconds(CLOCK_MONOTONIC);
    Rank(customer, answer);
    answer.search = found - begin;
    answer.rank = Seconds(CLOCK_MONOTONIC) - found;
    Choose(answer);
  }

 private:
  virtual void Find(const Customer& customer, Answer& answer) = 0;  // the candidates
  virtual void Rank(const Customer& customer, Answer& answer) = 0;  // their outputs
};

class Assembly {
 public:
  virtual ~Assembly() = default;
  virtual std::string name() const = 0;
  // May serve one request with several threads.
  virtual std::unique_ptr<Client> NewClient(unsigned threads) = 0;
};

// How Duomo is asked. An app that keeps a set for each category, as the peers' app keeps bitmaps,
// combines two of them with the stock in every request; else both conditions are filters.
enum class Way { kSets, kFilters, kApproximate };  // the last with sets
std::unique_ptr<Assembly> MakeDuomo(const Shop& shop, Way way);

// The networks in ONNX Runtime, the search by `finder`, the rest by hand. In peers/.
std::unique_ptr<Assembly> MakePeer(const Shop& shop, const PeerOptions& options, Finder& finder);

// The share of the candidates of Duomo's exact search that an assembly finds for the first
// `customers` with a history.
double Recall(const Shop& shop, Client& client, size_t customers);

inline constexpr double kRecall = 0.95;  // what a setting must find
inline constexpr double kSame = 0.99;    // what an exact one must: rounding may swap near ties

}  // namespace duomo::bench
