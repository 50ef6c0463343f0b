package dev.duomo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Ends calls from another thread: those of the contexts that were made with it ({@link
 * ContextOptions#cancelledBy}) fail with {@link Status#CANCELLED} from {@link #cancel} on until {@link
 * #reset}, those under way within some milliseconds. Thread-safe.
 */
public final class Cancellation {
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  final ByteBuffer flag = ByteBuffer.allocateDirect(Integer.BYTES * 2).alignedSlice(Integer.BYTES);

  /** Nothing is cancelled yet. */
  public Cancellation() {}

  /** Ends calls, and keeps later ones from beginning. */
  public void cancel() {
    INT.setVolatile(flag, 0, 1);
  }

  /** Lets calls be made again. */
  public void reset() {
    INT.setVolatile(flag, 0, 0);
  }

  /**
   * Whether calls are ended.
   *
   * @return what was said last
   */
  public boolean isCancelled() {
    return (int) INT.getVolatile(flag, 0) != 0;
  }
}
