#include "converter/edit/traces.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "converter/edit/entities.h"
#include "converter/edit/erase.h"
#include "converter/output.h"
#include "converter/tables/record_features.h"
#include "core/key_hash.h"

namespace duomo::convert {
namespace {

using model::Model;
using model::Side;

// Shorter keys turn up in numbers and words by chance.
constexpr size_t kLeastRaw = 6;

bool IsWordByte(char c) {
  auto u = static_cast<unsigned char>(c);
  return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u >= 0x80;
}

// Whether what stands there is a word of its own.
bool IsWord(std::string_view text, size_t at, size_t size) {
  size_t end = at + size;
  bool begins = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(text[at]);
  bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(text[end - 1]);
  return begins && ends;
}

std::string Quoted(std::string_view text) { return StrCat('"', Clip(text, 60), '"'); }

// Many keys in one pass: a byte at which no key begins costs a look into a table of bits.
class Matcher {
 public:
  explicit Matcher(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      bool digits = key.find_first_not_of("-0123456789") == key.npos;
      if (digits || key.size() < kLeastRaw || !keys_.emplace(key, keys_.size()).second) continue;
      auto& lengths = lengths_[Head(key)];
      if (std::ranges::find(lengths, key.size()) == lengths.end()) lengths.push_back(key.size());
      begins_[Bit(Head(key))] = true;
    }
  }
  bool empty() const { return keys_.empty(); }

  // Calls take(key, its number, place) wherever a key stands.
  template <typename Take>
  void Scan(std::string_view text, const Take& take) const {
    for (size_t at = 0; at + kLeastRaw <= text.size(); ++at) {
      const uint64_t head = Head(text.substr(at));
      if (!begins_[Bit(head)]) continue;
      auto lengths = lengths_.find(head);
      if (lengths == lengths_.end()) continue;
      for (size_t size : lengths->second) {
        if (size > text.size() - at) continue;
        auto key = keys_.find(text.substr(at, size));
        if (key != keys_.end()) take(key->first, key->second, at);
      }
    }
  }
  size_t size() const { return keys_.size(); }

 private:
  static constexpr size_t kBits = size_t{1} << 20;
  static uint64_t Head(std::string_view text) {
    uint64_t head = 0;
    std::memcpy(&head, text.data(), kLeastRaw);
    return head;
  }
  static size_t Bit(uint64_t head) { return (head * 0x9e3779b97f4a7c15) >> 44; }

  std::vector<bool> begins_ = std::vector<bool>(kBits);
  std::unordered_map<uint64_t, std::vector<size_t>> lengths_;  // of the keys that begin so
  std::unordered_map<std::string_view, size_t> keys_;
};

class Search {
 public:
  Search(const Model& model, Side side, const std::vector<std::string>& keys,
         const std::function<void(std::string)>& found)
      : m_(model), side_(side), keys_(keys), matcher_(keys), found_(found) {
    vocabularies_ = VocabulariesOfKeys(model, side);
  }

  void Run() {
    for (const std::string& key : keys_) LookIntoIndices(key);
    // What histories name by row is an item that is there.
    if (matcher_.empty()) return;
    LookIntoHeader();
    // Of keys and vocabularies that were searched, whole rows count and nothing else: "user-1" is
    // not in "user-12".
    std::vector<std::string> searched = {PrefixOf(side_) + "/text"};
    for (uint32_t v : vocabularies_) {
      searched.push_back(StrCat("vocabularies/", m_.description().vocabularies[v].name, "/text"));
    }
    for (const file::SegmentInfo& s : m_.file().segments()) {
      if (std::ranges::find(searched, s.name) == searched.end()) LookInto(s);
    }
  }

 private:
  template <typename... Parts>
  void Found(const Parts&... parts) {
    found_(StrCat(parts...));
  }

  void LookIntoIndices(const std::string& key) {
    if (m_.side(side_).count > 0) {
      if (auto row = FindKey(m_.side(side_).keys, key)) {
        Found(PrefixOf(side_), " has the key ", Quoted(key), " in row ", *row);
      }
    }
    if (auto ids = m_.file().Find(PrefixOf(side_) + "/ids/sorted"); ids) {
      auto sorted = ids->As<int64_t>();
      if (std::binary_search(sorted.begin(), sorted.end(), IdOfString(key))) {
        Found(PrefixOf(side_), "/ids/sorted has the id of ", Quoted(key));
      }
    }
    for (uint32_t v : vocabularies_) {
      auto row = FindKey(m_.vocabulary(v), key);
      if (!row) continue;
      Found("the vocabulary ", Quoted(m_.description().vocabularies[v].name), " has ", Quoted(key),
            " in row ", *row, ", and its tables what was learned of it");
    }
  }

  static std::string_view TextOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  void LookIntoHeader() {
    std::vector<bool> seen(matcher_.size());
    const std::string_view header = TextOf(m_.file().header_bytes());
    matcher_.Scan(header, [&](std::string_view key, size_t number, size_t at) {
      if (seen[number] || !IsWord(header, at, key.size())) return;
      seen[number] = true;
      std::string metadata;
      for (const auto& entry : m_.metadata()) {
        for (std::string_view part : {entry.key, entry.value}) {
          if (part.data() <= header.data() + at && header.data() + at < part.data() + part.size()) {
            metadata = StrCat(", in the metadata ", Quoted(entry.key));
          }
        }
      }
      Found("the header has ", Quoted(key), " at byte ", at, metadata);
    });
  }

  // Texts stand without anything between them; so each is looked into by itself.
  void LookInto(const file::SegmentInfo& s) {
    const std::string name(s.name);
    std::string_view text = TextOf(m_.file().Find(s.name)->bytes);
    std::span<const uint64_t> offsets;
    if (name.ends_with("/text")) {
      auto found = m_.file().Find(name.substr(0, name.size() - 4) + "offsets");
      if (found && found->dtype == file::DType::kU64) offsets = found->As<uint64_t>();
    }
    std::vector<bool> seen(matcher_.size());
    auto report = [&](std::string_view key, size_t number, const char* what, uint64_t at) {
      if (seen[number]) return;
      seen[number] = true;
      Found("the segment ", Quoted(name), " has ", Quoted(key), " at ", what, ' ', at);
    };
    for (size_t row = 0; row + 1 < offsets.size(); ++row) {
      if (offsets[row] > offsets[row + 1] || offsets[row + 1] > text.size()) break;
      auto one = text.substr(offsets[row], offsets[row + 1] - offsets[row]);
      matcher_.Scan(one, [&](std::string_view key, size_t number, size_t at) {
        if (IsWord(one, at, key.size())) report(key, number, "row", row);
      });
    }
    if (!offsets.empty()) return;
    matcher_.Scan(text, [&](std::string_view key, size_t number, size_t at) {
      report(key, number, "byte", at);
    });
  }

  const Model& m_;
  const Side side_;
  const std::vector<std::string>& keys_;
  const Matcher matcher_;
  const std::function<void(std::string)>& found_;
  std::vector<uint32_t> vocabularies_;
};

}  // namespace

std::vector<uint32_t> VocabulariesOfKeys(const Model& model, Side side) {
  std::vector<uint32_t> out = IdVocabularies(model, side);
  for (const model::Input& input : model.description().inputs) {
    if (input.kind != model::InputKind::kHistory || side != Side::kItem) continue;
    auto v = static_cast<uint32_t>(input.vocabulary);
    if (std::ranges::find(out, v) == out.end()) out.push_back(v);
  }
  return out;
}

void FindTraces(const Model& model, Side side, const std::vector<std::string>& keys,
                const std::function<void(std::string)>& found) {
  Search(model, side, keys, found).Run();
}

void Traces::Add(std::string place) {
  if (++count <= kNamed) places.push_back(std::move(place));
}

std::string Traces::Text() const {
  std::string text = "who is gone is still named elsewhere in the file:\n";
  for (const std::string& place : places) text += StrCat("- ", place, "\n");
  if (count > places.size()) text += StrCat("- and ", Commas(count - places.size()), " more\n");
  return text;
}

}  // namespace duomo::convert
