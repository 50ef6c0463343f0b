package dev.duomo;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A native object. Closed by hand or, where that was forgotten, when the owner is unreachable; a
 * call that runs meanwhile finishes first. Thread-safe.
 */
final class Handle implements Runnable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long pointer;
  private final LongConsumer release;
  private final @Nullable Object keeps; // borrowed memory, or what must not be released earlier
  private final String what;
  private final AtomicInteger users = new AtomicInteger(1); // the owner is one
  private final java.util.concurrent.atomic.AtomicBoolean closed =
      new java.util.concurrent.atomic.AtomicBoolean();

  private Handle(long pointer, LongConsumer release, @Nullable Object keeps, String what) {
    this.pointer = pointer;
    this.release = release;
    this.keeps = keeps;
    this.what = what;
  }

  /** Runs the action when the owner becomes unreachable. */
  static void whenUnreachable(Object owner, Runnable action) {
    CLEANER.register(owner, action);
  }

  /** A handle that is closed when the owner becomes unreachable, at the latest. */
  static Handle of(Object owner, long pointer, LongConsumer release, @Nullable Object keeps, String what) {
    Handle handle = new Handle(pointer, release, keeps, what);
    CLEANER.register(owner, handle);
    return handle;
  }

  /** The pointer, valid until the {@link #end} that must follow. */
  long begin() {
    for (int n = users.get(); !closed.get() && n > 0; n = users.get()) {
      if (users.compareAndSet(n, n + 1)) {
        return pointer;
      }
    }
    throw new IllegalStateException(what + " is closed");
  }

  /** The pointer, for one call at a time. */
  long beginAlone() {
    if (!closed.get() && users.compareAndSet(1, 2)) {
      return pointer;
    }
    throw new IllegalStateException(
        closed.get()
            ? what + " is closed"
            : what + " is in use by another thread: give every thread its own");
  }

  void end() {
    if (users.decrementAndGet() == 0) {
      release.accept(pointer);
      java.lang.ref.Reference.reachabilityFence(keeps);
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Closes; also what the cleaner runs. */
  @Override
  public void run() {
    if (closed.compareAndSet(false, true)) {
      end();
    }
  }
}
