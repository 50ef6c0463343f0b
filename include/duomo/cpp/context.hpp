// Part of duomo.hpp: the calls themselves. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_CONTEXT_HPP_
#define DUOMO_CPP_CONTEXT_HPP_

#include <duomo/cpp/requests.hpp>
#include <duomo/cpp/results.hpp>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

struct ContextOptions {
  int32_t unknown_ids = DUOMO_UNKNOWN_IS_ERROR;  // or DUOMO_UNKNOWN_IS_MARKED
  uint32_t threads = 0;                          // of the four searches; 0 means 1
  duomo_parallel_for parallel_for = nullptr;     // the host's own threads, and its first argument
  void* parallel_data = nullptr;
  const duomo_allocator* allocator = nullptr;
  const volatile int32_t* cancelled = nullptr;  // while not 0, calls fail with DUOMO_CANCELLED
};

// Scratch memory for one call at a time: make one for each thread. Keeps its model open. Functions
// that end in Into write to the caller's memory, which must have exactly the size of the result,
// and allocate nothing.
class Context {
 public:
  static Outcome<Context> Create(const Model& model, const ContextOptions& options = {}) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_context_options o = DUOMO_CONTEXT_OPTIONS_INIT;
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    duomo_context* context = nullptr;
    o.unknown_ids = options.unknown_ids;
    o.threads = options.threads;
    o.parallel_for = options.parallel_for;
    o.parallel_data = options.parallel_data;
    o.allocator = options.allocator;
    o.cancelled = options.cancelled;
    duomo_status status = duomo_model_get_info(&info, model.get(), &error);
    if (status == DUOMO_OK) status = duomo_context_create(&context, model.get(), &o, &error);
    return internal::Finish(status, error, [&] { return Context(context, info); });
  }

  // Frees scratch memory, for instance after an unusually large call.
  void Trim() { duomo_context_trim(get()); }

  // The prediction for a pair, or for each users[i] and items[i].
  Outcome<float> Predict(int64_t user, int64_t item) {
    duomo_error error;
    error.struct_size = sizeof(error);  // only the library writes the 500 bytes after it
    float prediction = 0;
    return internal::Finish(duomo_predict(&prediction, get(), &user, &item, 1, &error), error,
                            [&] { return prediction; });
  }
  Outcome<std::vector<float>> Predict(Ids users, Ids items) {
    return Numbers(users.size(), [&](Span<float> out, duomo_error* error) {
      return PredictTo(out, users, items, error);
    });
  }
  Outcome<void> PredictInto(Span<float> predictions, Ids users, Ids items) {
    duomo_error error = DUOMO_ERROR_INIT;
    return internal::Finish(PredictTo(predictions, users, items, &error), error);
  }

  // The same for vectors, [n * vector_width] of each.
  Outcome<std::vector<float>> PredictVectors(Span<const float> users, Span<const float> items) {
    return Numbers(Rows(users.size()), [&](Span<float> out, duomo_error* error) {
      return PredictVectorsTo(out, users, items, error);
    });
  }
  Outcome<void> PredictVectorsInto(Span<float> predictions, Span<const float> users,
                                   Span<const float> items) {
    duomo_error error = DUOMO_ERROR_INIT;
    return internal::Finish(PredictVectorsTo(predictions, users, items, &error), error);
  }

  // Vectors, [n * vector_width].
  Outcome<std::vector<float>> EncodeUsers(Ids users) { return Encode(duomo_encode_users, users); }
  Outcome<std::vector<float>> EncodeItems(Ids items) { return Encode(duomo_encode_items, items); }
  Outcome<std::vector<float>> EncodeFeatures(const Features& features) {
    return Numbers(features.count() * width_, [&](Span<float> out, duomo_error* error) {
      return duomo_encode_features(out.data(), get(), features.get(), error);
    });
  }
  Outcome<void> EncodeUsersInto(Span<float> vectors, Ids users) {
    return EncodeInto(duomo_encode_users, vectors, users);
  }
  Outcome<void> EncodeItemsInto(Span<float> vectors, Ids items) {
    return EncodeInto(duomo_encode_items, vectors, items);
  }
  Outcome<void> EncodeFeaturesInto(Span<float> vectors, const Features& features) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = CheckVectors("vectors", vectors.size(), features.count(), error);
    if (status == DUOMO_OK) {
      status = duomo_encode_features(vectors.data(), get(), features.get(), &error);
    }
    return internal::Finish(status, error);
  }

  // The best items for users, the items most like items, the users to whom items appeal most, and
  // the users most like users. (Into: the result reuses its memory; after a failure it is empty.)
  Outcome<TopKResult> TopK(const TopKRequest& request) {
    return Search(duomo_topk, item_count_, request);
  }
  Outcome<TopKResult> Similar(const TopKRequest& request) {
    return Search(duomo_similar, item_count_, request);
  }
  Outcome<TopKResult> UsersFor(const TopKRequest& request) {
    return Search(duomo_users_for, user_count_, request);
  }
  Outcome<TopKResult> SimilarUsers(const TopKRequest& request) {
    return Search(duomo_similar_users, user_count_, request);
  }
  Outcome<void> TopKInto(TopKResult& result, const TopKRequest& request) {
    return SearchInto(duomo_topk, item_count_, result, request);
  }
  Outcome<void> SimilarInto(TopKResult& result, const TopKRequest& request) {
    return SearchInto(duomo_similar, item_count_, result, request);
  }
  Outcome<void> UsersForInto(TopKResult& result, const TopKRequest& request) {
    return SearchInto(duomo_users_for, user_count_, result, request);
  }
  Outcome<void> SimilarUsersInto(TopKResult& result, const TopKRequest& request) {
    return SearchInto(duomo_similar_users, user_count_, result, request);
  }

  // A prediction for each item, in the order of the request.
  Outcome<std::vector<float>> Rank(const RankRequest& request) {
    return Numbers(request.c_.n, [&](Span<float> out, duomo_error* error) {
      return duomo_rank(out.data(), get(), &request.c_, error);
    });
  }
  Outcome<void> RankInto(Span<float> predictions, const RankRequest& request) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status =
        internal::CheckSize("predictions", predictions.size(), request.c_.n, error);
    if (status == DUOMO_OK) status = duomo_rank(predictions.data(), get(), &request.c_, &error);
    return internal::Finish(status, error);
  }

  size_t vector_width() const { return width_; }  // 0 for logistic models
  duomo_context* get() const { return context_.get(); }

 private:
  struct Release {
    void operator()(duomo_context* context) const { duomo_context_release(context); }
  };

  Context(duomo_context* context, const duomo_model_info& info)
      : context_(context),
        width_(static_cast<size_t>(info.vector_width)),
        user_count_(static_cast<size_t>(info.user_count)),
        item_count_(static_cast<size_t>(info.item_count)) {}

  size_t Rows(size_t floats) const { return width_ == 0 ? 0 : floats / width_; }

  duomo_status CheckVectors(const char* what, size_t size, size_t rows, duomo_error& error) const {
    if (width_ == 0) return DUOMO_OK;  // the library reports what is wrong
    return internal::CheckSize(what, size, rows * width_, error);
  }

  // call(span, error) fills the n floats.
  template <typename Call>
  static Outcome<std::vector<float>> Numbers(size_t n, const Call& call) {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<float> numbers(n);
    duomo_status status = call(Span<float>(numbers), &error);
    return internal::Finish(status, error, [&] { return std::move(numbers); });
  }

  duomo_status PredictTo(Span<float> out, Ids users, Ids items, duomo_error* error) {
    duomo_status status = internal::CheckSize("items", items.size(), users.size(), *error);
    if (status == DUOMO_OK) {
      status = internal::CheckSize("predictions", out.size(), users.size(), *error);
    }
    if (status != DUOMO_OK) return status;
    return duomo_predict(out.data(), get(), users.data(), items.data(), users.size(), error);
  }

  duomo_status PredictVectorsTo(Span<float> out, Span<const float> users, Span<const float> items,
                                duomo_error* error) {
    duomo_status status = CheckVectors("users", users.size(), out.size(), *error);
    if (status == DUOMO_OK) status = CheckVectors("items", items.size(), out.size(), *error);
    if (status != DUOMO_OK) return status;
    return duomo_predict_vectors(out.data(), get(), users.data(), items.data(), out.size(), error);
  }

  template <typename Function>
  Outcome<std::vector<float>> Encode(Function function, Ids ids) {
    return Numbers(ids.size() * width_, [&](Span<float> out, duomo_error* error) {
      return function(out.data(), get(), ids.data(), ids.size(), error);
    });
  }

  template <typename Function>
  Outcome<void> EncodeInto(Function function, Span<float> vectors, Ids ids) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = CheckVectors("vectors", vectors.size(), ids.size(), error);
    if (status == DUOMO_OK) {
      status = function(vectors.data(), get(), ids.data(), ids.size(), &error);
    }
    return internal::Finish(status, error);
  }

  template <typename Function>
  Outcome<TopKResult> Search(Function function, size_t most, const TopKRequest& request) {
    TopKResult result;
    TopKRequest::Call call(request, width_, most);
    Run(function, result, request, call);
    return internal::Finish(call.status, call.error, [&] { return std::move(result); });
  }

  template <typename Function>
  Outcome<void> SearchInto(Function function, size_t most, TopKResult& result,
                           const TopKRequest& request) {
    TopKRequest::Call call(request, width_, most);
    Run(function, result, request, call);
    if (call.status != DUOMO_OK) result.counts_.clear();
    return internal::Finish(call.status, call.error);
  }

  template <typename Function>
  void Run(Function function, TopKResult& result, const TopKRequest& request,
           TopKRequest::Call& call) {
    if (call.status != DUOMO_OK) return;
    size_t places = call.c.count * call.c.k;
    result.k_ = call.c.k;
    result.ids_.resize(places);
    result.scores_.resize(places);
    result.counts_.resize(call.c.count);
    result.keys_.resize(request.with_keys_ ? places : 0);
    result.titles_.resize(request.with_titles_ ? places : 0);
    duomo_topk_result out = DUOMO_TOPK_RESULT_INIT;
    if (request.with_keys_) out.keys = result.keys_.data();
    if (request.with_titles_) out.titles = result.titles_.data();
    out.ids = result.ids_.data();
    out.scores = result.scores_.data();
    out.counts = result.counts_.data();
    call.status = function(&out, get(), &call.c, &call.error);
  }

  std::unique_ptr<duomo_context, Release> context_;
  size_t width_, user_count_, item_count_;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_CONTEXT_HPP_
