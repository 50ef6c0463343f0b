// Versions and how the library was built.
#include "core/version.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "duomo/duomo.h"
#include "kernels/dense.h"
#include "kernels/vector.h"

namespace {

// Filled once, without allocation: this function cannot report that it ran out of memory.
struct BuildInfo {
  char text[128] = {};
  size_t size = 0;

  BuildInfo() {
    Append("duomo ");
    Append(duomo::kVersion);
    Append(duomo::kernels::HasOneDnn() ? ", oneDNN " : ", portable");
    Append(duomo::kernels::OneDnnVersion());
    Append(", ");
    Append(duomo::kernels::Vector().name);
  }

  void Append(std::string_view part) {
    size_t n = std::min(part.size(), sizeof(text) - 1 - size);
    std::memcpy(text + size, part.data(), n);
    size += n;
  }
};

}  // namespace

static_assert(duomo::kVersion == "0.1.0" && DUOMO_VERSION_MAJOR == 0 && DUOMO_VERSION_MINOR == 1 &&
                  DUOMO_VERSION_PATCH == 0,
              "core/version.h and duomo.h must name the same version");

const char* duomo_version(void) { return duomo::kVersion.data(); }

const char* duomo_build_info(void) {
  static const BuildInfo info;
  return info.text;
}
