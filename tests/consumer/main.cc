// The header and the library from C++.
#include <duomo/duomo.h>

#include <cstring>
#include <iostream>

int main() {
  std::cout << duomo_build_info() << '\n';
  duomo_model* model = nullptr;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = duomo_model_open(&model, "/nowhere/at/all", nullptr, &error);
  return status == DUOMO_IO_ERROR && model == nullptr && std::strlen(error.message) > 0 ? 0 : 1;
}
