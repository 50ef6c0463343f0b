// Figures for people: durations, and what a process has in memory.
#pragma once

#include <cstdio>
#include <string>

namespace duomo::bench {

// In MB: what the process has for itself, and pages of mapped files that it has touched.
struct Memory {
  double own = 0, mapped = 0;
};

inline Memory MemoryNow() {
  Memory out;
  if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
    char line[256];
    double kb = 0;
    while (std::fgets(line, sizeof line, file) != nullptr) {
      if (std::sscanf(line, "RssAnon: %lf", &kb) == 1) out.own = kb / 1024;
      if (std::sscanf(line, "RssFile: %lf", &kb) == 1) out.mapped = kb / 1024;
    }
    std::fclose(file);
  }
  return out;
}

// Three digits, in the unit that suits.
inline std::string Duration(double seconds) {
  const char* units[] = {"s", "ms", "µs", "ns"};
  size_t unit = 0;
  while (unit < 3 && seconds < 1) seconds *= 1000, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, "%.*f %s",
                seconds < 10    ? 2
                : seconds < 100 ? 1
                                : 0,
                seconds, units[unit]);
  return text;
}

}  // namespace duomo::bench
