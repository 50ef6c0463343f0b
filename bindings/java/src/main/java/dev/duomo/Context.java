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
    long pointer = model.begin();
    try {
      long made = Native.createContext(pointer, options.unknown.ordinal(), options.threads);
      handle = Handle.of(this, made, Native::releaseContext, model, "this context");
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

  @Override
  public void close() {
    handle.run();
  }
}
