// The threads of a context: its own, the host's, or only the calling thread.
#pragma once

#include <memory>

#include "core/thread_pool.h"
#include "duomo/duomo.h"
#include "retrieval/topk.h"

namespace duomo::capi {

struct Threads {
  std::unique_ptr<ThreadPool> own;  // null: none
  retrieval::Team team;
};

// As options say. Throws Error(kInvalidArgument), and Error(kOutOfMemory) where the system starts
// no more threads.
Threads MakeThreads(const duomo_context_options& options);

}  // namespace duomo::capi
