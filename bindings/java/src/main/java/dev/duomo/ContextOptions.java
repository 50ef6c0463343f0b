package dev.duomo;

import org.jspecify.annotations.Nullable;

/** What a context does. */
public final class ContextOptions {
  Unknown unknown = Unknown.ERROR;
  int threads;
  @Nullable Cancellation cancellation;

  /** The defaults: unknown ids are errors, and calls run in the caller's thread alone. */
  public ContextOptions() {}

  /**
   * Says what unknown ids do.
   *
   * @param value fail, or mark
   * @return this
   */
  public ContextOptions unknown(Unknown value) {
    unknown = java.util.Objects.requireNonNull(value, "unknown");
    return this;
  }

  /**
   * Says how many threads searches may use. Results are the same with any number.
   *
   * @param value their number, the caller's among them, at most 256; 0 is 1
   * @return this
   */
  public ContextOptions threads(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("threads: " + value);
    }
    threads = value;
    return this;
  }

  /**
   * Says what may end calls from another thread.
   *
   * @param value the cancellation, or null for none
   * @return this
   */
  public ContextOptions cancelledBy(@Nullable Cancellation value) {
    cancellation = value;
    return this;
  }

  ContextOptions copy() {
    return new ContextOptions().unknown(unknown).threads(threads).cancelledBy(cancellation);
  }
}
