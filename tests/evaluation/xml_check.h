// Is a text well-formed XML? Enough of the grammar for what our chart writer makes: elements,
// attributes in double quotes, the five named references; no comments, DOCTYPE or CDATA.
#pragma once

#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace duomo::testing {

struct Element {
  std::string name, text;  // text: of this element alone, references resolved
  std::map<std::string, std::string> attributes;
};

class XmlCheck {
 public:
  explicit XmlCheck(std::string_view xml) : xml_(xml) {
    if (!IsUtf8(xml)) error_ = "not UTF-8";
    if (error_.empty()) ReadElement();
    while (At('\n')) ++at_;
    if (error_.empty() && at_ != xml_.size()) error_ = "something after the root";
  }

  const std::string& error() const { return error_; }  // empty: well-formed
  const std::vector<Element>& elements() const { return elements_; }

  std::vector<Element> All(std::string_view name) const {
    std::vector<Element> out;
    for (const Element& e : elements_) {
      if (e.name == name) out.push_back(e);
    }
    return out;
  }

 private:
  bool At(char c) const { return at_ < xml_.size() && xml_[at_] == c; }
  bool Take(std::string_view text) {
    if (xml_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  void Fail(const std::string& what) {
    if (error_.empty()) error_ = what + " at byte " + std::to_string(at_);
  }
  void Space() {
    while (At(' ') || At('\n')) ++at_;
  }
  std::string Name() {
    size_t begin = at_;
    while (at_ < xml_.size() &&
           (std::isalnum(static_cast<unsigned char>(xml_[at_])) || At('-') || At(':')))
      ++at_;
    if (begin == at_) Fail("a name is missing");
    return std::string(xml_.substr(begin, at_ - begin));
  }
  char Reference() {
    for (auto [name, c] : {std::pair("&amp;", '&'),
                           {"&lt;", '<'},
                           {"&gt;", '>'},
                           {"&quot;", '"'},
                           {"&apos;", '\''}}) {
      if (Take(name)) return c;
    }
    Fail("an unknown reference");
    return '?';
  }
  std::string Characters(std::string_view stop) {
    std::string out;
    while (error_.empty() && at_ < xml_.size() && stop.find(xml_[at_]) == stop.npos) {
      auto c = static_cast<unsigned char>(xml_[at_]);
      if (c == '&') {
        out += Reference();
        continue;
      }
      if (c == '<' || (c < 0x20 && c != '\n' && c != '\t'))
        Fail("a character that may not stand here");
      out += xml_[at_++];
    }
    return out;
  }
  void ReadElement() {
    if (!Take("<")) return Fail("an element is missing");
    Element element;
    element.name = Name();
    for (Space(); error_.empty() && !At('>') && !At('/'); Space()) {
      std::string name = Name();
      if (!Take("=\"")) return Fail("=\" is missing");
      if (!element.attributes.emplace(name, Characters("\"")).second)
        return Fail("a repeated attribute");
      if (!Take("\"")) return Fail("an attribute is not closed");
    }
    size_t index = elements_.size();
    elements_.push_back(element);
    if (Take("/>")) return;
    if (!Take(">")) return Fail("a tag is not closed");
    while (error_.empty() && at_ < xml_.size()) {
      elements_[index].text += Characters("<");
      if (Take("</")) {
        if (Name() != element.name || !Take(">")) Fail("a wrong end tag");
        return;
      }
      ReadElement();
    }
    Fail("an element is not closed: " + element.name);
  }

  std::string_view xml_;
  size_t at_ = 0;
  std::string error_;
  std::vector<Element> elements_;
};

}  // namespace duomo::testing
