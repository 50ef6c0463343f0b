package dev.duomo;

/** What a context does. */
public final class ContextOptions {
  Unknown unknown = Unknown.ERROR;

  /** The defaults: unknown ids are errors. */
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

  ContextOptions copy() {
    return new ContextOptions().unknown(unknown);
  }
}
