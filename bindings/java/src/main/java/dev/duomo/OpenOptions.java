package dev.duomo;

/** How to open a model. */
public final class OpenOptions {
  /** What runs the towers. */
  public enum Backend {
    /** oneDNN where the library was built with it. */
    DEFAULT,
    /** oneDNN. */
    ONEDNN,
    /** Duomo's own kernels. */
    PORTABLE
  }

  int flags;
  Backend backend = Backend.DEFAULT;
  ContextOptions contexts = new ContextOptions();

  /** The defaults: map the file, check what is small, unknown ids are errors. */
  public OpenOptions() {}

  /**
   * Reads the file into memory instead of mapping it: for files that may be changed in place.
   *
   * @return this
   */
  public OpenOptions copy() {
    flags |= 1;
    return this;
  }

  /**
   * Checks the checksum of every byte; time grows with the file.
   *
   * @return this
   */
  public OpenOptions verify() {
    flags |= 2;
    return this;
  }

  /**
   * Makes the codes for fast searches where the file has none; opening then takes some microseconds an
   * item.
   *
   * @return this
   */
  public OpenOptions prepare() {
    flags |= 4;
    return this;
  }

  /**
   * Chooses what runs the towers.
   *
   * @param value the backend
   * @return this
   */
  public OpenOptions backend(Backend value) {
    backend = value;
    return this;
  }

  /**
   * Says what the contexts do that calls of the model borrow.
   *
   * @param value their options, which are copied
   * @return this
   */
  public OpenOptions contexts(ContextOptions value) {
    contexts = value.copy();
    return this;
  }
}
