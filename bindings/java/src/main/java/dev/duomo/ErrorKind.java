package dev.duomo;

/** What was wrong, finer than {@link Status}. */
public enum ErrorKind {
  /** None of these says it. */
  OTHER,
  /** What must be given. */
  MISSING,
  /** What a newer client asks for. */
  STRUCT_SIZE,
  /** A number outside what is allowed. */
  VALUE,
  /** Arguments that do not go together. */
  CONFLICT,
  /** Offsets that do not ascend from 0. */
  OFFSETS,
  /** Text that is not UTF-8. */
  NOT_UTF8,
  /** NaN or infinity. */
  NOT_FINITE,
  /** A user or item that the model does not have. */
  UNKNOWN_ID,
  /** An input, attribute or entry of the metadata that the model does not have. */
  UNKNOWN_NAME,
  /** A value that the input or attribute does not have. */
  UNKNOWN_VALUE,
  /** The file or the build lacks what the call needs. */
  LACKING;

  static ErrorKind of(int code) {
    ErrorKind[] all = values();
    return code >= 0 && code < all.length ? all[code] : OTHER;
  }
}
