// Our user- and item-based predictions for one fold, as JSON for surprise_knn.py.
//   duomo-knn-figures BASE TEST K MIN_SUPPORT
// BASE and TEST: lines "user<TAB>item<TAB>rating<TAB>…" with ids from 1.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "evaluation/baselines/neighbours.h"
#include "evaluation/ratings.h"

namespace {

using duomo::evaluation::Baseline;

void Append(const char* path, duomo::data::Interactions& rows, uint32_t& users, uint32_t& items) {
  std::ifstream file(path);
  if (!file) duomo::Fail(duomo::Status::kIo, "cannot read ", path);
  std::string line;
  while (std::getline(file, line)) {
    uint32_t user = 0, item = 0;
    float rating = 0;
    if (!(std::istringstream(line) >> user >> item >> rating) || user == 0 || item == 0) {
      duomo::Fail(duomo::Status::kCorrupt, path, ": bad line: ", line);
    }
    rows.users.push_back(user - 1);
    rows.items.push_back(item - 1);
    rows.ratings.push_back(rating);
    users = std::max(users, user);
    items = std::max(items, item);
  }
}

template <typename Make>
void Print(const duomo::data::Interactions& rows, size_t train, const char* end, const Make& make) {
  auto start = std::chrono::steady_clock::now();
  const Baseline& baseline = make();
  std::vector<double> predictions;
  double squares = 0;
  for (size_t i = train; i < rows.size(); ++i) {
    predictions.push_back(baseline.Predict(rows.users[i], rows.items[i]));
    double error = predictions.back() - static_cast<double>(rows.ratings[i]);
    squares += error * error;
  }
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::string name(baseline.name());
  std::printf("\"%s\": {\"rmse\": %.17g, \"seconds\": %.3f, \"predictions\": [", name.c_str(),
              std::sqrt(squares / static_cast<double>(predictions.size())), seconds.count());
  for (size_t i = 0; i < predictions.size(); ++i) {
    std::printf("%s%.17g", i > 0 ? ", " : "", predictions[i]);
  }
  std::printf("]}%s\n", end);
}

int Run(char** arguments) {
  duomo::data::Interactions rows;
  uint32_t users = 0, items = 0;
  Append(arguments[1], rows, users, items);
  size_t train = rows.size();
  Append(arguments[2], rows, users, items);
  std::vector<uint32_t> train_rows(train);
  std::iota(train_rows.begin(), train_rows.end(), 0u);
  auto ratings =
      std::make_shared<const duomo::evaluation::RatingMatrix>(rows, train_rows, users, items);
  duomo::evaluation::NeighbourhoodOptions options;
  options.neighbours.k = static_cast<uint32_t>(std::stoul(arguments[3]));
  options.min_support = static_cast<uint32_t>(std::stoul(arguments[4]));
  std::printf("{");
  std::unique_ptr<Baseline> baseline;
  Print(rows, train, ",", [&]() -> const Baseline& {
    baseline = std::make_unique<duomo::evaluation::UserCf>(ratings, options);
    return *baseline;
  });
  Print(rows, train, "}", [&]() -> const Baseline& {
    baseline = std::make_unique<duomo::evaluation::ItemCf>(ratings, options);
    return *baseline;
  });
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: duomo-knn-figures BASE TEST K MIN_SUPPORT\n");
    return 2;
  }
  try {
    return Run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "duomo-knn-figures: %s\n", error.what());
    return 1;
  }
}
