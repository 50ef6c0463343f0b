// A mutex and a condition variable of the operating system's threads. Not the C++ library's: its
// condition variable takes a newer libstdc++ than all else here, and its mutex is of another kind
// on Windows than the threads of thread_pool.h.
#pragma once

#include <pthread.h>

#include <mutex>

namespace duomo {

// For std::lock_guard and std::unique_lock.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  ~Mutex() { pthread_mutex_destroy(&mutex_); }
  void lock() { pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }
  bool try_lock() { return pthread_mutex_trylock(&mutex_) == 0; }

 private:
  friend class Condition;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
#ifdef _WIN32
  ~Condition() { pthread_cond_destroy(&condition_); }
#endif
  // Returns, with the lock held, when done() is true.
  template <typename Done>
  void Wait(std::unique_lock<Mutex>& lock, const Done& done) {
    while (!done()) pthread_cond_wait(&condition_, &lock.mutex()->mutex_);
  }
  void WakeOne() { pthread_cond_signal(&condition_); }
  void WakeAll() { pthread_cond_broadcast(&condition_); }

 private:
  // Without pthread_cond_destroy() where there is fork(): in a child it would wait for threads that
  // are not there. Elsewhere a condition owns memory.
  pthread_cond_t condition_ = PTHREAD_COND_INITIALIZER;
};

}  // namespace duomo
