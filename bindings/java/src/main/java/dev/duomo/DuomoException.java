package dev.duomo;

import java.nio.charset.StandardCharsets;

/** A call that Duomo refused; {@link #status} says what kind of failure it is. */
public final class DuomoException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The kind of failure. */
  private final Status status;

  /** Called by the glue. */
  DuomoException(int status, byte[] message) {
    super(new String(message, StandardCharsets.UTF_8));
    this.status = Status.of(status);
  }

  DuomoException(Status status, String message) {
    super(message);
    this.status = status;
  }

  /**
   * The kind of failure.
   *
   * @return never {@link Status#OK}
   */
  public Status status() {
    return status;
  }
}
