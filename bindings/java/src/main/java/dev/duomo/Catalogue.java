package dev.duomo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Model} holds: users and items, their ids, keys, titles and attributes, and what it reads. */
public abstract class Catalogue extends Recommender {
  Catalogue() {}

  /** The file; throws when closed. */
  abstract Opened opened();

  /**
   * What the model says of itself.
   *
   * @return the same object every time
   */
  public ModelInfo info() {
    return knowledge();
  }

  /**
   * What the model reads.
   *
   * @return in the order of the file
   */
  public List<Input> inputs() {
    return known().inputs;
  }

  /**
   * All known users.
   *
   * @return their ids in the order of the file
   */
  public long[] userIds() {
    return ids(true, knowledge().userCount);
  }

  /**
   * All known items.
   *
   * @return their ids in the order of the file
   */
  public long[] itemIds() {
    return ids(false, knowledge().itemCount);
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
  public @Nullable String[] userKeys(long... users) {
    return texts((model, out) -> Native.textsOf(model, 0, users, out), users.length);
  }

  /**
   * Items' string keys.
   *
   * @param items their ids
   * @return the keys, null for those that the model does not know
   */
  public @Nullable String[] itemKeys(long... items) {
    return texts((model, out) -> Native.textsOf(model, 1, items, out), items.length);
  }

  /**
   * Items' titles.
   *
   * @param items their ids
   * @return the titles, possibly empty, null for items that the model does not know
   */
  public @Nullable String[] titles(long... items) {
    return texts((model, out) -> Native.textsOf(model, 2, items, out), items.length);
  }

  /**
   * The values that an input knows, for forms and checks.
   *
   * @param name the input's name
   * @return Strings where its keys are, else Longs; of histories the items, as the model counts them
   */
  public List<Object> inputValues(String name) {
    for (int at = 0; at < known().inputs.size(); ++at) {
      Input input = known().inputs.get(at);
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
    ask(
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
    ask(
        model -> {
          for (int i = 0; i < knowledge().metadataCount; ++i) {
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
    ask(
        model -> {
          for (int i = 0; i < knowledge().attributeCount; ++i) {
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
    ask(model -> Native.attributeNumbers(model, name, items, out));
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
    ask(model -> Native.attributeIntegers(model, name, items, out));
    return out;
  }

  /**
   * The values of a category.
   *
   * @param attribute its name
   * @param items their ids
   * @return a value an item, null where there is none
   */
  public @Nullable String[] attributeTexts(String attribute, long... items) {
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
    ask(
        model -> {
          for (byte[] text : Native.attributeSet(model, name, item)) {
            out.add(Native.string(text));
          }
        });
    return out;
  }

  /** The file, also when it is closed: what was read at once can be asked for ever. */
  abstract Opened known();

  /** A call that needs the model alone. */
  private void ask(LongConsumer call) {
    Handle of = opened().handle;
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

  private @Nullable String[] texts(Texts texts, int n) {
    byte[][] found = new byte[n][];
    ask(model -> texts.find(model, found));
    @Nullable String[] out = new @Nullable String[n];
    for (int i = 0; i < n; ++i) {
      out[i] = found[i] == null ? null : Native.string(found[i]);
    }
    return out;
  }

  private long[] ids(boolean users, long count) {
    long[] out = new long[Math.toIntExact(count)];
    ask(model -> Native.ids(model, users, out));
    return out;
  }

  private long[] idsOfKeys(Scope scope, String[] keys) {
    byte[][] texts = Native.texts("keys", keys);
    long[] out = new long[keys.length];
    ask(model -> Native.idsOfKeys(model, scope.ordinal(), texts, out));
    return out;
  }

  private long idOfKey(boolean users, String key) {
    byte[] text = Native.utf8(key, "key");
    long[] out = new long[1];
    ask(model -> out[0] = Native.idOfKey(model, users, text));
    return out[0];
  }

  private String text(int which, long id) {
    byte[][] out = new byte[1][];
    ask(model -> out[0] = Native.text(model, which, id));
    return Native.string(out[0]);
  }
}
