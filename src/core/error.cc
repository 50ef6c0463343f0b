#include "core/error.h"

#include <charconv>

#include "core/narrow.h"

namespace duomo::internal {
namespace {

// to_chars, not a stream: messages must not depend on the host's locale.
template <typename T>
void AppendNumber(std::string& out, T value) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

}  // namespace

std::string Join(const Piece* pieces, size_t count) {
  std::string out;
  for (const Piece* p = pieces; p != pieces + count; ++p) {
    switch (p->kind) {
      case Piece::Kind::kText:
        out.append(p->text, p->size);
        break;
      case Piece::Kind::kCharacter:
        out += static_cast<char>(p->integer);
        break;
      case Piece::Kind::kSigned:
        AppendNumber(out, static_cast<int64_t>(p->integer));
        break;
      case Piece::Kind::kUnsigned:
        AppendNumber(out, p->integer);
        break;
      case Piece::Kind::kFloat:
        AppendNumber(out, static_cast<float>(p->number));
        break;
      case Piece::Kind::kDouble:
        AppendNumber(out, p->number);
        break;
    }
  }
  return out;
}

void Throw(Status status, const Piece* pieces, size_t count) {
  throw Error(status, Join(pieces, count));
}

void FailToAddress(uint64_t n, size_t bits) {
  Fail(Status::kOutOfMemory, n, " bytes or elements are more than a process of ", bits,
       " bits can address; take a smaller model or fewer at a time, or a 64-bit build");
}

}  // namespace duomo::internal
