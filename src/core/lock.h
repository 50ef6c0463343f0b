// A mutex and a condition variable of the operating system's threads. The C++ library's are not
// used: its condition variable needs a newer libstdc++ than everything else here, and on Windows
// its mutex does not belong to the same thread library as thread_pool.h.
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
  // Waits until done() is true; the lock is held on return.
  template <typename Done>
  void Wait(std::unique_lock<Mutex>& lock, const Done& done) {
    while (!done()) pthread_cond_wait(&condition_, &lock.mutex()->mutex_);
  }
  void WakeOne() { pthread_cond_signal(&condition_); }
  void WakeAll() { pthread_cond_broadcast(&condition_); }

 private:
  // On systems with fork(), pthread_cond_destroy() is not called: in a child, it would wait for
  // threads that do not exist there. On other systems a condition owns memory and is destroyed.
  pthread_cond_t condition_ = PTHREAD_COND_INITIALIZER;
};

}  // namespace duomo
