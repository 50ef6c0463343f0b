// The exception barrier: every function of duomo.h that can fail runs its work in Guard().
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string_view>

#include "core/error.h"
#include "duomo/duomo.h"

namespace duomo::capi {

// The smallest duomo_error a client may hand in: that of version 1.
inline constexpr size_t kFirstErrorSize = sizeof(duomo_error);

// Fills *error as far as its struct_size allows; NULL is fine. Returns `status`.
duomo_status Report(duomo_error* error, Status status, std::string_view message,
                    const ErrorDetail& detail = {}) noexcept;

// Turns the exception being handled into a status. Not part of Guard(), so that the path without
// errors has little code.
duomo_status ReportCurrentException(duomo_error* error) noexcept;

// Calls work(); no exception leaves this function.
template <typename Work>
duomo_status Guard(duomo_error* error, const Work& work) noexcept {
  if (error != nullptr && error->struct_size < kFirstErrorSize) return DUOMO_INVALID_ARGUMENT;
  try {
    work();
    return DUOMO_OK;
  } catch (...) {
    return ReportCurrentException(error);
  }
}

}  // namespace duomo::capi
