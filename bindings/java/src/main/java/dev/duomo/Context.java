package dev.duomo;

/**
 * Scratch memory of one thread at a time: a second call while one runs throws IllegalStateException.
 * Holds its model, also after the model's close.
 */
public final class Context extends Recommender implements AutoCloseable {
  final Handle handle;
  private final ModelInfo info;

  Context(Handle model, ModelInfo info, ContextOptions options) {
    this.info = info;
    Cancellation cancellation = options.cancellation; // whose memory the library reads
    long pointer = model.begin();
    try {
      long made =
          Native.createContext(
              pointer,
              options.unknown.ordinal(),
              options.threads,
              cancellation == null ? null : cancellation.flag);
      Object keeps = new Object[] {model, cancellation};
      handle = Handle.of(this, made, Native::releaseContext, keeps, "this context");
    } finally {
      model.end();
    }
  }

  @Override
  Context borrow() {
    return this;
  }

  @Override
  void giveBack(Context context) {
    java.lang.ref.Reference.reachabilityFence(this); // no cleaner runs while a call does
  }

  @Override
  ModelInfo knowledge() {
    return info;
  }

  /**
   * Gives back the memory that calls have left, for instance after an unusually large batch; the next
   * call takes what it needs anew.
   */
  public void trim() {
    long pointer = handle.beginAlone();
    try {
      Native.trim(pointer);
    } finally {
      handle.end();
    }
  }

  /**
   * Frees the scratch memory and ends the threads of the context. A second call does nothing.
   */
  @Override
  public void close() {
    handle.run();
  }
}
