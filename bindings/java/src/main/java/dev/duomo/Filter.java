package dev.duomo;

/** Items whose category or set input has any, all or none of the values. */
public final class Filter {
  /** How values are asked for. */
  public enum Mode {
    /** At least one of them; of no values, none. */
    ANY,
    /** Every one of them. */
    ALL,
    /** None of them. */
    NONE
  }

  final byte[] input;
  final Mode mode;
  final Object values; // byte[][] or long[]

  private Filter(String input, Mode mode, Object values) {
    this.input = Native.utf8(input, "input");
    this.mode = java.util.Objects.requireNonNull(mode, "mode");
    this.values = values;
  }

  /**
   * A filter on an input with string keys.
   *
   * @param input the input's name
   * @param mode any, all or none
   * @param values the values
   * @return the filter
   */
  public static Filter of(String input, Mode mode, String... values) {
    byte[][] texts = new byte[values.length][];
    for (int i = 0; i < values.length; ++i) {
      texts[i] = Native.utf8(values[i], input);
    }
    return new Filter(input, mode, texts);
  }

  /**
   * A filter on an input with integer or range keys.
   *
   * @param input the input's name
   * @param mode any, all or none
   * @param values the values
   * @return the filter
   */
  public static Filter of(String input, Mode mode, long... values) {
    return new Filter(input, mode, values.clone());
  }
}
