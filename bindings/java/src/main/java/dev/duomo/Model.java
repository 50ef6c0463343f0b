package dev.duomo;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * An opened .duomo file. Any number of threads may use it at once: every call borrows a context from
 * a pool. Close it when it is no longer wanted; calls that run meanwhile finish undisturbed, and
 * later ones throw IllegalStateException. To swap models under running threads use a {@link ModelSlot}.
 */
public final class Model extends Recommender implements AutoCloseable {
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
    return new Model(new Opened(made, null, options.contexts));
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
   * What the model says of itself.
   *
   * @return the same object every time
   */
  public ModelInfo info() {
    return opened.info;
  }

  /**
   * What the model reads.
   *
   * @return in the order of the file
   */
  public List<Input> inputs() {
    return opened.inputs;
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
   * All known users.
   *
   * @return their ids in the order of the file
   */
  public long[] userIds() {
    return ids(true, opened.info.userCount);
  }

  /**
   * All known items.
   *
   * @return their ids in the order of the file
   */
  public long[] itemIds() {
    return ids(false, opened.info.itemCount);
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
   * Users by their string keys.
   *
   * @param keys the keys
   * @return the ids, -1 for those that the model does not know
   */
  public long[] userIds(String... keys) {
    return idsOfKeys(Scope.USER, keys);
  }

  /**
   * Items by their string keys.
   *
   * @param keys the keys
   * @return the ids, -1 for those that the model does not know
   */
  public long[] itemIds(String... keys) {
    return idsOfKeys(Scope.ITEM, keys);
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

  /**
   * Users' string keys.
   *
   * @param users their ids
   * @return the keys, null for those that the model does not know
   */
  public String[] userKeys(long... users) {
    return texts((model, out) -> Native.textsOf(model, 0, users, out), users.length);
  }

  /**
   * Items' string keys.
   *
   * @param items their ids
   * @return the keys, null for those that the model does not know
   */
  public String[] itemKeys(long... items) {
    return texts((model, out) -> Native.textsOf(model, 1, items, out), items.length);
  }

  /**
   * Items' titles.
   *
   * @param items their ids
   * @return the titles, possibly empty, null for items that the model does not know
   */
  public String[] titles(long... items) {
    return texts((model, out) -> Native.textsOf(model, 2, items, out), items.length);
  }

  /**
   * The values that an input knows, for forms and checks.
   *
   * @param name the input's name
   * @return Strings where its keys are, else Longs; of histories the items, as the model counts them
   */
  public List<Object> inputValues(String name) {
    for (int at = 0; at < opened.inputs.size(); ++at) {
      Input input = opened.inputs.get(at);
      if (input.name.equals(name)) {
        return inputValues(at, input);
      }
    }
    throw new DuomoException(
        Status.NOT_FOUND, ErrorKind.UNKNOWN_NAME, Argument.NAME, "there is no input \"" + name + "\"");
  }

  private List<Object> inputValues(int at, Input input) {
    List<Object> out = new ArrayList<>();
    // Numbers have no values, which the library says at the first.
    long n = Math.max(input.vocabularySize, 1);
    long[] integer = new long[1];
    call(
        model -> {
          for (long i = 0; i < n; ++i) {
            byte[] text = Native.inputValue(model, at, i, integer);
            if (input.keys == Input.Keys.STRING) {
              out.add(Native.string(text));
            } else {
              out.add(integer[0]);
            }
          }
        });
    return out;
  }

  /**
   * What people wrote into the file: name, version, licence and so on.
   *
   * @return in ascending order of the keys' bytes
   */
  public Map<String, String> metadata() {
    Map<String, String> out = new LinkedHashMap<>();
    call(
        model -> {
          for (int i = 0; i < opened.info.metadataCount; ++i) {
            byte[][] entry = new byte[2][];
            Native.metadata(model, i, entry);
            out.put(Native.string(entry[0]), Native.string(entry[1]));
          }
        });
    return out;
  }

  /**
   * The attributes of items.
   *
   * @return in the order of the file
   */
  public List<Attribute> attributes() {
    List<Attribute> out = new ArrayList<>();
    call(
        model -> {
          for (int i = 0; i < opened.info.attributeCount; ++i) {
            long[] numbers = new long[2];
            out.add(new Attribute(Native.attribute(model, i, numbers), numbers));
          }
        });
    return out;
  }

  /**
   * The values of an attribute of numbers, integers or times.
   *
   * @param attribute its name
   * @param items their ids
   * @return a value an item, NaN where there is none
   */
  public double[] attributeNumbers(String attribute, long... items) {
    double[] out = new double[items.length];
    byte[] name = Native.utf8(attribute, "attribute");
    call(model -> Native.attributeNumbers(model, name, items, out));
    return out;
  }

  /**
   * The values of an attribute of integers or times.
   *
   * @param attribute its name
   * @param items their ids
   * @return a value an item, Long.MIN_VALUE where there is none
   */
  public long[] attributeIntegers(String attribute, long... items) {
    long[] out = new long[items.length];
    byte[] name = Native.utf8(attribute, "attribute");
    call(model -> Native.attributeIntegers(model, name, items, out));
    return out;
  }

  /**
   * The values of a category.
   *
   * @param attribute its name
   * @param items their ids
   * @return a value an item, null where there is none
   */
  public String[] attributeTexts(String attribute, long... items) {
    byte[] name = Native.utf8(attribute, "attribute");
    return texts((model, out) -> Native.attributeTexts(model, name, items, out), items.length);
  }

  /**
   * The values of one item of a set or category.
   *
   * @param attribute its name
   * @param item its id
   * @return any number of texts
   */
  public List<String> attributeSet(String attribute, long item) {
    byte[] name = Native.utf8(attribute, "attribute");
    List<String> out = new ArrayList<>();
    call(
        model -> {
          for (byte[] text : Native.attributeSet(model, name, item)) {
            out.add(Native.string(text));
          }
        });
    return out;
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

  /** Throws when closed. */
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

  /** A call that needs the model alone. */
  private void call(LongConsumer call) {
    Handle of = handle();
    long pointer = of.begin();
    try {
      call.accept(pointer);
    } finally {
      of.end();
    }
  }

  /** Fills an array with UTF-8. */
  private interface Texts {
    void find(long model, byte[][] out);
  }

  private String[] texts(Texts texts, int n) {
    byte[][] found = new byte[n][];
    call(model -> texts.find(model, found));
    String[] out = new String[n];
    for (int i = 0; i < n; ++i) {
      out[i] = found[i] == null ? null : Native.string(found[i]);
    }
    return out;
  }

  private long[] ids(boolean users, long count) {
    long[] out = new long[Math.toIntExact(count)];
    call(model -> Native.ids(model, users, out));
    return out;
  }

  private long[] idsOfKeys(Scope scope, String[] keys) {
    byte[][] texts = Native.texts("keys", keys);
    long[] out = new long[keys.length];
    call(model -> Native.idsOfKeys(model, scope.ordinal(), texts, out));
    return out;
  }

  private long idOfKey(boolean users, String key) {
    byte[] text = Native.utf8(key, "key");
    long[] out = new long[1];
    call(model -> out[0] = Native.idOfKey(model, users, text));
    return out[0];
  }

  private String text(int which, long id) {
    byte[][] out = new byte[1][];
    call(model -> out[0] = Native.text(model, which, id));
    return Native.string(out[0]);
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
