package dev.duomo;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds the model that a host answers with now, so that one thread can put a new one in its place while
 * others ask. Any thread may call all methods at once, and {@link #get} never waits:
 *
 * <pre>{@code
 * try (Model model = slot.get()) {
 *   return model.topK(request);
 * }
 * }</pre>
 */
public final class ModelSlot implements AutoCloseable {
  private final AtomicReference<@Nullable Slotted> current = new AtomicReference<>();

  /** What is in a slot: a reference of its own, and the model that it was given. */
  private static final class Slotted {
    final Opened opened;
    final Model given;

    Slotted(Opened opened, Model given) {
      this.opened = opened;
      this.given = given;
    }
  }

  /**
   * A slot with a model in it.
   *
   * @param model as for {@link #set}
   */
  public ModelSlot(Model model) {
    set(model);
  }

  /**
   * Puts a model in, and takes it over: it is closed when another one has taken its place and the last
   * call with it is done.
   *
   * @param model one that is not closed
   */
  public void set(Model model) {
    Opened opened = model.opened();
    if (!opened.retain()) {
      throw new IllegalStateException("the model is closed");
    }
    swap(new Slotted(opened, model));
  }

  /**
   * The model that is in now.
   *
   * @return a reference of the caller's own: close it
   */
  public Model get() {
    while (true) {
      Slotted in = current.get();
      if (in == null) {
        throw new IllegalStateException("the slot is closed");
      }
      if (in.opened.retain()) { // else another one has taken its place
        return new Model(in.opened);
      }
    }
  }

  /** Empties the slot: {@link #get} throws IllegalStateException from now on. */
  @Override
  public void close() {
    swap(null);
  }

  private void swap(@Nullable Slotted in) {
    Slotted out = current.getAndSet(in);
    if (out == null) {
      return;
    }
    if (in == null || in.given != out.given) {
      out.given.close();
    }
    out.opened.release();
  }
}
