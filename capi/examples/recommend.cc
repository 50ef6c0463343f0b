// A user's best items and the forecast for one of them: recommend MODEL.duomo USER ITEM
#include <cstdio>
#include <cstdlib>
#include <duomo/duomo.hpp>

int main(int argc, char** argv) try {
  if (argc != 4) return std::fprintf(stderr, "MODEL USER ITEM\n"), 1;
  int64_t user = std::atoll(argv[2]), item = std::atoll(argv[3]);
  auto model = duomo::Model::Open(argv[1]);
  auto context = duomo::Context::Create(model);
  std::printf("user %s, item %s: %.2f\n", argv[2], argv[3], context.Predict(user, item));
  auto best = context.TopK(duomo::TopKRequest::User(user).K(10));
  int place = 0;
  for (auto [id, score] : best[0]) {
    auto title = model.ItemTitle(id);
    std::printf("%2d. %.2f  %.*s\n", ++place, score, int(title.size()), title.data());
  }
} catch (const std::exception& error) {
  return std::fprintf(stderr, "%s\n", error.what()), 1;
}
