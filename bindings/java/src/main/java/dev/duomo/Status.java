package dev.duomo;

/** The status codes of duomo.h. */
public enum Status {
  /** Success; no exception carries it. */
  OK,
  /** The call is wrong, whatever the model. */
  INVALID_ARGUMENT,
  /** An id, key or input that the model does not have. */
  NOT_FOUND,
  /** No memory. */
  OUT_OF_MEMORY,
  /** The system refused to read the file; the message says why. */
  IO_ERROR,
  /** The bytes are not a valid .duomo file. */
  CORRUPT,
  /** The file is newer than this library. */
  UNSUPPORTED_VERSION,
  /** This model cannot do that; the message says what it lacks. */
  UNSUPPORTED,
  /** A defect in Duomo: please report the message. */
  INTERNAL,
  /** The caller asked for an end: {@link ContextOptions#cancelledBy}. */
  CANCELLED;

  static Status of(int code) {
    Status[] all = values();
    return code >= 0 && code < all.length ? all[code] : INTERNAL;
  }
}
