#include "evaluation/baselines/social_graph.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <unordered_map>

#include "core/error.h"
#include "data/bytes.h"
#include "data/table_reader.h"

namespace duomo::evaluation {
namespace {

template <typename T>
bool ParseWhole(std::string_view text, T& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

constexpr uint32_t kUnknown = UINT32_MAX;

class Users {
 public:
  explicit Users(const data::EntityTable& table) {
    for (uint32_t i = 0; i < table.size(); ++i) {
      rows_.emplace(table.keys.empty() ? std::to_string(table.ids[i]) : table.keys[i], i);
    }
    integers_ = table.keys.empty();
  }
  uint32_t Find(const std::string& key) const {
    auto at = rows_.find(key);
    if (at == rows_.end() && integers_) {  // "007", "+7"
      int64_t id = 0;
      if (ParseWhole(key, id)) at = rows_.find(std::to_string(id));
    }
    return at == rows_.end() ? kUnknown : at->second;
  }

 private:
  std::unordered_map<std::string, uint32_t> rows_;
  bool integers_;
};

bool HasLetter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

SocialGraph::SocialGraph(uint32_t users, std::span<const uint32_t> from,
                         std::span<const uint32_t> to, std::span<const float> weights)
    : edges_(users) {
  if (from.size() != to.size() || (!weights.empty() && weights.size() != from.size())) {
    Fail(Status::kInvalidArgument, "edges from ", from.size(), " users to ", to.size(), " with ",
         weights.size(), " weights do not fit together");
  }
  for (size_t i = 0; i < from.size(); ++i) {
    float weight = weights.empty() ? 1 : weights[i];
    if (from[i] >= users || to[i] >= users) {
      Fail(Status::kInvalidArgument, "edge ", i, " names a user row beyond ", users);
    }
    if (!(weight > 0) || !std::isfinite(weight)) {
      Fail(Status::kInvalidArgument, "edge ", i, " has the weight ", weight,
           "; weights must be positive numbers");
    }
    if (from[i] == to[i]) continue;
    edges_[from[i]].push_back({to[i], weight});
    edges_[to[i]].push_back({from[i], weight});
  }
  for (auto& edges : edges_) {
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
      return a.user != b.user ? a.user < b.user : a.weight > b.weight;
    });
    auto end = std::unique(edges.begin(), edges.end(),
                           [](const Edge& a, const Edge& b) { return a.user == b.user; });
    edges.erase(end, edges.end());
  }
}

SocialGraph SocialGraph::FromCsv(std::string_view text, const std::string& where,
                                 const data::EntityTable& table, const ReadOptions& options) {
  Users users(table);
  std::vector<uint32_t> from, to;
  std::vector<float> weights;
  uint64_t skipped = 0;
  bool blank = text.find_first_not_of("\xEF\xBB\xBF \t\r\n") == text.npos;
  std::unique_ptr<data::TableReader> in;
  if (!blank) {
    data::TableOptions form;
    form.quotes = data::Quotes::kDoubled;
    form.header = false;  // which of the two the first row is, the users tell
    in = data::OpenTable(data::BytesOf(text), where, form);
    if (in->header().size() != 2 && in->header().size() != 3) {
      Fail(Status::kCorrupt, where, ": the first row has ", in->header().size(),
           " fields; an edge is user,user or user,user,weight");
    }
  }
  for (bool first = true; in != nullptr && in->Next(); first = false) {
    auto fields = in->fields();
    auto fail = [&](Status status, const auto&... parts) {
      Fail(status, where, ", line ", in->line(), ": ", parts...);
    };
    uint32_t rows[2] = {users.Find(std::string(fields[0])), users.Find(std::string(fields[1]))};
    // Names of columns are no users, neither of them, and no number is beside them: a user who is
    // misspelt is no header.
    float weight = 1;
    bool header = first && rows[0] == kUnknown && rows[1] == kUnknown && HasLetter(fields[0]) &&
                  HasLetter(fields[1]) && (fields.size() < 3 || !ParseWhole(fields[2], weight));
    if (header) continue;
    weight = 1;
    if (fields.size() == 3 &&
        (!ParseWhole(fields[2], weight) || !(weight > 0) || !std::isfinite(weight))) {
      fail(Status::kCorrupt, "the weight \"", fields[2], "\" is not a positive number");
    }
    if (rows[0] == kUnknown || rows[1] == kUnknown) {
      if (!options.skip_unknown_users) {
        fail(Status::kNotFound, "the user \"", fields[rows[0] == kUnknown ? 0 : 1],
             "\" is not in the data set");
      }
      ++skipped;
      continue;
    }
    from.push_back(rows[0]);
    to.push_back(rows[1]);
    weights.push_back(weight);
  }
  SocialGraph graph(static_cast<uint32_t>(table.size()), from, to, weights);
  graph.skipped_lines_ = skipped;
  return graph;
}

std::vector<SocialGraph::Reached> SocialGraph::Within(uint32_t user, uint32_t hops) const {
  std::vector<Reached> out;
  std::unordered_map<uint32_t, uint32_t> place{{user, kUnknown}};  // in `out`
  std::vector<Reached> front = {{user, 0, 1}};
  for (uint32_t hop = 1; hop <= hops && !front.empty(); ++hop) {
    size_t begin = out.size();
    for (const Reached& near : front) {
      for (const Edge& edge : Of(near.user)) {
        double strength = near.strength * static_cast<double>(edge.weight);
        auto [at, added] = place.try_emplace(edge.user, static_cast<uint32_t>(out.size()));
        if (added) {
          out.push_back({edge.user, hop, strength});
        } else if (at->second != kUnknown && at->second >= begin) {  // another path, as short
          Reached& known = out[at->second];
          known.strength = std::max(known.strength, strength);
        }
      }
    }
    front.assign(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
  }
  std::sort(out.begin(), out.end(), [](const Reached& a, const Reached& b) {
    if (a.hops != b.hops) return a.hops < b.hops;
    return a.strength != b.strength ? a.strength > b.strength : a.user < b.user;
  });
  return out;
}

}  // namespace duomo::evaluation
