// The objects behind the opaque types of duomo.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "capi/column.h"
#include "capi/threads.h"
#include "core/array.h"
#include "core/memory.h"
#include "core/stop.h"
#include "duomo/duomo.h"
#include "kernels/screen.h"
#include "kernels/vector.h"
#include "model/features.h"
#include "model/model.h"
#include "retrieval/item_set.h"
#include "retrieval/topk.h"
#include "runtime/engine.h"

// Immutable but for its count; any thread.
struct duomo_model {
  duomo_model(std::unique_ptr<const duomo::Memory> m,
              std::shared_ptr<const duomo::runtime::Engine> e, bool prepare)
      : memory(std::move(m)),
        engine(std::move(e)),
        catalogue(*engine, prepare),
        users(*engine, /*prepare=*/false, duomo::model::Side::kUser) {
    if (prepare) {
      model().users().ids.Prepare();
      model().items().ids.Prepare();
    }
    // Chosen now, since the first use takes a lock of the C++ library: after fork(), a child could
    // find that lock held by a thread that does not exist there, and would wait for ever.
    (void)duomo::kernels::Vector();
    (void)duomo::kernels::Screen();
  }

  const duomo::model::Model& model() const { return engine->model(); }
  const duomo::model::Description& description() const { return engine->model().description(); }

  std::atomic<uint64_t> references{1};
  const std::unique_ptr<const duomo::Memory> memory;  // null: the C++ library's; destroyed last
  const std::shared_ptr<const duomo::runtime::Engine> engine;
  const duomo::retrieval::Catalogue catalogue;  // the items
  const duomo::retrieval::Catalogue users;
};

namespace duomo::capi {

// One reference to a model for as long as it lives.
class ModelReference {
 public:
  explicit ModelReference(duomo_model* model) : model_(model) { duomo_model_retain(model); }
  ModelReference(const ModelReference&) = delete;
  ModelReference& operator=(const ModelReference&) = delete;
  ~ModelReference() { duomo_model_release(model_); }
  const duomo_model& operator*() const { return *model_; }
  const duomo_model* operator->() const { return model_; }
  const duomo_model* get() const { return model_; }
  duomo_model* shared() const { return model_; }  // to be retained by another object

 private:
  duomo_model* model_;
};

}  // namespace duomo::capi

namespace duomo::capi {

// The scratch memory of a context. It grows to what the largest call needs and is reused, so
// repeated calls of the same size allocate nothing.
struct Scratch {
  runtime::Workspace tower;
  retrieval::SearchWorkspace search;
  std::vector<runtime::InputSource> inputs;
  AlignedVector<uint32_t> user_rows, item_rows, tower_rows, values;
  AlignedVector<float> user_vectors, item_vectors;
  AlignedVector<float> scores;
  AlignedVector<retrieval::Query> queries;
  AlignedVector<uint32_t> excluded;  // rows, those of a chunk's first query first
  AlignedVector<size_t> excluded_ends;
  AlignedVector<retrieval::Hit> hits;
  AlignedVector<size_t> hit_ends;
  retrieval::RowMask allowed;
  HostColumn history;
};

// A base class, so that it is destroyed after everything that allocated from it.
struct OwnMemory {
  std::unique_ptr<const Memory> memory;  // null: the C++ library's
};

}  // namespace duomo::capi

// One thread at a time. Made under a MemoryScope of its memory.
struct duomo_context : duomo::capi::OwnMemory, duomo::capi::Scratch {
  duomo_context(std::unique_ptr<const duomo::Memory> own, duomo_model* m, bool marked,
                duomo::capi::Threads t, duomo::Stop s)
      : OwnMemory{std::move(own)}, model(m), mark_unknown(marked), threads(std::move(t)), stop(s) {
    tower.stop = search.stop = stop;
  }

  // Frees the scratch memory.
  void Trim() {
    const duomo::MemoryScope scope(memory.get());
    static_cast<Scratch&>(*this) = {};
    tower.stop = search.stop = stop;
  }

  duomo::capi::ModelReference model;
  const bool mark_unknown;
  const duomo::capi::Threads threads;
  const duomo::Stop stop;
};

// Immutable but for its count; any thread.
struct duomo_item_set {
  duomo_item_set(duomo_model* m, duomo::retrieval::RowMask rows)
      : model(m), items(std::move(rows)) {}

  std::atomic<uint64_t> references{1};
  const duomo::capi::ModelReference model;
  const duomo::retrieval::ItemSet items;
};

// Encoded features of `count` entities of one scope; columns by index of the description's inputs.
// Made under a MemoryScope of the model's memory, from which the columns grow.
struct duomo_features {
  duomo_features(duomo_model* m, duomo::model::Scope s, size_t n)
      : model(m), scope(s), count(n), columns(m->description().inputs.size()) {
    for (size_t i = 0; i < columns.size(); ++i) columns[i].kind = m->description().inputs[i].kind;
  }

  duomo::capi::ModelReference model;
  const duomo::model::Scope scope;
  const size_t count;
  bool strict = false;                           // unknown values are errors
  std::vector<duomo::capi::HostColumn> columns;  // empty: unset
  duomo::capi::HostColumn next;  // a new value is built here and swapped in when it is complete
};
