package dev.duomo;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An opened .duomo file. Any number of threads may use it at once: every call borrows a context from
 * a pool. Close it when it is no longer wanted; calls that run meanwhile finish undisturbed, and
 * later ones throw IllegalStateException.
 */
public final class Model extends Recommender implements AutoCloseable {
  private final Handle handle;
  private final ModelInfo info;
  private final List<Input> inputs;
  private final ContextOptions contexts;
  private final AtomicReference<Context> first = new AtomicReference<>(); // the pool's fast place
  private final ConcurrentLinkedQueue<Context> pool = new ConcurrentLinkedQueue<>();

  private Model(long pointer, Object borrowed, ContextOptions contexts) {
    this.contexts = contexts.copy();
    handle = Handle.of(this, pointer, Native::releaseModel, borrowed, "the model");
    long[] numbers = new long[10];
    float[] range = new float[2];
    byte[][] texts = new byte[2][];
    Native.info(pointer, numbers, range, texts);
    info = new ModelInfo(numbers, range, texts);
    List<Input> all = new ArrayList<>();
    for (int i = 0; i < info.inputCount; ++i) {
      long[] of = new long[4];
      all.add(new Input(Native.input(pointer, i, of), of));
    }
    inputs = Collections.unmodifiableList(all);
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
   * Opens a file.
   *
   * @param path the .duomo file
   * @param options how
   * @return the model
   */
  public static Model open(Path path, OpenOptions options) {
    long made =
        Native.open(
            Native.utf8(path.toString(), "path"), options.flags, options.backend.ordinal());
    return new Model(made, null, options.contexts);
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
    return new Model(made, data, options.contexts);
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
   * What the model says of itself.
   *
   * @return the same object every time
   */
  public ModelInfo info() {
    return info;
  }

  /**
   * What the model reads.
   *
   * @return in the order of the file
   */
  public List<Input> inputs() {
    return inputs;
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
    return new Context(handle, info, options);
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
   * All known users.
   *
   * @return their ids in the order of the file
   */
  public long[] userIds() {
    return ids(true, info.userCount);
  }

  /**
   * All known items.
   *
   * @return their ids in the order of the file
   */
  public long[] itemIds() {
    return ids(false, info.itemCount);
  }

  /**
   * A user by its string key.
   *
   * @param key the key
   * @return the id
   */
  public long userId(String key) {
    return idOfKey(true, key);
  }

  /**
   * An item by its string key.
   *
   * @param key the key
   * @return the id
   */
  public long itemId(String key) {
    return idOfKey(false, key);
  }

  /**
   * A user's string key.
   *
   * @param user its id
   * @return the key
   */
  public String userKey(long user) {
    return text(0, user);
  }

  /**
   * An item's string key.
   *
   * @param item its id
   * @return the key
   */
  public String itemKey(long item) {
    return text(1, item);
  }

  /**
   * An item's title.
   *
   * @param item its id
   * @return the title, possibly empty
   */
  public String title(long item) {
    return text(2, item);
  }

  @Override
  public void close() {
    handle.run();
    drain();
  }

  Handle handle() {
    return handle;
  }

  @Override
  ModelInfo knowledge() {
    return info;
  }

  @Override
  Context borrow() {
    Context context = first.getAndSet(null);
    if (context == null) {
      context = pool.poll();
    }
    return context != null ? context : new Context(handle, info, contexts); // throws when closed
  }

  @Override
  void giveBack(Context context) {
    if (!first.compareAndSet(null, context)) {
      pool.offer(context);
    }
    if (handle.isClosed()) { // perhaps while the call ran
      drain();
    }
  }

  private void drain() {
    Context context = first.getAndSet(null);
    if (context != null) {
      context.close();
    }
    while ((context = pool.poll()) != null) {
      context.close();
    }
  }

  private long[] ids(boolean users, long count) {
    long[] out = new long[Math.toIntExact(count)];
    long pointer = handle.begin();
    try {
      Native.ids(pointer, users, out);
    } finally {
      handle.end();
    }
    return out;
  }

  private long idOfKey(boolean users, String key) {
    long pointer = handle.begin();
    try {
      return Native.idOfKey(pointer, users, Native.utf8(key, "key"));
    } finally {
      handle.end();
    }
  }

  private String text(int which, long id) {
    long pointer = handle.begin();
    try {
      return Native.string(Native.text(pointer, which, id));
    } finally {
      handle.end();
    }
  }
}
