package dev.duomo;

/** What an unknown id in a call does. */
public enum Unknown {
  /** It fails the call; the message names its position. */
  ERROR,
  /** Its prediction or vector is NaN, its results none; the rest is done. */
  MARK
}
