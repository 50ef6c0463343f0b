package dev.duomo;

/**
 * Items (or users, where those are searched) by the values of an attribute or input: those that have
 * any, all or none of some texts or integers, or a number in a range. Immutable. Where an attribute and
 * an input have the same name, the attribute is meant.
 */
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

  private static final int RANGE = 3;
  private static final int ABOVE_MINIMUM = 1;
  private static final int BELOW_MAXIMUM = 2;
  private static final int STRICT_VALUES = 4;

  final byte[] input;
  final int mode;
  final int flags;
  final Object values; // byte[][], long[], or double[]: a range

  private Filter(byte[] input, int mode, int flags, Object values) {
    this.input = input;
    this.mode = mode;
    this.flags = flags;
    this.values = values;
  }

  /**
   * A filter on an attribute of texts, or an input with string keys.
   *
   * @param input the attribute's or input's name
   * @param mode any, all or none
   * @param values the values
   * @return the filter
   */
  public static Filter of(String input, Mode mode, String... values) {
    return new Filter(Native.utf8(input, "input"), mode.ordinal(), 0, Native.texts(input, values));
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
    return new Filter(Native.utf8(input, "input"), mode.ordinal(), 0, values.clone());
  }

  /**
   * A filter on an attribute of numbers, integers or times. A missing number is in no range.
   *
   * @param attribute the attribute's name
   * @param minimum the least number, or negative infinity
   * @param maximum the greatest number, or infinity
   * @return the filter
   */
  public static Filter range(String attribute, double minimum, double maximum) {
    double[] bounds = {minimum, maximum};
    return new Filter(Native.utf8(attribute, "attribute"), RANGE, 0, bounds);
  }

  /**
   * The same range without its minimum.
   *
   * @return another filter
   */
  public Filter aboveMinimum() {
    return with(ABOVE_MINIMUM);
  }

  /**
   * The same range without its maximum.
   *
   * @return another filter
   */
  public Filter belowMaximum() {
    return with(BELOW_MAXIMUM);
  }

  /**
   * The same, but a value that the attribute or input does not have fails the call with {@link
   * Status#NOT_FOUND}. Otherwise no item has it.
   *
   * @return another filter
   */
  public Filter strict() {
    return with(STRICT_VALUES);
  }

  private Filter with(int flag) {
    return new Filter(input, mode, flags | flag, values);
  }

  /** Filters as the glue takes them. */
  static final class Packed {
    final int[] modes; // and flags, in turn
    final byte[][] inputs;
    final Object[] values;

    Packed(java.util.List<Filter> filters) {
      int n = filters.size();
      modes = new int[2 * n];
      inputs = new byte[n][];
      values = new Object[n];
      for (int i = 0; i < n; ++i) {
        Filter filter = filters.get(i);
        modes[2 * i] = filter.mode;
        modes[2 * i + 1] = filter.flags;
        inputs[i] = filter.input;
        values[i] = filter.values;
      }
    }
  }
}
