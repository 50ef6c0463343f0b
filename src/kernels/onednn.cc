// Dense layers and products on oneDNN 2.x and 3.x; what differs between the two is in the few
// functions of the section "versions".
#include "kernels/onednn.h"

#include <omp.h>

#include <atomic>
#include <mutex>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "kernels/portable_layer.h"

namespace duomo::kernels {
namespace {

using Md = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
constexpr auto kFloat = dnnl::memory::data_type::f32;

// oneDNN divides work among OpenMP's team of the calling thread. Duomo starts no thread unasked:
// the team is 1 while oneDNN runs and then what it was.
class TeamOfOne {
 public:
  TeamOfOne() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~TeamOfOne() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  TeamOfOne(const TeamOfOne&) = delete;

 private:
  int before_;
};

[[noreturn]] void Translate(const dnnl::error& e) {
  if (e.status == dnnl_out_of_memory) throw std::bad_alloc();
  Fail(Status::kInternal, "oneDNN failed with status ", static_cast<int>(e.status), ": ",
       e.message);
}

Md Matrix(size_t rows, size_t columns, size_t stride) {
  return Md({static_cast<int64_t>(rows), static_cast<int64_t>(columns)}, kFloat,
            dnnl::memory::dims{static_cast<int64_t>(stride), 1});
}

// ---- versions ------------------------------------------------------------------------------

void AppendActivation(dnnl::post_ops& ops, Activation activation) {
  dnnl::algorithm algorithm;
  switch (activation) {
    case Activation::kIdentity:
      return;
    case Activation::kTanh:
      algorithm = dnnl::algorithm::eltwise_tanh;
      break;
    case Activation::kSigmoid:
      algorithm = dnnl::algorithm::eltwise_logistic;
      break;
    case Activation::kRelu:
      algorithm = dnnl::algorithm::eltwise_relu;
      break;
    default:
      Fail(Status::kInternal, "activation ", static_cast<int>(activation), " is unknown");
  }
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(algorithm, 0.0f, 0.0f);
#else
  ops.append_eltwise(1.0f, algorithm, 0.0f, 0.0f);
#endif
}

dnnl::matmul::primitive_desc MatMul(const dnnl::engine& engine, const Md& x, const Md& weight,
                                    const Md& bias, const Md& y, const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul::primitive_desc(engine, x, weight, bias, y, attr);
#else
  return dnnl::matmul::primitive_desc(dnnl::matmul::desc(x, weight, bias, y), attr, engine);
#endif
}

// ---- layers --------------------------------------------------------------------------------

// Rows that a primitive is made for; what is left over goes through our own kernels.
constexpr size_t kBuckets[] = {256, 64};
// A call of oneDNN costs 1.5 us before it multiplies. Measured on a Zen 4 core with 2.6.3 and tanh:
// 32 -> 32 takes it 1.7 us for 8 rows where ours take 0.27, and 9.8 us for 256 rows against 8.2;
// 80 -> 200 takes 25.9 us for 64 rows against 27.3. So work of fewer multiply-adds than this, a
// single row above all, is ours.
constexpr size_t kMinimumWork = 1 << 19;
// Different strides that a layer prepares primitives for; others take our kernels.
constexpr int kMaximumVariants = 24;

class OneDnnLayer : public DenseLayer {
 public:
  OneDnnLayer(const float* weight, const float* bias, size_t in, size_t units,
              Activation activation)
      : weight_(weight), bias_(bias), in_(in), units_(units), activation_(activation) {}

  ~OneDnnLayer() override {
    for (Variant* v = first_.load(); v != nullptr;) {
      Variant* next = v->next;
      delete v;
      v = next;
    }
  }

  void Forward(const float* x, size_t x_stride, float* y, size_t y_stride, size_t rows,
               Scratch& scratch) const override {
    for (size_t bucket : kBuckets) {
      if (rows < bucket || bucket * in_ * units_ < kMinimumWork) continue;
      TeamOfOne team;
      const Variant* variant = Find(bucket, x_stride, y_stride);
      if (variant == nullptr) continue;
      for (; rows >= bucket; rows -= bucket) {
        Execute(*variant, x, y, scratch);
        x += bucket * x_stride;
        y += bucket * y_stride;
      }
    }
    if (rows == 0) return;
    PortableForward(weight_, bias_, in_, units_, activation_, x, x_stride, y, y_stride, rows);
  }

  void Add(const float* x, size_t x_stride, float* y, size_t rows) const override {
    PortableAdd(weight_, in_, units_, activation_, x, x_stride, y, rows);
  }

 private:
  // A primitive for so many rows at these strides; `usable` false: oneDNN has none.
  struct Variant {
    size_t rows, x_stride, y_stride;
    bool usable = false;
    dnnl::matmul primitive;
    Md x, bias, y, scratchpad;
    const dnnl::memory* weight = nullptr;
    Variant* next = nullptr;
  };

  const Variant* Look(size_t rows, size_t x_stride, size_t y_stride) const {
    for (Variant* v = first_.load(std::memory_order_acquire); v != nullptr; v = v->next) {
      if (v->rows == rows && v->x_stride == x_stride && v->y_stride == y_stride) return v;
    }
    return nullptr;
  }

  // nullptr: use our own kernels.
  const Variant* Find(size_t rows, size_t x_stride, size_t y_stride) const {
    const Variant* found = Look(rows, x_stride, y_stride);
    if (found == nullptr) {
      std::lock_guard lock(mutex_);
      found = Look(rows, x_stride, y_stride);
      if (found == nullptr) {
        if (variants_ == kMaximumVariants) return nullptr;
        found = Make(rows, x_stride, y_stride);
      }
    }
    return found->usable ? found : nullptr;
  }

  // Under the lock. The list only grows, so that readers need none.
  const Variant* Make(size_t rows, size_t x_stride, size_t y_stride) const {
    auto variant = std::make_unique<Variant>();
    variant->rows = rows;
    variant->x_stride = x_stride;
    variant->y_stride = y_stride;
    try {
      if (!engine_) engine_ = dnnl::engine(dnnl::engine::kind::cpu, 0);
      variant->x = Matrix(rows, in_, x_stride);
      variant->y = Matrix(rows, units_, y_stride);
      variant->bias = Matrix(1, units_, units_);
      dnnl::post_ops ops;
      AppendActivation(ops, activation_);
      dnnl::primitive_attr attr;
      attr.set_post_ops(ops);
      attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
      Md any({static_cast<int64_t>(in_), static_cast<int64_t>(units_)}, kFloat, Tag::any);
      auto pd = MatMul(engine_, variant->x, any, variant->bias, variant->y, attr);
      variant->primitive = dnnl::matmul(pd);
      variant->scratchpad = pd.scratchpad_desc();
      variant->weight = Packed(pd.weights_desc());
      variant->usable = true;
    } catch (const dnnl::error& e) {
      if (e.status != dnnl_unimplemented) Translate(e);
    }
    variant->next = first_.load(std::memory_order_relaxed);
    first_.store(variant.get(), std::memory_order_release);
    ++variants_;
    return variant.release();
  }

  // The weights as a primitive wants them; primitives that agree share them.
  const dnnl::memory* Packed(const Md& desc) const {
    for (const auto& packed : packed_) {
      if (packed->get_desc() == desc) return packed.get();
    }
    Md plain = Matrix(in_, units_, units_);
    std::unique_ptr<dnnl::memory> memory;
    if (plain == desc) {
      memory = std::make_unique<dnnl::memory>(desc, engine_, const_cast<float*>(weight_));
    } else {
      memory = std::make_unique<dnnl::memory>(desc, engine_);
      dnnl::memory from(plain, engine_, const_cast<float*>(weight_));
      dnnl::stream stream(engine_);
      dnnl::reorder(from, *memory).execute(stream, from, *memory);
      stream.wait();
    }
    packed_.push_back(std::move(memory));
    return packed_.back().get();
  }

  void Execute(const Variant& v, const float* x, float* y, Scratch& scratch) const {
    try {
      dnnl::stream stream(engine_);
      v.primitive.execute(
          stream, {{DNNL_ARG_SRC, dnnl::memory(v.x, engine_, const_cast<float*>(x))},
                   {DNNL_ARG_WEIGHTS, *v.weight},
                   {DNNL_ARG_BIAS, dnnl::memory(v.bias, engine_, const_cast<float*>(bias_))},
                   {DNNL_ARG_DST, dnnl::memory(v.y, engine_, y)},
                   {DNNL_ARG_SCRATCHPAD,
                    dnnl::memory(v.scratchpad, engine_, scratch.Get(v.scratchpad.get_size()))}});
      stream.wait();
    } catch (const dnnl::error& e) {
      Translate(e);
    }
  }

  const float* weight_;
  const float* bias_;
  size_t in_, units_;
  Activation activation_;
  // Made with the first variant: a layer that is opened and never runs wide must not allocate
  // through oneDNN, which does not survive every failed allocation (capi/ABI.md).
  mutable dnnl::engine engine_;
  mutable std::mutex mutex_;  // guards making: engine_, variants_, packed_, and writes to first_
  mutable std::atomic<Variant*> first_{nullptr};
  mutable int variants_ = 0;
  mutable std::vector<std::unique_ptr<dnnl::memory>> packed_;
};

}  // namespace

std::unique_ptr<DenseLayer> CreateOneDnnLayer(const float* weight, const float* bias, size_t in,
                                              size_t units, Activation activation) {
  return std::make_unique<OneDnnLayer>(weight, bias, in, units, activation);
}

void OneDnnGemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
                size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc) {
  // Below this its call costs more than its kernels win; it also refuses empty matrices.
  if (m * n * k < size_t{1} << 18) {
    Vector().gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  TeamOfOne team;
  dnnl_status_t status = dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N',
                                    static_cast<int64_t>(m), static_cast<int64_t>(n),
                                    static_cast<int64_t>(k), 1.0f, a, static_cast<int64_t>(lda), b,
                                    static_cast<int64_t>(ldb), beta, c, static_cast<int64_t>(ldc));
  if (status == dnnl_out_of_memory) throw std::bad_alloc();
  if (status != dnnl_success) {
    Fail(Status::kInternal, "oneDNN's sgemm failed with status ", static_cast<int>(status));
  }
}

const char* OneDnnVersionText() {
  static const std::string text = [] {
    const dnnl_version_t* v = dnnl_version();
    return StrCat(v->major, '.', v->minor, '.', v->patch);
  }();
  return text.c_str();
}

}  // namespace duomo::kernels
