package dev.duomo;

/** Whose features. */
public enum Scope {
  /** Of users. */
  USER,
  /** Of items. */
  ITEM,
  /** Of pairs of a user and an item. */
  PAIR
}
