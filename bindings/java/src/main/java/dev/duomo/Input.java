package dev.duomo;

/** Something that a model reads: a feature that may be set. */
public final class Input {
  /** What an input is kind of. */
  public enum Kind {
    /** One value of a vocabulary. */
    CATEGORY,
    /** Any number of values of a vocabulary. */
    CATEGORY_SET,
    /** Words. */
    TEXT,
    /** Item ids, oldest first. */
    HISTORY,
    /** A number. */
    NUMBER
  }

  /** How the values of an input are given. */
  public enum Keys {
    /** 0, 1, 2 and so on. */
    RANGE,
    /** Integers. */
    INTEGER,
    /** Text. */
    STRING
  }

  /** Its name. */
  public final String name;

  /** Whose feature it is. */
  public final Scope scope;

  /** What it is. */
  public final Kind kind;

  /** How values are given. */
  public final Keys keys;

  /** Known values; 0 for numbers. */
  public final long vocabularySize;

  Input(byte[] name, long[] numbers) {
    this.name = Native.string(name);
    scope = Scope.values()[(int) numbers[0]];
    kind = Kind.values()[(int) numbers[1]];
    keys = Keys.values()[(int) numbers[2]];
    vocabularySize = numbers[3];
  }
}
