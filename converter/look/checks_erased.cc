// Whether anything of users or items who are said to be gone is left in a file.
#include <algorithm>
#include <cstring>

#include "converter/edit/entities.h"
#include "converter/edit/erase.h"
#include "converter/look/checks.h"
#include "converter/output.h"
#include "converter/tables/record_features.h"
#include "core/key_hash.h"

namespace duomo::convert {
namespace {

using model::KeyKind;
using model::Model;
using model::Side;

// Shorter keys turn up in numbers and words by chance.
constexpr size_t kLeastRaw = 6;

bool IsWordByte(char c) {
  auto u = static_cast<unsigned char>(c);
  return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u >= 0x80;
}

// Where `key` stands in `text` as a word of its own; npos: nowhere.
size_t FindWord(std::string_view text, std::string_view key) {
  for (size_t at = 0; (at = text.find(key, at)) != text.npos; ++at) {
    size_t end = at + key.size();
    bool begins = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(key.front());
    bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(key.back());
    if (begins && ends) return at;
  }
  return text.npos;
}

class ErasedCheck {
 public:
  ErasedCheck(const Model& model, Side side, const std::vector<ListedKey>& list)
      : m_(model), side_(side), list_(list) {
    check_.name = StrCat("erased ", PrefixOf(side));
    vocabularies_ = IdVocabularies(model, side);
    for (const model::Input& input : model.description().inputs) {
      if (input.kind != model::InputKind::kHistory || side != Side::kItem) continue;
      auto v = static_cast<uint32_t>(input.vocabulary);
      if (std::ranges::find(vocabularies_, v) == vocabularies_.end()) vocabularies_.push_back(v);
    }
  }

  Check Run() {
    for (const ListedKey& one : list_) CheckIndices(one.key);
    // What histories name by row is an item that is there, as CheckHistory sees to.
    CheckTexts();
    std::string looked;
    for (uint32_t v : vocabularies_) looked += StrCat(", ", m_.description().vocabularies[v].name);
    check_.checked =
        StrCat(Commas(list_.size()), " keys: not in keys, ids", looked,
               ", titles, the header and the bytes of ", m_.file().segments().size(), " segments");
    return std::move(check_);
  }

 private:
  static bool Has(const model::KeyIndex& keys, const std::string& key, uint64_t& row) {
    auto found = FindKey(keys, key);
    if (found) row = *found;
    return found.has_value();
  }

  void CheckIndices(const std::string& key) {
    uint64_t row = 0;
    if (m_.side(side_).count > 0 && Has(m_.side(side_).keys, key, row)) {
      check_.Problem(PrefixOf(side_), " has the key ", Quoted(key), " in row ", row);
    }
    if (auto ids = m_.file().Find(PrefixOf(side_) + "/ids/sorted"); ids) {
      auto sorted = ids->As<int64_t>();
      if (std::binary_search(sorted.begin(), sorted.end(), IdOfString(key))) {
        check_.Problem(PrefixOf(side_), "/ids/sorted has the id of ", Quoted(key));
      }
    }
    for (uint32_t v : vocabularies_) {
      if (!Has(m_.vocabulary(v), key, row)) continue;
      check_.Problem("the vocabulary ", Quoted(m_.description().vocabularies[v].name), " has ",
                     Quoted(key), " in row ", row, ", and its tables what was learned of it");
    }
  }

  // Texts, and what nobody knows; of keys and vocabularies that were searched, whole rows count and
  // nothing else: "user-1" is not in "user-12".
  void CheckTexts() {
    auto header = m_.file().header_bytes();
    std::vector<std::string> searched = {PrefixOf(side_) + "/text"};
    for (uint32_t v : vocabularies_) {
      searched.push_back(StrCat("vocabularies/", m_.description().vocabularies[v].name, "/text"));
    }
    for (const ListedKey& one : list_) {
      const std::string& key = one.key;
      bool digits = key.find_first_not_of("-0123456789") == key.npos;
      if (digits || key.size() < kLeastRaw) continue;
      size_t at = FindWord(TextOf(header), key);
      if (at != std::string_view::npos) Found("the header", key, "byte", at);
      for (const file::SegmentInfo& s : m_.file().segments()) {
        if (std::ranges::find(searched, s.name) == searched.end()) LookInto(s, key);
      }
    }
  }

  static std::string_view TextOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  // Texts stand without anything between them; so each is looked into by itself.
  void LookInto(const file::SegmentInfo& s, const std::string& key) {
    const std::string name(s.name);
    std::string_view text = TextOf(m_.file().Find(s.name)->bytes);
    std::span<const uint64_t> offsets;
    if (name.ends_with("/text")) {
      auto found = m_.file().Find(name.substr(0, name.size() - 4) + "offsets");
      if (found && found->dtype == file::DType::kU64) offsets = found->As<uint64_t>();
    }
    for (size_t row = 0; row + 1 < offsets.size(); ++row) {
      if (offsets[row] > offsets[row + 1] || offsets[row + 1] > text.size()) break;
      auto one = text.substr(offsets[row], offsets[row + 1] - offsets[row]);
      if (FindWord(one, key) == one.npos) continue;
      return Found(StrCat("the segment ", Quoted(name)), key, "row", row);
    }
    size_t at = offsets.empty() ? text.find(key) : text.npos;
    if (at != text.npos) Found(StrCat("the segment ", Quoted(name)), key, "byte", at);
  }

  void Found(const std::string& where, const std::string& key, const char* what, uint64_t at) {
    check_.Problem(where, " has ", Quoted(key), " at ", what, ' ', at);
  }

  static std::string Quoted(const std::string& text) { return StrCat('"', Clip(text, 60), '"'); }

  const Model& m_;
  Side side_;
  const std::vector<ListedKey>& list_;
  std::vector<uint32_t> vocabularies_;
  Check check_;
};

}  // namespace

Check CheckErased(const Model& model, Side side, const std::vector<ListedKey>& list) {
  return ErasedCheck(model, side, list).Run();
}

}  // namespace duomo::convert
