package dev.duomo;

import org.jspecify.annotations.Nullable;

/**
 * A set of a model's items, such as those in stock: made once, by {@link Model#itemSet} or {@link
 * Model#itemSetWhere}, and used by any number of calls and threads. Restricting a search to it costs the
 * same whatever is in it. Holds its model until it is closed; calls that use it meanwhile finish first.
 */
public final class ItemSet implements AutoCloseable {
  private static final int ANY = 0;
  private static final int ALL = 1;
  private static final int NONE = 2;

  private final Handle handle;

  ItemSet(long made, Object keeps) {
    handle = Handle.of(this, made, Native::releaseSet, keeps, "this set");
  }

  /**
   * What is in both.
   *
   * @param other a set of the same model
   * @return a new set
   */
  public ItemSet and(ItemSet other) {
    return combine(ALL, this, other);
  }

  /**
   * What is in either.
   *
   * @param other a set of the same model
   * @return a new set
   */
  public ItemSet or(ItemSet other) {
    return combine(ANY, this, other);
  }

  /**
   * All items of the model that are not in this one.
   *
   * @return a new set
   */
  public ItemSet not() {
    return combine(NONE, this);
  }

  /**
   * How many items it has.
   *
   * @return their number
   */
  public long size() {
    long pointer = handle.begin();
    try {
      return Native.setSize(pointer);
    } finally {
      handle.end();
    }
  }

  /**
   * Whether it has an item.
   *
   * @param item its id
   * @return also false where the model does not know it
   */
  public boolean contains(long item) {
    long pointer = handle.begin();
    try {
      return Native.setContains(pointer, item);
    } finally {
      handle.end();
    }
  }

  /** Releases this reference to the set. Calls that use the set finish undisturbed. */
  @Override
  public void close() {
    handle.run();
  }

  private static ItemSet combine(int mode, ItemSet... sets) {
    try (Held held = new Held(sets)) {
      return new ItemSet(Native.combineSets(mode, held.pointers), sets[0].handle);
    }
  }

  /** Sets that a call uses: open until it ends. Null among them is 0. */
  static final class Held implements AutoCloseable {
    final long[] pointers;
    private final @Nullable ItemSet[] sets;
    private int begun;

    Held(@Nullable ItemSet... sets) {
      this.sets = sets;
      pointers = new long[sets.length];
      try {
        for (; begun < sets.length; ++begun) {
          pointers[begun] = sets[begun] == null ? 0 : sets[begun].handle.begin();
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    @Override
    public void close() {
      while (--begun >= 0) {
        if (sets[begun] != null) {
          sets[begun].handle.end();
        }
      }
    }
  }
}
