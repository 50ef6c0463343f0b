package dev.duomo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the Models of one file share: that of open, and one for each {@link ModelSlot#get}. */
final class Opened {
  final Handle handle;
  final ModelInfo info;
  final List<Input> inputs;
  private final ContextOptions contexts;
  private final AtomicInteger references = new AtomicInteger(1); // Models that are not closed
  private final AtomicReference<@Nullable Context> first = new AtomicReference<>(); // the pool's fast place
  private final ConcurrentLinkedQueue<Context> pool = new ConcurrentLinkedQueue<>();

  Opened(long pointer, @Nullable Object borrowed, ContextOptions contexts) {
    this.contexts = contexts.copy();
    handle = Handle.of(this, pointer, Native::releaseModel, borrowed, "the model");
    long[] numbers = new long[13];
    float[] range = new float[2];
    byte[][] texts = new byte[2][];
    Native.info(pointer, numbers, range, texts);
    info = new ModelInfo(numbers, range, texts);
    List<Input> all = new ArrayList<>();
    for (int i = 0; i < info.inputCount; ++i) {
      long[] of = new long[4];
      all.add(new Input(Native.input(pointer, i, of), of));
    }
    inputs = Collections.unmodifiableList(all);
  }

  /** One more reference; false where the last one was released. */
  boolean retain() {
    for (int n = references.get(); n > 0; n = references.get()) {
      if (references.compareAndSet(n, n + 1)) {
        return true;
      }
    }
    return false;
  }

  void release() {
    if (references.decrementAndGet() == 0) {
      handle.run();
      trim();
    }
  }

  Context borrow() {
    Context context = first.getAndSet(null);
    if (context == null) {
      context = pool.poll();
    }
    return context != null ? context : new Context(handle, info, contexts);
  }

  void giveBack(Context context) {
    if (!first.compareAndSet(null, context)) {
      pool.offer(context);
    }
    if (handle.isClosed()) { // perhaps while the call ran
      trim();
    }
  }

  /** Closes idle contexts. */
  void trim() {
    Context context = first.getAndSet(null);
    if (context != null) {
      context.close();
    }
    while ((context = pool.poll()) != null) {
      context.close();
    }
  }
}
