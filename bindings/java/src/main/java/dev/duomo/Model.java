package dev.duomo;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;

/**
 * An opened .duomo file. Any number of threads may use it at once: every call borrows a context from
 * a pool. Close it when it is no longer wanted; calls that run meanwhile finish undisturbed, and
 * later ones throw IllegalStateException. To swap models under running threads use a {@link ModelSlot}.
 */
public final class Model extends Catalogue implements AutoCloseable {
  private final Opened opened;
  private final Reference reference;

  /** Takes over a reference. */
  Model(Opened opened) {
    this.opened = opened;
    reference = new Reference(opened);
    Handle.whenUnreachable(this, reference);
  }

  /**
   * Opens a file. It is mapped: replace files by rename, never edit them in place, or ask for a
   * copy.
   *
   * @param path the .duomo file
   * @return the model
   */
  public static Model open(Path path) {
    return open(path, new OpenOptions());
  }

  /**
   * Opens a file. Where the system refuses it, the cause of the {@link DuomoException} is what the system
   * has against it, such as a {@link java.nio.file.NoSuchFileException}.
   *
   * @param path the .duomo file
   * @param options how
   * @return the model
   */
  public static Model open(Path path, OpenOptions options) {
    byte[] name = Native.utf8(path.toString(), "path");
    try {
      long made = Native.open(name, options.flags, options.backend.ordinal());
      return new Model(new Opened(made, null, options.contexts));
    } catch (DuomoException e) {
      throw e.about(path);
    }
  }

  /**
   * Opens a model in a direct buffer, from its position to its limit. It is borrowed and must not
   * change; where it does not begin on a multiple of 64 bytes it is copied.
   *
   * @param data a direct buffer
   * @param options how
   * @return the model
   */
  public static Model open(ByteBuffer data, OpenOptions options) {
    if (!data.isDirect()) {
      throw new IllegalArgumentException("data: needs a direct buffer");
    }
    long made =
        Native.openBuffer(
            data, data.position(), data.remaining(), options.flags, options.backend.ordinal());
    return new Model(new Opened(made, data, options.contexts));
  }

  /**
   * The version of the library that runs.
   *
   * @return "0.1.0"
   */
  public static String version() {
    return Native.string(Native.version());
  }

  /**
   * How the library was built and which kernels this machine runs, for bug reports.
   *
   * @return one line
   */
  public static String buildInfo() {
    return Native.string(Native.buildInfo());
  }

  /**
   * The id of a string key.
   *
   * @param key the key
   * @return 0 or above: the same for every model, machine and release
   */
  public static long idOfKey(String key) {
    return Native.idOfString(Native.utf8(key, "key"));
  }

  /**
   * A context of the caller's own, in which unknown ids are errors.
   *
   * @return a context
   */
  public Context newContext() {
    return newContext(new ContextOptions());
  }

  /**
   * A context of the caller's own.
   *
   * @param options what it does
   * @return a context
   */
  public Context newContext(ContextOptions options) {
    return new Context(handle(), opened.info, options);
  }

  /**
   * Raw features, all unset.
   *
   * @param scope of users, items or pairs
   * @param count the number of rows
   * @return features
   */
  public Features newFeatures(Scope scope, int count) {
    return new Features(this, scope, count);
  }

  /**
   * A set of items.
   *
   * @param items their ids; unknown ones are left out
   * @return a set
   */
  public ItemSet itemSet(long... items) {
    return newSet(model -> Native.setOfIds(model, items, null));
  }

  /**
   * A set of items.
   *
   * @param keys their string keys; unknown ones are left out
   * @return a set
   */
  public ItemSet itemSet(String... keys) {
    byte[][] texts = Native.texts("keys", keys);
    return newSet(model -> Native.setOfIds(model, null, texts));
  }

  /**
   * The set of the items that pass.
   *
   * @param filters they must all hold; without filters, all items
   * @return a set
   */
  public ItemSet itemSetWhere(Filter... filters) {
    Filter.Packed packed = new Filter.Packed(List.of(filters));
    return newSet(
        model -> Native.setOfFilters(model, packed.modes, packed.inputs, packed.values));
  }

  private ItemSet newSet(LongUnaryOperator make) {
    Handle of = handle();
    long pointer = of.begin();
    try {
      return new ItemSet(make.applyAsLong(pointer), of);
    } finally {
      of.end();
    }
  }

  /** Gives back the memory that idle contexts hold, for instance after an unusually large batch. */
  public void trim() {
    handle(); // throws when closed
    opened.trim();
  }

  /**
   * Closes the model: calls that are running finish undisturbed, later ones throw
   * IllegalStateException. A second call does nothing.
   */
  @Override
  public void close() {
    reference.run();
  }

  @Override
  Opened opened() {
    if (reference.closed.get()) {
      throw new IllegalStateException("the model is closed");
    }
    return opened;
  }

  Handle handle() {
    return opened().handle;
  }

  @Override
  Opened known() {
    return opened;
  }

  @Override
  ModelInfo knowledge() {
    return opened.info;
  }

  @Override
  Context borrow() {
    return opened().borrow();
  }

  @Override
  void giveBack(Context context) {
    opened.giveBack(context);
  }

  /** Ends one reference, by hand or by the cleaner. */
  private static final class Reference implements Runnable {
    final AtomicBoolean closed = new AtomicBoolean();
    private final Opened opened;

    Reference(Opened opened) {
      this.opened = opened;
    }

    @Override
    public void run() {
      if (closed.compareAndSet(false, true)) {
        opened.release();
      }
    }
  }
}
