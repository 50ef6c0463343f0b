// Who knows whom: edges between users, read from a table. Depends on data's tables alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace duomo::evaluation {

// An undirected graph over user rows. Immutable; any thread.
class SocialGraph {
 public:
  struct Edge {
    uint32_t user;
    float weight;  // positive: how close the two are, 1 by default
  };
  struct ReadOptions {
    bool skip_unknown_users = false;  // else the first is an error
  };

  // `weights` empty: 1 each. An edge given several times, in either direction, has its greatest
  // weight; an edge from a user to itself is left out. Throws Error(kInvalidArgument).
  SocialGraph(uint32_t users, std::span<const uint32_t> from, std::span<const uint32_t> to,
              std::span<const float> weights = {});

  // Rows "user,user" or "user,user,weight" with the keys of `users`, in any form that
  // data::OpenTable() knows: the separator is found out. A first row that starts with a field that
  // is no known user, but has letters in it, is a header. Throws Error, with `where` and the line:
  // kCorrupt for a bad line, kNotFound for a user that the table lacks.
  static SocialGraph FromCsv(std::string_view text, const std::string& where,
                             const data::EntityTable& users, const ReadOptions& options);
  static SocialGraph FromCsv(std::string_view text, const std::string& where,
                             const data::EntityTable& users) {
    return FromCsv(text, where, users, ReadOptions{});
  }

  uint32_t users() const { return static_cast<uint32_t>(edges_.size()); }
  std::span<const Edge> Of(uint32_t user) const { return edges_[user]; }  // ascending by user
  uint64_t skipped_lines() const { return skipped_lines_; }               // of unknown users

  struct Reached {
    uint32_t user;
    uint32_t hops;    // edges of a shortest path, 1 or more
    double strength;  // of those paths, the largest product of weights
  };
  // Everyone within `hops` edges, nearest first, then stronger, then lower row.
  std::vector<Reached> Within(uint32_t user, uint32_t hops) const;

 private:
  std::vector<std::vector<Edge>> edges_;
  uint64_t skipped_lines_ = 0;
};

}  // namespace duomo::evaluation
