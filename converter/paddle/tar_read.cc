#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>

#include "converter/arrays/import_tensors.h"
#include "converter/paddle/tar.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

constexpr size_t kBlock = 512, kMostMembers = 100'000;
constexpr uint64_t kLongestHeader = 1 << 20;  // of a pax header or a long name

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& where)
      : bytes_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), where_(where) {}

  std::vector<TarMember> Run() {
    while (true) {
      if (bytes_.size() - at_ < kBlock) Damaged("it ends without a last block; is it truncated?");
      std::string_view header = bytes_.substr(at_, kBlock);
      if (header.find_first_not_of('\0') == header.npos) return std::move(members_);
      CheckSum(header);
      at_ += kBlock;
      ReadMember(header);
    }
  }

 private:
  template <typename... Parts>
  [[noreturn]] void Damaged(const Parts&... why) const {
    Fail(Status::kCorrupt, where_, ": damaged tar archive at byte ", at_, ": ", why...);
  }
  template <typename... Parts>
  [[noreturn]] void Refuse(std::string_view name, const Parts&... why) const {
    Fail(Status::kUnsupported, where_, ": member ", QuotedName(name), ' ', why...);
  }

  static std::string_view Text(std::string_view field) { return field.substr(0, field.find('\0')); }

  uint64_t Number(std::string_view field) const {
    if (static_cast<unsigned char>(field[0]) & 0x80) {  // base 256
      uint64_t value = static_cast<unsigned char>(field[0]) & 0x7F;
      for (char c : field.substr(1)) {
        if (value >> 55 != 0) Damaged("an absurd number");
        value = value << 8 | static_cast<unsigned char>(c);
      }
      return value;
    }
    std::string_view digits = Text(field);
    size_t begin = std::min(digits.find_first_not_of(' '), digits.size());
    digits.remove_prefix(begin);
    digits = digits.substr(0, digits.find(' '));
    uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      Damaged("a header without numbers where numbers belong");
    }
    return value;
  }

  void CheckSum(std::string_view header) const {
    constexpr size_t kAt = 148, kSize = 8;
    uint64_t sum = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      bool own = i >= kAt && i < kAt + kSize;
      sum += own ? uint64_t{' '} : uint64_t{static_cast<unsigned char>(header[i])};
    }
    if (Number(header.substr(kAt, kSize)) != sum) Damaged("the header's checksum is wrong");
  }

  std::string_view Take(uint64_t size, std::string_view name) {
    if (size > bytes_.size() - at_) {
      Fail(Status::kCorrupt, where_, ": member ", QuotedName(name), " has ", size,
           " bytes, but only ", bytes_.size() - at_, " are left; is the archive truncated?");
    }
    std::string_view data = bytes_.substr(at_, size);
    uint64_t padding = (kBlock - size % kBlock) % kBlock;
    at_ += size + std::min<uint64_t>(padding, bytes_.size() - at_ - size);
    return data;
  }

  void ReadMember(std::string_view header) {
    const char type = header[156];
    uint64_t size = Number(header.substr(124, 12));
    std::string name(Text(header.substr(0, 100)));
    std::string_view prefix = Text(header.substr(345, 155));
    if (header.substr(257, 6) == std::string_view("ustar\0", 6) && !prefix.empty()) {
      name = StrCat(prefix, '/', name);
    }
    if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
      if (size > kLongestHeader) Damaged("a header of ", size, " bytes");
      std::string_view data = Take(size, name);
      if (type == 'x') ReadPax(data);
      if (type == 'L') long_name_ = Text(data);
      return;
    }
    if (!long_name_.empty()) name = std::exchange(long_name_, {});
    if (has_pax_size_) size = pax_size_;
    has_pax_size_ = false;
    if (type == '5') return;
    if (type != '0' && type != '\0' && type != '7') {
      Refuse(name, "is no regular file (type '", type < 0x20 || type > 0x7E ? '?' : type, "')");
    }
    std::string_view data = Take(size, name);
    while (name.starts_with("./")) name.erase(0, 2);
    CheckName(name);
    if (members_.size() == kMostMembers) {
      Fail(Status::kUnsupported, where_, ": more than ", kMostMembers, " members");
    }
    if (!names_.insert(name).second) Refuse(name, "stands there twice");
    members_.push_back({std::move(name), std::as_bytes(std::span(data.data(), data.size()))});
  }

  // "LENGTH KEY=VALUE\n", of which path and size concern us.
  void ReadPax(std::string_view data) {
    while (!data.empty()) {
      size_t length = 0;
      auto [end, error] = std::from_chars(data.data(), data.data() + data.size(), length);
      auto digits = static_cast<size_t>(end - data.data());
      if (error != std::errc() || length > data.size() || length < digits + 3 ||
          data[digits] != ' ' || data[length - 1] != '\n') {
        Damaged("a pax header that is none");
      }
      std::string_view record = data.substr(digits + 1, length - digits - 2);
      data.remove_prefix(length);
      size_t equals = record.find('=');
      if (equals == record.npos) Damaged("a pax header that is none");
      std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
      if (key == "path") long_name_ = value;
      if (key == "size") {
        auto [stop, bad] = std::from_chars(value.data(), value.data() + value.size(), pax_size_);
        has_pax_size_ = true;
        if (bad != std::errc() || stop != value.data() + value.size()) {
          Damaged("a pax header with a size that is no number");
        }
      }
    }
  }

  void CheckName(std::string_view name) const {
    if (name.empty()) Damaged("a member without a name");
    if (name.starts_with('/')) Refuse(name, "has an absolute path");
    for (std::string_view rest = name; !rest.empty();) {
      std::string_view part = rest.substr(0, rest.find('/'));
      if (part == "..") Refuse(name, "has a path that leads out of the archive");
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
  }

  std::string_view bytes_;
  const std::string& where_;
  size_t at_ = 0;
  std::vector<TarMember> members_;
  std::set<std::string> names_;
  std::string long_name_;
  uint64_t pax_size_ = 0;
  bool has_pax_size_ = false;
};

}  // namespace

std::vector<TarMember> ReadTar(std::span<const std::byte> bytes, const std::string& where) {
  return Reader(bytes, where).Run();
}

}  // namespace duomo::convert
