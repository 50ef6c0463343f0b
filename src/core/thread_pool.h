// A fixed team of threads for work that the caller asked to be split: in training, in tools, and in
// the shared library for contexts that ask for threads.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace duomo {

class ThreadPool {
 public:
  // size >= 1; the caller's thread is worker 0. Throws std::system_error where the system refuses.
  explicit ThreadPool(size_t size);
  ~ThreadPool();
  size_t size() const { return workers_.size() + 1; }

  // Calls work(0) … work(size()-1), one a thread, and returns when all are done. The first
  // exception is thrown here. Not reentrant; one caller at a time.
  void Run(const std::function<void(size_t)>& work);

 private:
  void Serve(size_t worker);
  void Stop();
  void Call(size_t worker);
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  // Not std::condition_variable, whose wait() takes a newer libstdc++ than all else here.
  pthread_cond_t start_ = PTHREAD_COND_INITIALIZER, done_ = PTHREAD_COND_INITIALIZER;
  const std::function<void(size_t)>* work_ = nullptr;
  size_t generation_ = 0, running_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;
};

// The part of [0, n) that `worker` of `workers` takes: contiguous, sizes differ by at most one.
struct Range {
  size_t begin, end;
  size_t size() const { return end - begin; }
};
inline Range Share(size_t n, size_t worker, size_t workers) {
  return {n * worker / workers, n * (worker + 1) / workers};
}

}  // namespace duomo
