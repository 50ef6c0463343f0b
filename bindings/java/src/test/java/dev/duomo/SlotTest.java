package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The model in use, swapped under clients: none of their requests is lost or wrong. */
class SlotTest {
  private static final int SWAPS = 40; // a second
  private static final int REQUESTS = 100_000;
  private static final String[] NAMES = {"shop", "player"};

  /** What user 2 of a model is recommended. */
  private static TopKResult best(Model model) {
    return model.topK(TopKRequest.of(model.userIds()[2]).k(5));
  }

  @Test
  void swapsUnderLoad() throws Exception {
    Map<String, TopKResult> wanted = new HashMap<>();
    for (String name : NAMES) {
      try (Model model = Fixtures.open(name)) {
        wanted.put(name, best(model));
      }
    }
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try (ModelSlot slot = new ModelSlot(Fixtures.open(NAMES[0]))) {
      AtomicInteger asked = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < 4; ++client) {
        running.add(
            clients.submit(
                () -> {
                  while (!stop.get()) {
                    try (Model model = slot.get()) {
                      TopKResult want = wanted.get(model.info().name);
                      TopKResult found = best(model);
                      assertArrayEquals(want.ids(0), found.ids(0));
                      assertArrayEquals(want.scores(0), found.scores(0));
                    }
                    asked.incrementAndGet();
                  }
                }));
      }
      long begin = System.nanoTime();
      for (int swap = 1;
          swap <= 3 * SWAPS || asked.get() < REQUESTS && swap <= 60 * SWAPS;
          ++swap) {
        slot.set(Fixtures.open(NAMES[swap % 2]));
        long rest = begin + TimeUnit.SECONDS.toNanos(swap) / SWAPS - System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(Math.max(rest, 0));
      }
      stop.set(true);
      for (Future<?> client : running) {
        client.get(60, TimeUnit.SECONDS);
      }
      assertTrue(asked.get() > 0);
      slot.set(Fixtures.open("shop"));
      assertEquals(0, mapped("player")); // what was swapped out is closed, without the collector
    } finally {
      stop.set(true);
      clients.shutdownNow();
    }
  }

  private static long mapped(String name) throws Exception {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith("/" + name + ".duomo"))
        .count();
  }

  @Test
  void references() {
    Model first = Fixtures.open("shop");
    Model second = Fixtures.open("shop");
    TopKResult wanted = best(first);
    ModelSlot slot = new ModelSlot(first);
    slot.set(first);
    Model held = slot.get();
    first.close(); // which hurts nobody
    best(slot.get());
    slot.set(second);
    assertThrows(IllegalStateException.class, () -> slot.set(first));
    assertArrayEquals(wanted.ids(0), best(held).ids(0));
    held.close();
    assertThrows(IllegalStateException.class, () -> best(held));
    best(second); // in the slot it may be used as before
    slot.close();
    slot.close();
    assertThrows(IllegalStateException.class, () -> best(second));
    assertThrows(IllegalStateException.class, slot::get);
  }
}
