// Runs the copies of hpp_test.cc: hpp_main FOLDER, which make_fixtures filled.
#include <cstdio>
#include <exception>

int TestCxx17(const char* models);
int TestCxx20(const char* models);
int TestNoExceptions(const char* models);

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  int failures = TestCxx17(argv[1]) + TestCxx20(argv[1]) + TestNoExceptions(argv[1]);
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::printf("an exception that nobody expected: %s\n", error.what());
  return 1;
}
