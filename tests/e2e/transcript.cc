#include "transcript.h"

#include <cctype>
#include <cmath>
#include <cstdlib>

namespace duomo::testing {
namespace {

constexpr std::string_view kAny = "…";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// How many characters of a number `text` begins with: 12, 1,234 or 0.75; not the point of "12."
size_t NumberLength(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && (IsDigit(text[n]) || (n > 0 && (text[n] == '.' || text[n] == ',') &&
                                                  n + 1 < text.size() && IsDigit(text[n + 1])))) {
    ++n;
  }
  return n;
}

// " s" or " ms" as a word
bool IsUnitOfTime(std::string_view text) {
  size_t end = text.substr(0, 2) == " s" ? 2 : text.substr(0, 3) == " ms" ? 3 : 0;
  return end > 0 && (end == text.size() || !std::isalpha(static_cast<unsigned char>(text[end])));
}

double ValueOf(std::string_view number) {
  std::string digits;
  for (char c : number) {
    if (c != ',') digits += c;
  }
  return std::strtod(digits.c_str(), nullptr);
}

bool NumberMatches(std::string_view shown, std::string_view printed, std::string_view behind) {
  if (IsUnitOfTime(behind)) return true;
  bool decimal = shown.find('.') != shown.npos && printed.find('.') != printed.npos;
  bool size = behind.substr(0, 6) == " bytes";
  if (!decimal && !size) return shown == printed;
  double a = ValueOf(shown), b = ValueOf(printed);
  return std::abs(a - b) <= std::fmax(0.02, 0.1 * std::abs(a));
}

size_t Blanks(std::string_view text) {
  size_t n = text.find_first_not_of(' ');
  return n == text.npos ? text.size() : n;
}

bool LinesMatch(const std::string* shown, size_t shown_count, const std::string* printed,
                size_t printed_count) {
  if (shown_count == 0) return printed_count == 0;
  if (*shown == kAny) {
    for (size_t skipped = 0; skipped <= printed_count; ++skipped) {
      if (LinesMatch(shown + 1, shown_count - 1, printed + skipped, printed_count - skipped))
        return true;
    }
    return false;
  }
  return printed_count > 0 && LineMatches(*shown, *printed) &&
         LinesMatch(shown + 1, shown_count - 1, printed + 1, printed_count - 1);
}

}  // namespace

std::vector<Step> Steps(std::string_view transcript, size_t first_line) {
  std::vector<Step> steps;
  bool continued = false;
  for (size_t line = first_line; !transcript.empty(); ++line) {
    size_t end = transcript.find('\n');
    std::string text(transcript.substr(0, end));
    transcript.remove_prefix(end == transcript.npos ? transcript.size() : end + 1);
    bool command = !continued && text.rfind("$ ", 0) == 0;
    if (command || steps.empty()) {
      steps.emplace_back();
      steps.back().line = line;
    }
    if (command || continued) {
      steps.back().command += (command ? text.substr(2) : text) + "\n";
      continued = !text.empty() && text.back() == '\\';
    } else {
      steps.back().output.push_back(text);
    }
  }
  return steps;
}

bool LineMatches(std::string_view shown, std::string_view printed) {
  while (!shown.empty()) {
    if (shown.substr(0, kAny.size()) == kAny) {
      shown.remove_prefix(kAny.size());
      for (size_t skipped = 0; skipped <= printed.size(); ++skipped) {
        if (LineMatches(shown, printed.substr(skipped))) return true;
      }
      return false;
    }
    size_t a = NumberLength(shown), b = NumberLength(printed);
    if (a > 0 && b > 0) {
      if (!NumberMatches(shown.substr(0, a), printed.substr(0, b), shown.substr(a))) return false;
    } else {
      a = Blanks(shown), b = Blanks(printed);
      if ((a > 0) != (b > 0)) return false;
      if (a == 0) {
        if (printed.empty() || shown[0] != printed[0]) return false;
        a = b = 1;
      }
    }
    shown.remove_prefix(a);
    printed.remove_prefix(b);
  }
  return printed.empty();
}

bool OutputMatches(const std::vector<std::string>& shown, const std::vector<std::string>& printed) {
  return LinesMatch(shown.data(), shown.size(), printed.data(), printed.size());
}

}  // namespace duomo::testing
