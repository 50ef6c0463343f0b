// A fixed team of threads for work that the caller asked to be split: in training, in tools, and in
// the shared library for contexts that ask for threads.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <vector>

#include "core/lock.h"

namespace duomo {

// Its threads block all signals, so signal handlers run on the process's own threads. After fork(),
// the child has none of these threads: there, Run() does all work on the calling thread, and the
// destructor does not join them. (Except if another thread of the parent was inside Run() during
// the fork.)
class ThreadPool {
 public:
  // size >= 1; the caller's thread is worker 0. Throws Error(kOutOfMemory) if the system cannot
  // start the threads.
  explicit ThreadPool(size_t size);
  ThreadPool(const ThreadPool&) = delete;
  ~ThreadPool();
  size_t size() const { return size_; }

  // Calls work(0) … work(size()-1), one a thread, and returns when all are done. The first
  // exception is thrown here. Not reentrant; one caller at a time.
  void Run(const std::function<void(size_t)>& work);

 private:
  struct Worker {
    ThreadPool* pool;
    size_t index;
    pthread_t thread;
  };
  static void* Start(void* worker);
  void Serve(size_t worker);
  void Stop();
  void Call(size_t worker);
  bool InChild() const;
  // Not std::thread, which terminates the process if it is not joined; in a child, it cannot be
  // joined.
  std::vector<Worker> workers_;
  size_t size_;
  pid_t owner_;
  Mutex mutex_;
  Condition start_, done_;
  const std::function<void(size_t)>* work_ = nullptr;
  size_t generation_ = 0, running_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;
};

// The part of [0, n) for `worker` of `workers`: contiguous; sizes differ by at most one.
struct Range {
  size_t begin, end;
  size_t size() const { return end - begin; }
};
inline Range Share(size_t n, size_t worker, size_t workers) {
  const uint64_t all = n;  // on 32 bits the product needs more
  return {static_cast<size_t>(all * worker / workers),
          static_cast<size_t>(all * (worker + 1) / workers)};
}

}  // namespace duomo
