package dev.duomo;

import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** What the glue takes for granted. */
final class Checks {
  private Checks() {}

  static void length(String what, int length, int wanted) {
    if (length != wanted) {
      throw new IllegalArgumentException(
          what + ": " + length + " given where " + wanted + " are needed");
    }
  }

  static void out(FloatBuffer out, int wanted) {
    length("out", out.remaining(), wanted);
    direct("out", out, out.order());
    if (out.isReadOnly()) {
      throw new IllegalArgumentException("out: a read-only buffer");
    }
  }

  static void direct(String what, Buffer buffer, ByteOrder order) {
    if (!buffer.isDirect() || order != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(what + ": needs a direct buffer in native byte order");
    }
  }
}
