// Burger and Dybvig, "Printing floating-point numbers quickly and accurately", free format: digits
// are those of a fraction of large integers, until what was written can only be this number.
#include "core/decimal.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "core/bits.h"

namespace duomo {
namespace {

// A natural number below 2^1280: ten times 2^1074 and more.
class Big {
 public:
  explicit Big(uint64_t x) {
    words_[0] = static_cast<uint32_t>(x);
    words_[1] = static_cast<uint32_t>(x >> 32);
  }
  void Times(uint32_t factor) {
    uint64_t carry = 0;
    for (uint32_t& word : words_) {
      carry += uint64_t{word} * factor;
      word = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  void TimesTenTo(int n) {
    while (n-- > 0) Times(10);
  }
  void Double(int times) {
    for (; times >= 31; times -= 31) Times(1u << 31);
    Times(1u << times);
  }
  void Add(const Big& other) {
    uint64_t carry = 0;
    for (size_t i = 0; i < kWords; ++i) {
      carry += uint64_t{words_[i]} + other.words_[i];
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  void Subtract(const Big& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < kWords; ++i) {
      borrow += int64_t{words_[i]} - other.words_[i];
      words_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
  }
  // -1, 0 or 1.
  int Compare(const Big& other) const {
    for (size_t i = kWords; i-- > 0;) {
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  static constexpr size_t kWords = 40;
  uint32_t words_[kWords] = {};
};

int CompareSum(Big a, const Big& b, const Big& c) {
  a.Add(b);
  return a.Compare(c);
}

struct Digits {
  char text[20];
  int size = 0;
  int point = 0;  // the number is 0.text · 10^point
};

// Of fraction · 2^exponent > 0. `narrow`: the number below is only half as far as the one above.
Digits Shortest(uint64_t fraction, int exponent, bool narrow) {
  const bool even = fraction % 2 == 0;
  Big r(fraction), s(1), above(1), below(1);
  if (exponent >= 0) {
    r.Double(exponent);
    above.Double(exponent);
    below.Double(exponent);
  } else {
    s.Double(-exponent);
  }
  r.Double(narrow ? 2 : 1);
  s.Double(narrow ? 2 : 1);
  if (narrow) above.Double(1);

  int bits = 0;
  while (fraction >> bits > 1) ++bits;
  // Not above the right one, and at most one below it.
  const double guess = (exponent + bits) * 0.30102999566398114 - 1e-10;
  int point = static_cast<int>(guess);
  if (guess > point) ++point;
  if (point >= 0) {
    s.TimesTenTo(point);
  } else {
    for (Big* x : {&r, &above, &below}) x->TimesTenTo(-point);
  }
  const int over = CompareSum(r, above, s);
  if (over > 0 || (over == 0 && even)) {
    ++point;
  } else {
    for (Big* x : {&r, &above, &below}) x->Times(10);
  }

  Digits out;
  out.point = point;
  for (;;) {
    char digit = '0';
    while (r.Compare(s) >= 0) {
      r.Subtract(s);
      ++digit;
    }
    const int low = r.Compare(below), high = CompareSum(r, above, s);
    const bool down = low < 0 || (low == 0 && even), up = high > 0 || (high == 0 && even);
    if (up && down) {
      const int half = CompareSum(r, r, s);
      if (half > 0 || (half == 0 && digit % 2 != 0)) ++digit;
    } else if (up) {
      ++digit;
    }
    out.text[out.size++] = digit;
    if (down || up) return out;
    for (Big* x : {&r, &above, &below}) x->Times(10);
  }
}

// `whole`: the number where it is one below 2^64, else 0.
size_t Write(const Digits& d, uint64_t whole, char* out) {
  char* p = out;
  const int n = d.size, exponent = d.point - 1, size = exponent < 0 ? -exponent : exponent;
  const int scientific = n + (n > 1) + (size >= 100 ? 5 : 4);
  const int plain = d.point <= 0 ? 2 - d.point + n : d.point >= n ? d.point : n + 1;
  auto put = [&p](const char* text, int count) {
    std::memcpy(p, text, static_cast<size_t>(count));
    p += count;
  };
  auto zeros = [&p](int count) {
    while (count-- > 0) *p++ = '0';
  };
  if (plain > scientific) {
    put(d.text, 1);
    if (n > 1) *p++ = '.';
    put(d.text + 1, n - 1);
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    if (size >= 100) *p++ = static_cast<char>('0' + size / 100);
    *p++ = static_cast<char>('0' + size / 10 % 10);
    *p++ = static_cast<char>('0' + size % 10);
  } else if (d.point <= 0) {
    put("0.", 2);
    zeros(-d.point);
    put(d.text, n);
  } else if (d.point >= n && whole > 0) {
    p = std::to_chars(p, p + 20, whole).ptr;  // to the last digit, though fewer would do
  } else if (d.point >= n) {
    put(d.text, n);
    zeros(d.point - n);
  } else {
    put(d.text, d.point);
    *p++ = '.';
    put(d.text + d.point, n - d.point);
  }
  return static_cast<size_t>(p - out);
}

// Of the parts of a float with `width` bits of fraction; exponent `last` is that of infinity.
size_t WriteParts(bool negative, uint64_t fraction, int exponent, int width, int last, char* out) {
  char* p = out;
  if (negative) *p++ = '-';
  if (exponent == last) {
    std::memcpy(p, fraction == 0 ? "inf" : "nan", 3);
    return static_cast<size_t>(p - out) + 3;
  }
  if (exponent == 0 && fraction == 0) {
    *p++ = '0';
    return static_cast<size_t>(p - out);
  }
  const bool narrow = fraction == 0 && exponent > 1;
  if (exponent > 0) fraction |= uint64_t{1} << width;
  const int scale = (exponent > 0 ? exponent : 1) - last / 2 - width;
  uint64_t whole = 0;
  if (scale >= 0 && scale < 63 - width) whole = fraction << scale;
  if (scale < 0 && scale > -64 && fraction >> -scale << -scale == fraction) {
    whole = fraction >> -scale;
  }
  return static_cast<size_t>(p - out) + Write(Shortest(fraction, scale, narrow), whole, p);
}

}  // namespace

size_t WriteDecimal(double x, char* out) {
  const auto bits = BitCast<uint64_t>(x);
  return WriteParts(bits >> 63 != 0, bits & ((uint64_t{1} << 52) - 1),
                    static_cast<int>(bits >> 52 & 0x7ff), 52, 0x7ff, out);
}

size_t WriteDecimal(float x, char* out) {
  const auto bits = BitCast<uint32_t>(x);
  return WriteParts(bits >> 31 != 0, bits & ((1u << 23) - 1), static_cast<int>(bits >> 23 & 0xff),
                    23, 0xff, out);
}

}  // namespace duomo
