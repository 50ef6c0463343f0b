package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Use after close, wrong lengths, huge k, one context in two threads, memory. */
class MisuseTest {
  @Test
  void afterClose() {
    Model model = Fixtures.open("shop");
    Context context = model.newContext();
    Features features = model.newFeatures(Scope.USER, 1).set("age", 10);
    ItemSet set = model.itemSet(1000, 1003);
    float wanted = model.predict(1, 1000);
    model.close();
    model.close();
    for (Executable call :
        new Executable[] {
          () -> model.predict(1, 1000),
          () -> model.topK(TopKRequest.of(1)),
          () -> model.encode(features),
          () -> model.title(1000),
          model::itemIds,
          () -> model.newContext(),
          () -> model.newFeatures(Scope.USER, 1),
          () -> model.itemSet(1000),
          model::trim,
          model::metadata,
        }) {
      String message = assertThrows(IllegalStateException.class, call).getMessage();
      assertTrue(message.contains("closed"), message);
    }
    assertEquals(wanted, context.predict(1, 1000)); // holds the model
    assertEquals(20, context.encode(features).length);
    assertEquals(2, context.topK(TopKRequest.of(1).allow(set)).count(0));
    context.trim();
    set.close();
    set.close();
    for (Executable call :
        new Executable[] {
          set::size,
          set::not,
          () -> context.topK(TopKRequest.of(1).allow(set)),
          () -> context.topK(TopKRequest.of(1).allowEach(set)),
        }) {
      assertThrows(IllegalStateException.class, call);
    }
    features.close();
    assertThrows(IllegalStateException.class, () -> context.encode(features));
    assertThrows(IllegalStateException.class, () -> features.set("age", 10));
    context.close();
    context.close();
    assertThrows(IllegalStateException.class, () -> context.predict(1, 1000));
  }

  @Test
  void wrongArguments() {
    try (Model shop = Fixtures.open("shop");
        Features two = shop.newFeatures(Scope.USER, 2)) {
      long[] one = {1};
      for (Executable call :
          new Executable[] {
            () -> shop.predict(one, new long[2]),
            () -> shop.predict(one, one, new float[2]),
            () -> shop.predict(LongBuffer.wrap(one), LongBuffer.wrap(one), CallsTest.direct(1).asFloatBuffer().limit(1)),
            () -> shop.predict(bigEndian(), bigEndian(), CallsTest.direct(1).asFloatBuffer().limit(1)),
            () -> shop.predictVectors(new float[19], new float[19]),
            () -> shop.predictVectors(new float[20], new float[40]),
            () -> shop.topK(TopKRequest.of(1, 2).excludeLists(one)),
            () -> shop.topK(TopKRequest.of(1, 2).histories(one)),
            () -> shop.topK(TopKRequest.of(1).k(-1)),
            () -> shop.topK(TopKRequest.ofVectors(new float[21])),
            () -> shop.topK(TopKRequest.of(1, 2).kEach(1)),
            () -> shop.topK(TopKRequest.of(1).kEach(-1)),
            () -> shop.topK(TopKRequest.of(1).historyWeights(1f)),
            () -> shop.topK(TopKRequest.of(1, 2).allowEach((ItemSet) null)),
            () -> shop.topK(TopKRequest.of(1).limit("tags", 0)),
            () -> shop.topK(TopKRequest.of("user\0")),
            () -> two.set("age", 1),
            () -> two.set("plan", "fr\0ee", "x"),
            () -> shop.newFeatures(Scope.USER, -1),
            () -> shop.rank(RankRequest.ofFeatures(two).items(1000)),
            () -> Model.open(ByteBuffer.allocate(64), new OpenOptions()),
            () -> Model.open(Path.of("x"), new OpenOptions()).userId("\0"),
          }) {
        Exception thrown = assertThrows(Exception.class, call);
        assertTrue(
            thrown instanceof IllegalArgumentException || thrown instanceof DuomoException,
            thrown.toString());
      }
      Fixtures.fails(Status.INVALID_ARGUMENT, "k", () -> shop.topK(TopKRequest.of(1).k(0)));
      Fixtures.fails(
          Status.INVALID_ARGUMENT, "NaN",
          () -> shop.topK(TopKRequest.of(1).minimumScore(Float.NaN)));
      assertThrows(NullPointerException.class, () -> shop.predict(null, one));
      assertThrows(NullPointerException.class, () -> TopKRequest.ofFeatures(null));
      try (Model player = Fixtures.open("player");
          Features other = player.newFeatures(Scope.USER, 1)) {
        Fixtures.fails(Status.INVALID_ARGUMENT, "model", () -> shop.encode(other));
      }
    }
  }

  private static LongBuffer bigEndian() {
    return ByteBuffer.allocateDirect(8).asLongBuffer();
  }

  @Test
  void oneContextInTwoThreads() throws Exception {
    try (Model shop = Fixtures.open("shop");
        Context context = shop.newContext()) {
      long[] users = new long[24_000];
      for (int i = 0; i < users.length; ++i) {
        users[i] = 1 + i % 12;
      }
      AtomicBoolean refused = new AtomicBoolean();
      CountDownLatch inside = new CountDownLatch(1);
      Thread other =
          new Thread(
              () -> {
                inside.countDown();
                for (int i = 0; i < 100 && !refused.get(); ++i) {
                  try {
                    context.topK(TopKRequest.of(users).k(3));
                  } catch (IllegalStateException e) {
                    refused.set(e.getMessage().contains("another thread"));
                  }
                }
              });
      other.start();
      inside.await();
      while (other.isAlive() && !refused.get()) {
        try {
          context.predict(1, 1000);
        } catch (IllegalStateException e) {
          refused.set(e.getMessage().contains("another thread"));
        }
      }
      other.join();
      assertTrue(refused.get());
      assertTrue(context.predict(1, 1000) > 0);
    }
  }

  @Test
  void threadsShareAModelAndMayCloseIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      for (int round = 0; round < 20; ++round) {
        Model model = Fixtures.open("shop");
        TopKResult wanted = model.topK(TopKRequest.of(model.userIds()).k(5));
        CountDownLatch warm = new CountDownLatch(6);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 6; ++t) {
          Random random = new Random(t);
          running.add(
              threads.submit(
                  () -> {
                    for (int i = 0; ; ++i) {
                      int q = random.nextInt(12);
                      try {
                        TopKResult found = model.topK(TopKRequest.of(q + 1).k(5));
                        assertArrayEquals(wanted.ids(q), found.ids(0));
                        assertArrayEquals(wanted.scores(q), found.scores(0));
                        assertEquals(wanted.score(q, 0), model.predict(q + 1, wanted.id(q, 0)));
                        model.title(1000);
                      } catch (IllegalStateException closed) {
                        assertTrue(i >= 10, closed.getMessage());
                        return;
                      }
                      if (i == 10) {
                        warm.countDown();
                      }
                    }
                  }));
        }
        warm.await();
        model.close();
        for (Future<?> one : running) {
          one.get(60, TimeUnit.SECONDS);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static long resident() throws Exception {
    return 4096 * Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
  }

  @Test
  void memoryStaysFlat() throws Exception {
    try (Model shop = Fixtures.open("shop")) {
      long[] users = shop.userIds();
      Executable round =
          () -> {
            for (int i = 0; i < 1_000_000; ++i) {
              shop.predict(1, 1000);
              if (i % 200 == 0) {
                shop.topK(
                    TopKRequest.of(users)
                        .k(5)
                        .exclude(1000)
                        .where(Filter.of("tags", Filter.Mode.ANY, "red")));
                assertThrows(DuomoException.class, () -> shop.predict(99, 1000));
                try (Features user = shop.newFeatures(Scope.USER, 1).set("plan", "free")) {
                  shop.encode(user);
                }
              }
              if (i % 1000 == 0) {
                Fixtures.open("shop").close();
                Fixtures.open("shop").newContext(); // left to the cleaner
              }
            }
          };
      // The JVM itself takes a while to find its size; a leak of a byte a call grows every time.
      long grown = Long.MAX_VALUE;
      for (int i = 0; i < 8 && grown >= 1_000_000; ++i) {
        long before = resident();
        quietly(round);
        System.gc();
        Thread.sleep(200); // the cleaner's
        grown = resident() - before;
      }
      assertTrue(grown < 1_000_000, grown + " bytes more after a million calls, every time");
    }
  }

  private static void quietly(Executable round) throws Exception {
    try {
      round.execute();
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
