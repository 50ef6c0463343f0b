package dev.duomo;

import org.jspecify.annotations.Nullable;

/**
 * Raw features of users, items or pairs that the file does not know, one row each. What is not set is
 * unknown or empty, and values that the vocabulary does not have count as unknown, unless {@link #strict}
 * has them refused; {@link Model#inputValues} lists those that there are. Holds its model.
 * One thread at a time: concurrent use throws IllegalStateException, as does use after close.
 */
public final class Features implements AutoCloseable {
  private final Handle handle;
  private final Scope scope;
  private final int count;

  Features(Model model, Scope scope, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count);
    }
    this.scope = scope;
    this.count = count;
    Handle of = model.handle();
    long pointer = of.begin();
    try {
      long made = Native.createFeatures(pointer, scope.ordinal(), count);
      handle = Handle.of(this, made, Native::releaseFeatures, of, "these features");
    } finally {
      of.end();
    }
  }

  /**
   * Whose features these are.
   *
   * @return the scope
   */
  public Scope scope() {
    return scope;
  }

  /**
   * The number of rows.
   *
   * @return the number of users, items or pairs
   */
  public int count() {
    return count;
  }

  /**
   * Says whether, from now on, values of categories and sets, and items of histories, that the model does
   * not know are refused with {@link Status#NOT_FOUND}.
   *
   * @param value true to refuse them
   * @return this
   */
  public Features strict(boolean value) {
    return call(f -> Native.setStrict(f, value));
  }

  /**
   * Sets a category with range or integer keys.
   *
   * @param input the input's name
   * @param values one a row
   * @return this
   */
  public Features set(String input, long... values) {
    check(input, values.length);
    return call(f -> Native.setIntegers(f, Native.utf8(input, "input"), values));
  }

  /**
   * Sets a number.
   *
   * @param input the input's name
   * @param values one a row; NaN: not set
   * @return this
   */
  public Features set(String input, float... values) {
    check(input, values.length);
    return call(f -> Native.setNumbers(f, Native.utf8(input, "input"), values));
  }

  /**
   * Sets a category with string keys, or a text.
   *
   * @param input the input's name
   * @param values one a row; null: not set
   * @return this
   */
  public Features set(String input, @Nullable String... values) {
    check(input, values.length);
    byte[][] texts = texts(input, values);
    return call(f -> Native.setStrings(f, Native.utf8(input, "input"), null, texts));
  }

  /**
   * Sets a set with range or integer keys, or a history of item ids, oldest first.
   *
   * @param input the input's name
   * @param lists one a row
   * @return this
   */
  public Features setLists(String input, long[]... lists) {
    check(input, lists.length);
    Lists flat = Lists.of(lists);
    return call(
        f -> Native.setIntegerLists(f, Native.utf8(input, "input"), flat.offsets, flat.values));
  }

  /**
   * Sets a set with string keys.
   *
   * @param input the input's name
   * @param lists one a row
   * @return this
   */
  public Features setLists(String input, String[]... lists) {
    check(input, lists.length);
    long[] offsets = new long[lists.length + 1];
    java.util.List<String> flat = new java.util.ArrayList<>();
    for (int i = 0; i < lists.length; ++i) {
      for (String text : lists[i]) {
        flat.add(java.util.Objects.requireNonNull(text, input));
      }
      offsets[i + 1] = flat.size();
    }
    byte[][] texts = texts(input, flat.toArray(new String[0]));
    return call(f -> Native.setStrings(f, Native.utf8(input, "input"), offsets, texts));
  }

  /** Frees the features. A second call does nothing. */
  @Override
  public void close() {
    handle.run();
  }

  /** For one call; {@link #end} follows. */
  long begin() {
    return handle.beginAlone();
  }

  void end() {
    handle.end();
  }

  private Features call(java.util.function.LongConsumer set) {
    long pointer = handle.beginAlone();
    try {
      set.accept(pointer);
    } finally {
      handle.end();
    }
    return this;
  }

  private void check(String input, int rows) {
    if (rows != count) {
      throw new IllegalArgumentException(input + ": " + rows + " values for " + count + " rows");
    }
  }

  private static byte[][] texts(String input, @Nullable String[] values) {
    byte[][] texts = new byte[values.length][];
    for (int i = 0; i < values.length; ++i) {
      texts[i] = values[i] == null ? null : Native.utf8(values[i], input);
    }
    return texts;
  }
}
