// The users and items that tests/fuzz/corpus/paddle_inference is about.
#pragma once

#include "description/json.h"

namespace duomo::fuzz {

// Bound, but for its towers: a network's inputs are looked up in it.
inline model::Description TinyDescription() {
  return description::RecipeFromText(R"({"model": {
    "name": "tiny",
    "vocabularies": [{"name": "user_id", "keys": "range", "size": 5},
                     {"name": "genre", "keys": "string", "values": ["a", "b", "c"], "size": 3},
                     {"name": "word", "keys": "string", "values": ["k", "l", "m", "n"], "size": 4}],
    "tables": [{"name": "user_id", "vocabulary": "user_id", "dim": 4},
               {"name": "genre", "vocabulary": "genre", "dim": 4},
               {"name": "word", "vocabulary": "word", "dim": 4}],
    "inputs": [{"name": "user_id", "scope": "user", "kind": "category", "vocabulary": "user_id"},
               {"name": "genres", "scope": "item", "kind": "set", "vocabulary": "genre"},
               {"name": "title", "scope": "item", "kind": "text", "vocabulary": "word"}],
    "towers": [{"side": "user", "encoders": [{"input": "user_id", "kind": "embedding", "table": "user_id"}]},
               {"side": "item", "encoders": [{"input": "genres", "kind": "bag", "table": "genre", "pooling": "sum"}]}],
    "head": {"kind": "dot"}, "output": {}}})",
                                     "tiny")
      .model;
}

}  // namespace duomo::fuzz
