// From exceptions to duomo_status and duomo_error.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capi/guard.h"
#include "core/text.h"

namespace duomo::capi {

duomo_status Report(duomo_error* error, Status status, std::string_view message) noexcept {
  auto code = static_cast<duomo_status>(status);
  if (error == nullptr) return code;
  error->status = code;
  std::string_view kept = Utf8Prefix(message, sizeof(error->message) - 1);
  std::memcpy(error->message, kept.data(), kept.size());
  error->message[kept.size()] = '\0';
  if (!IsUtf8(kept)) {  // a file's name, say: Linux allows any bytes there
    std::replace_if(
        error->message, error->message + kept.size(),
        [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return code;
}

duomo_status ReportCurrentException(duomo_error* error) noexcept {
  try {
    throw;
  } catch (const Error& e) {
    return Report(error, e.status(), e.message());
  } catch (const std::bad_alloc&) {
    return Report(error, Status::kOutOfMemory, "out of memory");
  } catch (const std::length_error&) {  // a container was asked for more than can be addressed
    return Report(error, Status::kOutOfMemory, "out of memory: the request is too large");
  } catch (const std::exception& e) {
    return Report(error, Status::kInternal, e.what());
  } catch (...) {
    return Report(error, Status::kInternal, "an exception of unknown type");
  }
}

}  // namespace duomo::capi

const char* duomo_status_name(duomo_status status) {
  switch (status) {
    case DUOMO_OK:
      return "DUOMO_OK";
    case DUOMO_INVALID_ARGUMENT:
      return "DUOMO_INVALID_ARGUMENT";
    case DUOMO_NOT_FOUND:
      return "DUOMO_NOT_FOUND";
    case DUOMO_OUT_OF_MEMORY:
      return "DUOMO_OUT_OF_MEMORY";
    case DUOMO_IO_ERROR:
      return "DUOMO_IO_ERROR";
    case DUOMO_CORRUPT:
      return "DUOMO_CORRUPT";
    case DUOMO_UNSUPPORTED_VERSION:
      return "DUOMO_UNSUPPORTED_VERSION";
    case DUOMO_UNSUPPORTED:
      return "DUOMO_UNSUPPORTED";
    case DUOMO_INTERNAL:
      return "DUOMO_INTERNAL";
    default:
      return "unknown status";
  }
}
