#include "retrieval/lists.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/bits.h"
#include "core/narrow.h"
#include "core/random.h"
#include "kernels/screen.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kBlock = 256, kSampleOfList = 50;

// Finds the nearest of some centres for blocks of vectors.
class Nearest {
 public:
  Nearest(const AlignedVector<float>& centres, size_t width) : centres_(centres), width_(width) {
    size_t count = centres.size() / width;
    halves_.resize(count);
    for (size_t c = 0; c < count; ++c) {
      const float* x = centres.data() + c * width;
      halves_[c] = static_cast<float>(k_.dot(x, x, width) / 2);
    }
    products_.resize(Times(kBlock, count));
  }

  // ‖x − c‖² = ‖x‖² − 2(⟨x,c⟩ − ‖c‖²/2): the nearest is where the bracket is largest.
  void Of(const float* vectors, size_t n, uint32_t* out) {
    size_t count = halves_.size();
    k_.gemm(false, true, n, count, width_, vectors, width_, centres_.data(), width_, 0.0f,
            products_.data(), count);
    for (size_t i = 0; i < n; ++i) {
      const float* p = products_.data() + i * count;
      uint32_t best = 0;
      float most = -std::numeric_limits<float>::infinity();
      for (uint32_t c = 0; c < count; ++c) {
        float value = p[c] - halves_[c];
        if (value > most) {
          most = value;
          best = c;
        }
      }
      out[i] = best;
    }
  }

 private:
  const kernels::VectorKernels& k_ = kernels::Vector();
  const AlignedVector<float>& centres_;
  const size_t width_;
  std::vector<float> halves_;
  AlignedVector<float> products_;
};

// Calls visit(begin, count, floats) for all rows, block by block.
template <typename Visit>
void ForBlocks(const model::Rows& vectors, const Visit& visit) {
  AlignedVector<float> buffer;
  for (uint64_t begin = 0; begin < vectors.count; begin += kBlock) {
    uint64_t count = std::min<uint64_t>(kBlock, vectors.count - begin);
    visit(begin, count, runtime::FloatsOf(vectors, begin, count, buffer));
  }
}

// The centres after some rounds over a sample.
AlignedVector<float> Centres(const model::Rows& vectors, size_t lists, const ListOptions& o) {
  size_t width = ToSize(vectors.width);
  size_t samples = ToSize(std::min<uint64_t>(vectors.count, lists * kSampleOfList));
  AlignedVector<float> sample(Times(samples, width)), buffer;
  for (size_t i = 0; i < samples; ++i) {
    uint64_t row = static_cast<uint64_t>(i) * vectors.count / samples;
    runtime::CopyRows(vectors, row, 1, sample.data() + i * width);
  }
  Random random(o.seed);
  std::vector<uint32_t> first(samples);
  std::iota(first.begin(), first.end(), 0u);
  random.Shuffle(std::span(first));
  AlignedVector<float> centres(Times(lists, width));
  for (size_t c = 0; c < lists; ++c) {
    std::copy_n(sample.data() + first[c] * width, width, centres.data() + c * width);
  }
  std::vector<uint32_t> list(samples);
  std::vector<double> sums(lists * width);
  std::vector<size_t> counts(lists);
  for (size_t round = 0; round < o.rounds; ++round) {
    Nearest nearest(centres, width);
    for (size_t begin = 0; begin < samples; begin += kBlock) {
      nearest.Of(sample.data() + begin * width, std::min(kBlock, samples - begin),
                 list.data() + begin);
    }
    std::fill(sums.begin(), sums.end(), 0.0);
    std::fill(counts.begin(), counts.end(), size_t{0});
    for (size_t i = 0; i < samples; ++i) {
      ++counts[list[i]];
      for (size_t d = 0; d < width; ++d) sums[list[i] * width + d] += sample[i * width + d];
    }
    for (size_t c = 0; c < lists; ++c) {
      float* centre = centres.data() + c * width;
      if (counts[c] == 0) {  // an empty list: its centre starts again at a random vector
        std::copy_n(sample.data() + random.Below(samples) * width, width, centre);
        continue;
      }
      for (size_t d = 0; d < width; ++d) {
        auto mean = static_cast<float>(sums[c * width + d] / static_cast<double>(counts[c]));
        centre[d] = std::isfinite(mean) ? mean : 0;
      }
    }
    if (o.progress)
      o.progress(0.5 * static_cast<double>(round + 1) / static_cast<double>(o.rounds));
  }
  return centres;
}

}  // namespace

ListTensors MakeLists(const model::Rows& vectors, const ListOptions& options) {
  ListTensors out;
  size_t width = ToSize(vectors.width);
  size_t lists = options.lists > 0
                     ? options.lists
                     : static_cast<size_t>(std::sqrt(static_cast<double>(vectors.count)));
  lists = ToSize(std::clamp<uint64_t>(lists, 1, std::max<uint64_t>(1, vectors.count)));
  out.centres = Centres(vectors, lists, options);
  std::vector<uint32_t> list(ToSize(vectors.count));
  std::vector<double> radii(lists);
  out.begins.assign(lists + 1, 0);
  Nearest nearest(out.centres, width);
  ForBlocks(vectors, [&](uint64_t begin, uint64_t count, const float* x) {
    nearest.Of(x, ToSize(count), list.data() + begin);
    for (uint64_t i = 0; i < count; ++i, x += width) {
      uint32_t l = list[ToSize(begin + i)];
      const float* centre = out.centres.data() + l * width;
      double squares = 0;
      for (size_t d = 0; d < width; ++d) {
        double left = double{x[d]} - double{centre[d]};
        squares += left * left;
      }
      if (!std::isfinite(squares)) squares = std::numeric_limits<double>::infinity();
      radii[l] = std::max(radii[l], squares);
      ++out.begins[l + 1];
    }
    if (options.progress) {
      options.progress(0.5 + 0.5 * static_cast<double>(begin + count) /
                                 static_cast<double>(vectors.count));
    }
  });
  std::partial_sum(out.begins.begin(), out.begins.end(), out.begins.begin());
  for (double squares : radii) {
    out.radii.push_back(std::nextafter(static_cast<float>(std::sqrt(squares) * (1 + 1e-9)),
                                       std::numeric_limits<float>::infinity()));
  }
  out.order.resize(ToSize(vectors.count));
  std::vector<uint32_t> next(out.begins.begin(), out.begins.end() - 1);
  for (uint32_t row = 0; row < vectors.count; ++row) out.order[next[list[row]]++] = row;
  return out;
}

CentreCodes EncodeCentres(const model::Lists& lists, uint64_t width) {
  constexpr size_t kItems = kernels::kScreenItems;
  CentreCodes out;
  out.groups = ToSize((width + 3) / 4);
  const size_t size = out.groups * 64 + kernels::kScreenTerms;
  out.blocks.assign((lists.size() + kItems - 1) / kItems * size, 128);
  for (size_t list = 0; list < lists.size(); ++list) {
    const float* x = lists.centres.data() + list * width;
    uint8_t* block = out.blocks.data() + list / kItems * size;
    float most = 0;
    bool sound = true;
    for (size_t i = 0; i < width; ++i) {
      most = std::max(most, std::abs(x[i]));
      sound &= std::abs(x[i]) < 1e30f;
    }
    // A centre that is not finite, as of damaged files, has scale 0 like one that is zero.
    const auto scale =
        static_cast<uint16_t>(sound ? (BitCast<uint32_t>(most / 127) + 0xffff) >> 16 : 0);
    const float step = BitCast<float>(uint32_t{scale} << 16);
    for (size_t i = 0; i < width && step > 0; ++i) {
      // Adding 1.5·2²³ rounds to an integer; the code lies within ±127 as the scale was rounded up.
      const float code = x[i] / step + 12582912.0f - 12582912.0f;
      block[i / 4 * 64 + list % kItems * 4 + i % 4] =
          static_cast<uint8_t>(static_cast<int>(code) + 128);
    }
    std::memcpy(block + out.groups * 64 + list % kItems * 2, &scale, sizeof(scale));
  }
  return out;
}

}  // namespace duomo::retrieval
