#include "core/thread_pool.h"

namespace duomo {
namespace {

// Like std::condition_variable::wait; the native handle is the pthread_mutex_t.
template <typename Done>
void Wait(pthread_cond_t& condition, std::unique_lock<std::mutex>& lock, const Done& done) {
  while (!done()) pthread_cond_wait(&condition, lock.mutex()->native_handle());
}

}  // namespace

ThreadPool::ThreadPool(size_t size) {
  try {
    for (size_t i = 1; i < size; ++i) workers_.emplace_back([this, i] { Serve(i); });
  } catch (...) {
    Stop();  // a thread that nobody joins would end the process
    throw;
  }
}

ThreadPool::~ThreadPool() { Stop(); }

void ThreadPool::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  pthread_cond_broadcast(&start_);
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::Call(size_t worker) {
  try {
    (*work_)(worker);
  } catch (...) {
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
}

void ThreadPool::Serve(size_t worker) {
  size_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      Wait(start_, lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
    }
    Call(worker);
    std::lock_guard lock(mutex_);
    if (--running_ == 0) pthread_cond_signal(&done_);
  }
}

void ThreadPool::Run(const std::function<void(size_t)>& work) {
  {
    std::lock_guard lock(mutex_);
    work_ = &work;
    running_ = workers_.size();
    failure_ = nullptr;
    ++generation_;
  }
  pthread_cond_broadcast(&start_);
  Call(0);
  std::unique_lock lock(mutex_);
  Wait(done_, lock, [&] { return running_ == 0; });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace duomo
