// The table of whole requests, a line for each way to ask.
#pragma once

#include <map>
#include <string>

#include "assembly.h"

namespace duomo::bench {

class RequestTable {
 public:
  RequestTable(const Shop& shop, std::string items) : shop_(shop), items_(std::move(items)) {}
  static void Begin();
  // Measures for about 4 · budget seconds and prints lines. The first assembly is what the others
  // are compared with.
  void Add(Assembly& assembly, double budget);

 private:
  void Line(const std::string& who, const char* asked, double p50, double p99,
            const std::string& parts, const std::string& allocations);
  const Shop& shop_;
  const std::string items_;
  std::map<std::string, double> exact_;
};

}  // namespace duomo::bench
