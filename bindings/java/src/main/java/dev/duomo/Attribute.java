package dev.duomo;

/** A column of items that no network reads: to filter by and to show. */
public final class Attribute {
  /** What values an attribute has. */
  public enum Kind {
    /** A text an item. */
    CATEGORY,
    /** Any number of texts an item. */
    SET,
    /** An integer. */
    INTEGER,
    /** A number. */
    NUMBER,
    /** Seconds since 1970, UTC. */
    TIME
  }

  /** By which filters and limits call it. */
  public final String name;

  /** What values it has. */
  public final Kind kind;

  /** Different texts of categories and sets; of others 0. */
  public final long valueCount;

  Attribute(byte[] name, long[] numbers) {
    this.name = Native.string(name);
    kind = Kind.values()[(int) numbers[0]];
    valueCount = numbers[1];
  }
}
