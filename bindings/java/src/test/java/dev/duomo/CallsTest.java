package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call, against what other calls say. */
class CallsTest {
  static Model shop;
  static Model player;
  static Model joint;

  @BeforeAll
  static void open() {
    shop = Fixtures.open("shop");
    player = Fixtures.open("player");
    joint = Fixtures.open("joint");
  }

  @AfterAll
  static void close() {
    shop.close();
    player.close();
    joint.close();
  }

  static Set<Long> set(long... ids) {
    return Arrays.stream(ids).boxed().collect(Collectors.toSet());
  }

  @Test
  void infoAndInputs() {
    ModelInfo info = shop.info();
    assertEquals("shop", info.name);
    assertEquals("stars", info.unit);
    assertEquals(ModelInfo.Head.COSINE, info.head);
    assertEquals(12, info.userCount);
    assertEquals(40, info.itemCount);
    assertEquals(20, info.vectorWidth);
    assertTrue(info.hasUserVectors && info.hasHistory && info.hasTitles && !info.copied);
    assertEquals(5, info.maximumOutput);
    assertEquals(Float.POSITIVE_INFINITY, joint.info().maximumOutput);
    Input tags = shop.inputs().stream().filter(i -> i.name.equals("tags")).findFirst().get();
    assertEquals(Scope.ITEM, tags.scope);
    assertEquals(Input.Kind.CATEGORY_SET, tags.kind);
    assertEquals(Input.Keys.STRING, tags.keys);
    assertEquals(3, tags.vocabularySize);
    assertEquals("0.1.0", Model.version());
    assertTrue(Model.buildInfo().startsWith("duomo 0.1.0"));
  }

  @Test
  void idsKeysAndTitles() {
    assertArrayEquals(new long[] {1, 2, 3}, Arrays.copyOf(shop.userIds(), 3));
    assertEquals(40, shop.itemIds().length);
    assertEquals("Große Lampe 1", shop.title(1003));
    assertEquals("u7", player.userKey(player.userId("u7")));
    assertEquals("i7", player.itemKey(player.itemId("i7")));
    Fixtures.fails(Status.NOT_FOUND, "größe", () -> player.itemId("größe"));
    Fixtures.fails(Status.UNSUPPORTED, "", () -> shop.userId("1"));
    Fixtures.fails(Status.UNSUPPORTED, "title", () -> player.title(0));
    Fixtures.fails(Status.NOT_FOUND, "999", () -> shop.title(999));
  }

  @Test
  void predictInEveryForm() {
    int n = 70_000; // beyond what is used in place
    long[] users = new long[n];
    long[] items = new long[n];
    LongBuffer u = direct(n + 1).asLongBuffer();
    LongBuffer i = direct(n).asLongBuffer();
    FloatBuffer out = direct(n + 2).asFloatBuffer();
    for (int at = 0; at < n; ++at) {
      users[at] = 1 + at % 12;
      items[at] = 1000 + 3 * (at % 40);
      u.put(at + 1, users[at]);
      i.put(at, items[at]);
    }
    float[] wanted = shop.predict(users, items);
    float[] few = shop.predict(Arrays.copyOf(users, 40), Arrays.copyOf(items, 40));
    assertArrayEquals(Arrays.copyOf(wanted, 40), few);
    assertEquals(wanted[5], shop.predict(users[5], items[5]));
    out.position(2).limit(n + 2);
    shop.predict(u.position(1), i, out);
    assertEquals(2, out.position());
    float[] written = new float[n];
    out.get(written);
    assertArrayEquals(wanted, written);
    assertEquals(0, shop.predict(new long[0], new long[0]).length);
    shop.predict(direct(0).asLongBuffer(), direct(0).asLongBuffer(), direct(0).asFloatBuffer());
    float[] vectors =
        shop.predictVectors(shop.encodeUsers(1, 2), shop.encodeItems(1000, 1003));
    assertArrayEquals(shop.predict(new long[] {1, 2}, new long[] {1000, 1003}), vectors);
  }

  @Test
  void vectorsInDirectBuffers() {
    LongBuffer ids = direct(3).asLongBuffer().put(0, -1).put(1, 1).put(2, 2).position(1);
    FloatBuffer users = direct(21).asFloatBuffer().position(1).limit(41);
    FloatBuffer items = direct(20).asFloatBuffer();
    FloatBuffer out = direct(1).asFloatBuffer();
    shop.encodeUsers(ids, users);
    assertArrayEquals(shop.encodeUsers(1, 2), floats(users));
    shop.encodeItems(ids.put(1, 1000).put(2, 1003), items);
    assertArrayEquals(shop.encodeItems(1000, 1003), floats(items));
    shop.predictVectors(users, items, out);
    assertArrayEquals(shop.predict(new long[] {1, 2}, new long[] {1000, 1003}), floats(out));
    assertEquals(1, users.position());
    try (Features user = shop.newFeatures(Scope.USER, 1).set("plan", "free").set("age", 20)) {
      FloatBuffer one = direct(10).asFloatBuffer();
      shop.encode(user, one);
      assertArrayEquals(shop.encode(user), floats(one));
      assertThrows(IllegalArgumentException.class, () -> shop.encode(user, items));
      assertThrows(
          IllegalArgumentException.class, () -> shop.encode(user, FloatBuffer.allocate(20)));
    }
    assertThrows(
        IllegalArgumentException.class, () -> shop.encodeUsers(ids, items.asReadOnlyBuffer()));
    assertThrows(IllegalArgumentException.class, () -> shop.encodeUsers(ids, out));
    assertThrows(
        IllegalArgumentException.class, () -> shop.predictVectors(users, items.limit(20), out));
  }

  private static float[] floats(FloatBuffer buffer) {
    float[] out = new float[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }

  static ByteBuffer direct(int elements) {
    return ByteBuffer.allocateDirect(8 * elements).order(ByteOrder.nativeOrder());
  }

  @Test
  void topKIsPredictAndSort() {
    for (Model model : new Model[] {shop, player}) {
      long[] items = model.itemIds();
      TopKResult all = model.topK(TopKRequest.of(model.userIds()).k(7));
      for (int q = 0; q < all.size(); ++q) {
        long[] user = new long[items.length];
        Arrays.fill(user, model.userIds()[q]);
        float[] scores = model.predict(user, items);
        Integer[] order = new Integer[items.length];
        Arrays.setAll(order, r -> r);
        Arrays.sort(order, (a, b) -> Float.compare(scores[b], scores[a])); // stable
        for (int r = 0; r < 7; ++r) {
          assertEquals(items[order[r]], all.id(q, r));
          assertEquals(scores[order[r]], all.score(q, r));
        }
      }
    }
    TopKResult same = shop.topK(TopKRequest.ofVectors(shop.encodeUsers(4)).k(5));
    assertArrayEquals(shop.topK(TopKRequest.of(4).k(5)).ids(0), same.ids(0));
  }

  @Test
  void threads() {
    long[] users = new long[5000];
    Arrays.setAll(users, i -> 1 + i % 12);
    TopKResult wanted = shop.topK(TopKRequest.of(users).k(7));
    ContextOptions two = new ContextOptions().threads(2);
    try (Model model = Model.open(Fixtures.models("shop"), new OpenOptions().contexts(two));
        Context context = shop.newContext(two.threads(3))) {
      for (Recommender each : List.of(model, context)) {
        TopKResult found = each.topK(TopKRequest.of(users).k(7));
        for (int q = 0; q < users.length; ++q) {
          assertArrayEquals(wanted.ids(q), found.ids(q));
          assertArrayEquals(wanted.scores(q), found.scores(q));
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new ContextOptions().threads(-1));
  }

  @Test
  void resultsAreUsedAgain() {
    TopKResult result = new TopKResult();
    assertEquals(0, result.size());
    shop.topKInto(result, TopKRequest.of(1, 2, 3).k(40));
    assertEquals(3, result.size());
    shop.topKInto(result, TopKRequest.of(2).k(5));
    TopKResult fresh = shop.topK(TopKRequest.of(2).k(5));
    assertEquals(1, result.size());
    assertArrayEquals(fresh.ids(0), result.ids(0));
    assertArrayEquals(fresh.scores(0), result.scores(0));
    assertThrows(IndexOutOfBoundsException.class, () -> result.ids(1));
    assertThrows(IndexOutOfBoundsException.class, () -> result.id(0, 5));
    shop.similarInto(result, TopKRequest.of(1000, 1003).k(3));
    assertArrayEquals(shop.similar(TopKRequest.of(1003).k(3)).ids(0), result.ids(1));
    assertThrows(DuomoException.class, () -> shop.topKInto(result, TopKRequest.of(99)));
    assertEquals(0, result.size());
  }

  @Test
  void topKLeavesOutWhatItShould() {
    long[] all = shop.topK(TopKRequest.of(1).k(Integer.MAX_VALUE)).ids(0);
    assertEquals(40, all.length);
    Set<Long> gone = set(all);
    gone.removeAll(set(shop.topK(TopKRequest.of(1).k(40).excludeSeen()).ids(0)));
    assertEquals(set(1000, 1003), gone);
    TopKResult shared = shop.topK(TopKRequest.of(1, 2).k(40).exclude(1000, 5));
    assertEquals(39, shared.count(1));
    TopKResult each =
        shop.topK(
            TopKRequest.of(1, 2).k(40).excludeLists(new long[] {1000}, new long[] {1003, 1006}));
    assertEquals(39, each.count(0));
    assertEquals(38, each.count(1));
    assertEquals(set(1000, 1009), set(shop.topK(TopKRequest.of(1).allow(1000, 1009)).ids(0)));
    assertEquals(0, shop.topK(TopKRequest.of(1).allow(new long[0])).count(0));
    float fifth = shop.topK(TopKRequest.of(1)).score(0, 4);
    assertEquals(5, shop.topK(TopKRequest.of(1).k(40).minimumScore(fifth)).count(0));
    for (int lists : new int[] {0, 1, Integer.MAX_VALUE}) { // the file has none: exact
      assertArrayEquals(all, shop.topK(TopKRequest.of(1).k(40).approximate(lists)).ids(0));
    }
    assertThrows(IllegalArgumentException.class, () -> TopKRequest.of(1).approximate(-1));
    Filter red = Filter.of("tags", Filter.Mode.ANY, "red");
    Set<Long> reds = set(shop.topK(TopKRequest.of(1).k(40).where(red)).ids(0));
    assertTrue(!reds.isEmpty() && reds.size() < 40);
    Filter rest = Filter.of("tags", Filter.Mode.NONE, "red");
    Set<Long> others = set(shop.topK(TopKRequest.of(1).k(40).where(rest)).ids(0));
    assertEquals(40, reds.size() + others.size());
    assertEquals(0, shop.topK(TopKRequest.of(1).where(red).where(rest)).count(0));
    Filter codes = Filter.of("codes", Filter.Mode.ANY, 9, 8);
    int some = shop.topK(TopKRequest.of(1).k(40).where(codes)).count(0);
    assertTrue(some > 20 && some < 40);
    Filter purple = Filter.of("tags", Filter.Mode.ANY, "purple"); // no item has it
    assertEquals(0, shop.topK(TopKRequest.of(1).where(purple)).count(0));
    Fixtures.fails(
        Status.NOT_FOUND, "purple", () -> shop.topK(TopKRequest.of(1).where(purple.strict())));
  }

  @Test
  void similarAndHistories() {
    TopKResult near = shop.similar(TopKRequest.of(1000, 1003).k(50));
    assertEquals(39, near.count(0));
    assertFalse(set(near.ids(0)).contains(1000L));
    long[] known = player.topK(TopKRequest.of("u0").k(5)).ids(0);
    TopKRequest told = TopKRequest.of("u0").k(5).histories(new String[] {"i0", "i1", "nothing"});
    assertArrayEquals(known, player.topK(told).ids(0));
    TopKResult alone =
        player.topK(
            TopKRequest.ofHistories(new String[] {"i9", "i17"}, new String[0]).k(40).excludeSeen());
    assertEquals(38, alone.count(0));
    assertEquals(40, alone.count(1));
    long[] ids = {Model.idOfKey("i9"), Model.idOfKey("i17")};
    assertArrayEquals(
        alone.ids(0), player.topK(TopKRequest.ofHistories(ids).k(40).excludeSeen()).ids(0));
  }

  @Test
  void features() {
    try (Features user = shop.newFeatures(Scope.USER, 2);
        Features item = shop.newFeatures(Scope.ITEM, 2)) {
      user.set("plan", "paid", null).set("age", 20, 99);
      float[] vectors = shop.encode(user);
      assertArrayEquals(shop.encodeUsers(2), Arrays.copyOf(vectors, 20), 1e-5f);
      assertArrayEquals(
          shop.topK(TopKRequest.of(2).k(5)).ids(0),
          shop.topK(TopKRequest.ofFeatures(user).k(5)).ids(0));
      item.set("id", 1000, -1)
          .set("title", "The lamp blau", "Große")
          .setLists("tags", new String[] {"red"}, new String[] {"green", "blue"})
          .setLists("codes", new long[] {9}, new long[0]);
      assertEquals(40, shop.encode(item).length);
      assertEquals(2, shop.similar(TopKRequest.ofFeatures(item).k(3)).size());
      Fixtures.fails(Status.NOT_FOUND, "colour", () -> user.set("colour", "red", "red"));
      Fixtures.fails(Status.INVALID_ARGUMENT, "plan", () -> user.set("plan", 1, 2));
      user.strict(true);
      DuomoException e =
          assertThrows(DuomoException.class, () -> user.set("plan", "paid", "payed"));
      assertEquals(ErrorKind.UNKNOWN_VALUE, e.kind());
      assertEquals(Argument.VALUES, e.argument());
      assertEquals(1, e.position());
      user.strict(false).set("plan", "paid", "payed");
    }
  }

  @Test
  void rank() {
    assertArrayEquals(
        shop.predict(new long[] {3, 3}, new long[] {1000, 1009}),
        shop.rank(RankRequest.of(3).items(1000, 1009)));
    try (Features pairs = joint.newFeatures(Scope.PAIR, 3);
        Features user = joint.newFeatures(Scope.USER, 1);
        Features items = joint.newFeatures(Scope.ITEM, 3)) {
      float[] plain = joint.rank(RankRequest.of(5).items(7, 0, 39));
      pairs.set("delay", 3f, Float.NaN, 3f); // the fallback
      assertArrayEquals(plain, joint.rank(RankRequest.of(5).items(7, 0, 39).pairs(pairs)));
      pairs.set("delay", 1f, 2f, 30f).set("shown", 0f, 2f, 5f);
      float[] moved = joint.rank(RankRequest.of(5).items(7, 0, 39).pairs(pairs));
      assertFalse(Arrays.equals(plain, moved));
      user.set("user", 5);
      items.set("item", 7, 0, 39);
      float[] raw = joint.rank(RankRequest.ofFeatures(user).items(items).pairs(pairs));
      for (int i = 0; i < 3; ++i) {
        assertEquals(moved[i], raw[i], 1e-4f * moved[i]);
      }
    }
    Fixtures.fails(Status.UNSUPPORTED, "use rank", () -> joint.predict(1, 1));
  }

  @Test
  void unknownIdsAndOptions(@TempDir Path folder) throws Exception {
    Fixtures.fails(
        Status.NOT_FOUND,
        "user_ids[1]",
        () -> shop.predict(new long[] {1, 99}, new long[] {1000, 1000}));
    try (Context context = shop.newContext(new ContextOptions().unknown(Unknown.MARK))) {
      assertTrue(Float.isNaN(context.predict(99, 1000)));
      assertEquals(0, context.topK(TopKRequest.of(1, 99)).count(1));
      assertTrue(Float.isNaN(context.encodeUsers(99)[0]));
    }
    OpenOptions options =
        new OpenOptions()
            .copy()
            .verify()
            .backend(OpenOptions.Backend.PORTABLE)
            .contexts(new ContextOptions().unknown(Unknown.MARK));
    Path odd = Files.copy(Fixtures.models("shop"), folder.resolve("größe 😀.duomo"));
    try (Model copy = Model.open(odd, options)) {
      assertTrue(copy.info().copied);
      assertTrue(Float.isNaN(copy.predict(1, 5)));
    }
    try (Model prepared = Model.open(odd, new OpenOptions().prepare())) {
      TopKRequest request = TopKRequest.of(3).k(40);
      assertArrayEquals(shop.topK(request).ids(0), prepared.topK(request).ids(0));
      assertArrayEquals(shop.topK(request).scores(0), prepared.topK(request).scores(0));
    }
    Fixtures.fails(Status.IO_ERROR, "missing", () -> Model.open(folder.resolve("missing")));
  }
}
