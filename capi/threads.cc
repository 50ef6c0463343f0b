#include "capi/threads.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>

#include "capi/arguments.h"

namespace duomo::capi {
namespace {

constexpr uint32_t kMostThreads = 256;

// One call of a host's duomo_parallel_for. Nothing is thrown into the host.
struct HostRun {
  const std::function<void(size_t)>& work;
  size_t size;
  std::atomic<size_t> calls{0};
  std::mutex mutex;
  std::exception_ptr failure;
};

void Work(void* data, size_t index) {
  auto& run = *static_cast<HostRun*>(data);
  ++run.calls;
  if (index >= run.size) return;
  try {
    run.work(index);
  } catch (...) {
    std::lock_guard lock(run.mutex);
    if (!run.failure) run.failure = std::current_exception();
  }
}

}  // namespace

Threads MakeThreads(const duomo_context_options& o) {
  CheckReserved(o.reserved, "options.reserved");
  if (o.threads > kMostThreads) {
    Fail(Status::kInvalidArgument, "options.threads is ", o.threads, ", at most ", kMostThreads,
         " are possible");
  }
  Threads out;
  if (o.threads < 2) return out;
  out.team.size = o.threads;
  if (o.parallel_for != nullptr) {
    out.team.run = [o](const std::function<void(size_t)>& work) {
      HostRun run{work, o.threads, {}, {}, {}};
      o.parallel_for(o.parallel_data, run.size, Work, &run);
      if (run.failure) std::rethrow_exception(run.failure);
      if (run.calls != run.size) {
        Fail(Status::kInvalidArgument, "options.parallel_for returned after ", run.calls.load(),
             " calls of its work; it must make ", run.size);
      }
    };
    return out;
  }
  try {
    out.own = std::make_unique<ThreadPool>(o.threads);
  } catch (const std::system_error&) {
    Fail(Status::kOutOfMemory, "the system starts no ", o.threads - 1, " threads more");
  }
  ThreadPool* pool = out.own.get();
  out.team.run = [pool](const std::function<void(size_t)>& work) { pool->Run(work); };
  return out;
}

}  // namespace duomo::capi
