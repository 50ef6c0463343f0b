#include "filtered.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <unordered_map>

#include "../clock.h"
#include "assembly.h"
#include "figures.h"

namespace duomo::bench {
namespace {

constexpr size_t kQueries = 16, kHopeless = 4, kResults[] = {10, 100, 1000};
constexpr double kShares[] = {0.5, 0.1, 0.01, 0.001};

duomo_error problem = DUOMO_ERROR_INIT;

using Ids = std::vector<int64_t>;

// One query's permission, as Duomo and as the peers are given it; both are made before.
struct Permission {
  duomo_item_set* set = nullptr;
  Rows rows{0};
};

struct Case {
  std::string name;
  std::vector<Permission> permissions;  // [kQueries]
};

// What one searcher makes of one case.
struct Measured {
  double p50 = 0, recall = 0;
  std::string setting;
};

class Filtered {
 public:
  explicit Filtered(const std::string& path)
      : shop_(path), width_(shop_.candidates.info.vector_width) {
    Must(duomo_context_create(&context_, shop_.candidates.model, nullptr, &problem), problem);
    vectors_.resize(kQueries * width_);
    for (size_t q = 0; q < kQueries; ++q) {
      VectorOf(shop_, context_, shop_.with_history[q], &vectors_[q * width_]);
    }
    for (size_t row = 0; row < shop_.ids.size(); ++row) row_of_[shop_.ids[row]] = row;
    for (bool adversarial : {false, true}) {
      for (double share : kShares) cases_.push_back(Make(share, adversarial));
    }
  }
  ~Filtered() {
    for (Case& c : cases_) {
      for (Permission& p : c.permissions) duomo_item_set_release(p.set);
    }
    duomo_context_release(context_);
  }

  const Shop& shop() const { return shop_; }
  size_t cells() const { return cases_.size() * std::size(kResults); }
  std::string NameOf(size_t cell) const {
    return cases_[cell / 3].name + " | " + std::to_string(kResults[cell % 3]);
  }

  // Duomo's own; the exact answers are what recall is of.
  Measured Ours(size_t cell, bool approximate) {
    const Case& c = cases_[cell / 3];
    const size_t k = kResults[cell % 3];
    Ids ids(k);
    std::vector<float> scores(k);
    Share share;
    std::vector<double> times;
    auto& exact = exact_[cell];
    for (size_t round = 0; round < kRounds; ++round) {
      for (size_t q = 0; q < kQueries; ++q) {
        duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
        request.count = 1;
        request.vectors = &vectors_[q * width_];
        request.k = k;
        request.allow_set = c.permissions[q].set;
        if (approximate) request.flags |= DUOMO_APPROXIMATE;
        size_t count = 0;
        duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
        result.ids = ids.data();
        result.scores = scores.data();
        result.counts = &count;
        double begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
        Must(duomo_topk(&result, context_, &request, &problem), problem);
        double time = Seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
        if (round == 0) {
          Ids rows;
          for (size_t i = 0; i < count; ++i) rows.push_back(static_cast<int64_t>(row_of_[ids[i]]));
          CheckAllowed(rows, c.permissions[q].rows);
          if (!approximate) exact.push_back(rows);
          share.Add(exact[q], rows);
        } else {
          times.push_back(time);
        }
      }
    }
    return {Percentile(times, 0.5), share.part(), ""};
  }

  // The quickest setting that finds enough. One that takes longer than `most` is not worth looking
  // at: then what was found so far.
  Measured Theirs(Finder& finder, size_t cell, double most) {
    const Case& c = cases_[cell / 3];
    const size_t k = kResults[cell % 3];
    Measured best;
    for (size_t setting : finder.settings(k)) {
      finder.Set(setting);
      Share share;
      std::vector<double> times;
      std::vector<Found> found;
      // Warm; and where it is hopeless, a few queries say so.
      double begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
      finder.Find(vectors_.data(), c.permissions[0].rows, k, found);
      const bool hopeless = Seconds(CLOCK_THREAD_CPUTIME_ID) - begin > 10 * most;
      for (size_t q = 0; q < (hopeless ? kHopeless : kQueries); ++q) {
        const Permission& p = c.permissions[q];
        begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
        finder.Find(&vectors_[q * width_], p.rows, k, found);
        times.push_back(Seconds(CLOCK_THREAD_CPUTIME_ID) - begin);
        Ids rows;
        for (const Found& f : found) rows.push_back(f.row);
        CheckAllowed(rows, p.rows);
        share.Add(exact_[cell][q], rows);
      }
      Measured now{Percentile(times, 0.5), share.part(), finder.SettingName()};
      if (finder.exact() && now.recall < kSame)
        Die(finder.name() + " does not find what Duomo finds");
      const bool enough = now.recall >= kRecall, better = best.p50 == 0 || now.p50 < best.p50;
      if (enough ? best.recall < kRecall || better : best.recall < kRecall) best = now;
      if (!finder.exact() && (enough || now.p50 > most)) break;
    }
    return best;
  }

 private:
  static constexpr size_t kRounds = 4;  // the first is not counted

  struct Share {
    size_t found = 0, all = 0;
    void Add(Ids exact, Ids some) {
      std::sort(exact.begin(), exact.end());
      std::sort(some.begin(), some.end());
      Ids both;
      std::set_intersection(exact.begin(), exact.end(), some.begin(), some.end(),
                            std::back_inserter(both));
      found += both.size();
      all += exact.size();
    }
    double part() const {
      return all == 0 ? 1 : static_cast<double>(found) / static_cast<double>(all);
    }
  };

  static void CheckAllowed(const Ids& rows, const Rows& allowed) {
    for (int64_t row : rows) {
      if (!allowed.Has(static_cast<size_t>(row)))
        Die("a filtered search returns what is not allowed");
    }
  }

  Case Make(double share, bool adversarial) {
    char text[64];
    std::snprintf(text, sizeof text, "%g %%, %s", share * 100,
                  adversarial ? "the user's best left out" : "at random");
    Case out{text, {}};
    for (size_t q = 0; q < kQueries; ++q) {
      const size_t n = shop_.ids.size();
      Permission p{nullptr, Rows(n)};
      Ids allowed;
      if (adversarial) {
        if (order_.size() <= q) order_.push_back(Ordered(q));
        allowed.assign(order_[q].end() - static_cast<ptrdiff_t>(share * static_cast<double>(n)),
                       order_[q].end());
      } else {
        std::mt19937_64 random(q);
        for (int64_t id : shop_.ids) {
          if (std::uniform_real_distribution<>()(random) < share) allowed.push_back(id);
        }
      }
      for (int64_t id : allowed) p.rows.Set(row_of_[id]);
      Must(duomo_item_set_from_ids(&p.set, shop_.candidates.model, allowed.data(), nullptr,
                                   allowed.size(), &problem),
           problem);
      out.permissions.push_back(std::move(p));
    }
    return out;
  }

  // All items, the query's best first.
  Ids Ordered(size_t query) {
    Ids ids(shop_.ids.size());
    std::vector<float> scores(ids.size());
    size_t count = 0;
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = 1;
    request.vectors = &vectors_[query * width_];
    request.k = ids.size();
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = &count;
    Must(duomo_topk(&result, context_, &request, &problem), problem);
    return ids;
  }

  const Shop shop_;
  const size_t width_;
  duomo_context* context_ = nullptr;
  std::vector<float> vectors_;
  std::unordered_map<int64_t, size_t> row_of_;
  std::vector<Ids> order_;
  std::vector<Case> cases_;
  std::map<size_t, std::vector<Ids>> exact_;  // by cell and query
};

std::string Cell(const Measured& m, double ours) {
  char text[96];
  if (m.recall < kRecall) {
    std::snprintf(text, sizeof text, "– (%s: %s, recall %.2f)", m.setting.c_str(),
                  Duration(m.p50).c_str(), m.recall);
  } else {
    double ratio = m.p50 / ours;
    std::snprintf(text, sizeof text, ratio < 10 ? "%s, %.1f × (%s)" : "%s, %.0f × (%s)",
                  Duration(m.p50).c_str(), ratio, m.setting.c_str());
  }
  return text;
}

}  // namespace

void PrintFiltered(const std::string& path, const PeerOptions& options, const std::string& only) {
  Filtered filtered(path);
  std::vector<std::string> lines(filtered.cells());
  std::vector<double> ours(filtered.cells()), flat(filtered.cells(), 1e9);
  std::string head = "| allowed | best | Duomo, exact | Duomo, approximate; recall |";
  std::string rule = "|---|---|---|---|";
  for (size_t i = 0; i < filtered.cells(); ++i) {
    Measured exact = filtered.Ours(i, false), some = filtered.Ours(i, true);
    ours[i] = some.recall >= kRecall ? std::min(exact.p50, some.p50) : exact.p50;
    char text[96];
    std::snprintf(text, sizeof text, " | %s | %s; %.3f |", Duration(exact.p50).c_str(),
                  Duration(some.p50).c_str(), some.recall);
    lines[i] = "| ";
    lines[i].append(filtered.NameOf(i)).append(text);
  }
  const Shop& shop = filtered.shop();
  const FileVectors vectors(shop);
  for (MakeFinder make : options.folder.empty() ? std::vector<MakeFinder>{} : Finders()) {
    SetPeerThreads(1);
    auto finder = make(vectors.view(), options);
    if (finder == nullptr || finder->name().find(only) == std::string::npos) continue;
    head.append(" ").append(finder->name()).append(" |");
    rule += "---|";
    for (size_t i = 0; i < filtered.cells(); ++i) {
      Measured m = filtered.Theirs(*finder, i, flat[i]);
      if (finder->exact()) flat[i] = m.p50;
      lines[i].append(" ").append(Cell(m, ours[i])).append(" |");
      std::fprintf(stderr, "%s: %s\n", filtered.NameOf(i).c_str(), lines[i].c_str());
    }
  }
  std::printf("\n%s\n%s\n", head.c_str(), rule.c_str());
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
}

}  // namespace duomo::bench
