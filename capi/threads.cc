#include "capi/threads.h"

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "capi/arguments.h"
#include "core/lock.h"

namespace duomo::capi {
namespace {

constexpr uint32_t kMostThreads = 256;

// A host's duomo_parallel_for, and what it has done of one call. Whatever it calls, and when:
// nothing is thrown into the host, nothing is done twice, and what it left out is said.
class HostThreads {
 public:
  explicit HostThreads(const duomo_context_options& o) : options_(o), begun_(o.threads) {}

  void Run(const std::function<void(size_t)>& work) {
    {
      std::lock_guard lock(mutex_);
      begun_.assign(begun_.size(), false);
      failure_ = nullptr;
      complaint_.reset();
      work_ = &work;
    }
    {
      const Closing closing(*this);  // also where a C++ host throws
      options_.parallel_for(options_.parallel_data, begun_.size(), Work, this);
    }
    if (failure_) std::rethrow_exception(failure_);
    for (size_t i = 0; i < begun_.size() && !complaint_; ++i) {
      if (!begun_[i]) complaint_ = {"returned without calling its work for the index ", i};
    }
    if (!complaint_) return;
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "options.parallel_for", " ",
                 complaint_->text, complaint_->index, "; it must call it once for each of 0 … ",
                 begun_.size() - 1);
  }

 private:
  struct Complaint {
    const char* text;
    size_t index;
  };

  // No work begins any more, and none is under way.
  struct Closing {
    explicit Closing(HostThreads& h) : host(h) {}
    ~Closing() {
      std::unique_lock lock(host.mutex_);
      host.work_ = nullptr;
      host.idle_.Wait(lock, [this] { return host.running_ == 0; });
    }
    HostThreads& host;
  };

  static void Work(void* data, size_t index) { static_cast<HostThreads*>(data)->Work(index); }

  void Work(size_t index) {
    const std::function<void(size_t)>* work;
    {
      std::lock_guard lock(mutex_);
      if (work_ == nullptr) return;  // after the call that it belonged to
      if (index >= begun_.size()) {
        complaint_ = {"called its work for the index ", index};
        return;
      }
      if (begun_[index]) {
        complaint_ = {"called its work twice for the index ", index};
        return;
      }
      begun_[index] = true;
      ++running_;
      work = work_;
    }
    std::exception_ptr failure;
    try {
      (*work)(index);
    } catch (...) {
      failure = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    if (failure && !failure_) failure_ = failure;
    if (--running_ == 0) idle_.WakeOne();
  }

  const duomo_context_options options_;
  Mutex mutex_;
  Condition idle_;
  const std::function<void(size_t)>* work_ = nullptr;  // null: no call is under way
  std::vector<bool> begun_;                            // by index
  size_t running_ = 0;
  std::optional<Complaint> complaint_;
  std::exception_ptr failure_;
};

}  // namespace

Threads MakeThreads(const duomo_context_options& o) {
  CheckReserved(o.reserved, "options.reserved");
  if (o.threads > kMostThreads) {
    FailArgument(Status::kInvalidArgument, Kind::kValue, "options.threads", " is ", o.threads,
                 ", at most ", kMostThreads, " are possible");
  }
  Threads out;
  if (o.threads < 2) return out;
  out.team.size = o.threads;
  if (o.parallel_for != nullptr) {
    auto host = std::make_shared<HostThreads>(o);
    out.team.run = [host](const std::function<void(size_t)>& work) { host->Run(work); };
  } else {
    out.own = std::make_unique<ThreadPool>(o.threads);
    ThreadPool* pool = out.own.get();
    out.team.run = [pool](const std::function<void(size_t)>& work) { pool->Run(work); };
  }
  return out;
}

}  // namespace duomo::capi
