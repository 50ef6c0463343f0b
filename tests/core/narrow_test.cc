#include "core/narrow.h"

#include <gtest/gtest.h>

namespace duomo {
namespace {

constexpr uint64_t kHalf = uint64_t{1} << 31;

template <typename Call>
Status StatusOf(const Call& call) {
  try {
    call();
    return Status::kOk;
  } catch (const Error& error) {
    return error.status();
  }
}

TEST(Narrow, AProcessOf32BitsHasHalfOfItsAddressesForOneThing) {
  EXPECT_EQ(ToSize<uint32_t>(kHalf - 1), 2147483647u);
  EXPECT_EQ(StatusOf([] { ToSize<uint32_t>(kHalf); }), Status::kOutOfMemory);
  EXPECT_EQ(StatusOf([] { ToSize<uint32_t>((uint64_t{1} << 32) + 64); }), Status::kOutOfMemory);
  EXPECT_EQ(StatusOf([] { ToSize<uint32_t>(UINT64_MAX); }), Status::kOutOfMemory);
}

TEST(Narrow, OneOf64BitsTakesAllNumbers) {
  EXPECT_EQ(ToSize<uint64_t>(kHalf << 20), kHalf << 20);
  EXPECT_EQ(ToSize<uint64_t>(UINT64_MAX), UINT64_MAX);  // whoever allocates refuses it
}

TEST(Narrow, TheMessageHasTheNumberAndSaysWhatHelps) {
  try {
    ToSize<uint32_t>((uint64_t{1} << 32) + 64);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "4294967360 bytes or elements are more than a process of 32 bits can address; take a "
              "smaller model or fewer at a time, or a 64-bit build");
  }
}

TEST(Narrow, ProductsDoNotWrapAround) {
  EXPECT_EQ(Times<uint32_t>(65536, 65535), 4294901760u);
  EXPECT_EQ(StatusOf([] { Times<uint32_t>(65536, 65536); }), Status::kOutOfMemory);
  EXPECT_EQ(Times<uint64_t>(kHalf, kHalf), kHalf * kHalf);
  EXPECT_EQ(StatusOf([] { Times<uint64_t>(kHalf * kHalf, 4); }), Status::kOutOfMemory);
  EXPECT_EQ(Times<uint64_t>(UINT64_MAX, 0), 0u);
}

}  // namespace
}  // namespace duomo
