// A host program in C++, as somebody who installed Duomo would write it: main.cc MODEL
#include <duomo/duomo.hpp>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  auto model = duomo::Model::Open(argv[1]);
  auto context = duomo::Context::Create(model);
  auto best = context.TopK(duomo::TopKRequest::User(model.UserIdAt(0)).K(5));
  for (auto [id, score] : best[0]) {
    if (context.Predict(model.UserIdAt(0), id) != score) return 3;
    std::cout << "item " << id << ": " << score << '\n';
  }
  std::cout << duomo::BuildInfo() << '\n';
  return best[0].empty() ? 4 : 0;
} catch (const duomo::Error& error) {
  std::cerr << duomo::StatusName(error.status()) << ": " << error.message() << '\n';
  return 1;
}
