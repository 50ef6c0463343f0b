// From exceptions to duomo_status and duomo_error.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capi/fail.h"
#include "capi/guard.h"
#include "core/text.h"

namespace duomo::capi {

duomo_status Report(duomo_error* error, Status status, std::string_view message,
                    const ErrorDetail& detail) noexcept {
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
  error->kind = detail.kind;
  error->argument = detail.argument;
  error->position = detail.position;
  return code;
}

duomo_status ReportCurrentException(duomo_error* error) noexcept {
  try {
    throw;
  } catch (const Error& e) {
    return Report(error, e.status(), e.message(), e.detail());
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

Error MakeError(Status status, Kind kind, std::string_view name, uint64_t position,
                std::string message) {
  return Error(status, std::move(message),
               {static_cast<int32_t>(kind), ArgumentOf(name), position});
}

void internal::Throw(Status status, Kind kind, std::string_view name, uint64_t position,
                     const Piece* pieces, size_t count) {
  throw MakeError(status, kind, name, position, duomo::internal::Join(pieces, count));
}

int32_t ArgumentOf(std::string_view name) {
  struct Beginning {
    std::string_view text;
    int32_t argument;
  };
  // The first that fits; what is longer stands before what it begins with.
  static constexpr Beginning kBeginnings[] = {
      {"request.history", DUOMO_ARGUMENT_HISTORY},
      {"request.exclude", DUOMO_ARGUMENT_EXCLUDE},
      {"request.shared_exclude", DUOMO_ARGUMENT_EXCLUDE},
      {"request.allow", DUOMO_ARGUMENT_ALLOW},
      {"request.filters", DUOMO_ARGUMENT_FILTERS},
      {"filter", DUOMO_ARGUMENT_FILTERS},
      {"request.limits", DUOMO_ARGUMENT_LIMITS},
      {"request.ids", DUOMO_ARGUMENT_QUERIES},
      {"request.keys", DUOMO_ARGUMENT_QUERIES},
      {"request.vectors", DUOMO_ARGUMENT_QUERIES},
      {"request.features", DUOMO_ARGUMENT_FEATURES},
      {"request.user_features", DUOMO_ARGUMENT_FEATURES},
      {"request.item_features", DUOMO_ARGUMENT_FEATURES},
      {"request.pair_features", DUOMO_ARGUMENT_FEATURES},
      {"request.user", DUOMO_ARGUMENT_USERS},
      {"request.item", DUOMO_ARGUMENT_ITEMS},
      {"request", DUOMO_ARGUMENT_REQUEST},
      {"duomo_topk_request", DUOMO_ARGUMENT_REQUEST},
      {"duomo_rank_request", DUOMO_ARGUMENT_REQUEST},
      {"duomo_filter", DUOMO_ARGUMENT_FILTERS},
      {"duomo_limit", DUOMO_ARGUMENT_LIMITS},
      {"duomo_topk_result", DUOMO_ARGUMENT_OUT},
      {"duomo_model_info", DUOMO_ARGUMENT_OUT},
      {"duomo_input_info", DUOMO_ARGUMENT_OUT},
      {"duomo_attribute_info", DUOMO_ARGUMENT_OUT},
      {"duomo_open_options", DUOMO_ARGUMENT_OPTIONS},
      {"duomo_context_options", DUOMO_ARGUMENT_OPTIONS},
      {"options", DUOMO_ARGUMENT_OPTIONS},
      {"out", DUOMO_ARGUMENT_OUT},
      {"result", DUOMO_ARGUMENT_OUT},
      {"predictions", DUOMO_ARGUMENT_OUT},
      {"model", DUOMO_ARGUMENT_MODEL},
      {"context", DUOMO_ARGUMENT_CONTEXT},
      {"path", DUOMO_ARGUMENT_FILE},
      {"data", DUOMO_ARGUMENT_FILE},
      {"descriptor", DUOMO_ARGUMENT_FILE},
      {"user_", DUOMO_ARGUMENT_USERS},
      {"item_", DUOMO_ARGUMENT_ITEMS},
      {"features", DUOMO_ARGUMENT_FEATURES},
      {"input", DUOMO_ARGUMENT_NAME},
      {"attribute", DUOMO_ARGUMENT_NAME},
      {"ids", DUOMO_ARGUMENT_QUERIES},
      {"keys", DUOMO_ARGUMENT_QUERIES},
      {"key", DUOMO_ARGUMENT_NAME},
      {"values", DUOMO_ARGUMENT_VALUES},
      {"offsets", DUOMO_ARGUMENT_VALUES},
  };
  for (const Beginning& b : kBeginnings) {
    if (name.starts_with(b.text)) return b.argument;
  }
  return 0;
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
    case DUOMO_CANCELLED:
      return "DUOMO_CANCELLED";
    default:
      return "unknown status";
  }
}
