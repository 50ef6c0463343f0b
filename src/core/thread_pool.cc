#include "core/thread_pool.h"

#include <unistd.h>

#include <csignal>

#include "core/error.h"

namespace duomo {
namespace {

// New threads inherit what their maker blocks. Windows has no such signals.
class SignalsBlocked {
#ifndef _WIN32
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
#endif
};

}  // namespace

ThreadPool::ThreadPool(size_t size) : size_(size), owner_(getpid()) {
  workers_.reserve(size - 1);  // threads point to their place here
  [[maybe_unused]] const SignalsBlocked blocked;
  for (size_t i = 1; i < size; ++i) {
    workers_.push_back({this, i, {}});
    if (pthread_create(&workers_.back().thread, nullptr, Start, &workers_.back()) == 0) continue;
    workers_.pop_back();
    Stop();
    Fail(Status::kOutOfMemory, "the system starts no ", size - i, " threads more");
  }
}

ThreadPool::~ThreadPool() {
  if (!InChild()) Stop();
}

// Whether this is a copy of the pool, in a process that was forked from the one with the threads.
bool ThreadPool::InChild() const { return !workers_.empty() && getpid() != owner_; }

void* ThreadPool::Start(void* worker) {
  auto* self = static_cast<Worker*>(worker);
  self->pool->Serve(self->index);
  return nullptr;
}

void ThreadPool::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_.WakeAll();
  for (const Worker& worker : workers_) pthread_join(worker.thread, nullptr);
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
      start_.Wait(lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
    }
    Call(worker);
    std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.WakeOne();
  }
}

void ThreadPool::Run(const std::function<void(size_t)>& work) {
  if (InChild()) {
    // Without the lock, which a thread that is not here may have held.
    for (size_t worker = 0; worker < size_; ++worker) work(worker);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    work_ = &work;
    running_ = workers_.size();
    failure_ = nullptr;
    ++generation_;
  }
  start_.WakeAll();
  Call(0);
  std::unique_lock lock(mutex_);
  done_.Wait(lock, [&] { return running_ == 0; });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace duomo
