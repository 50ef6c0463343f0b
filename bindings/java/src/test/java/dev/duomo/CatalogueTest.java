package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** String keys, users for items, limits, attributes, sets of items, cancelling. */
class CatalogueTest {
  static Model shop;
  static Model club;

  @BeforeAll
  static void open() {
    shop = Fixtures.open("shop");
    club = Fixtures.open("club");
  }

  @AfterAll
  static void close() {
    shop.close();
    club.close();
  }

  private static String[] keys(TopKResult result, int query) {
    String[] out = new String[result.count(query)];
    for (int i = 0; i < out.length; ++i) {
      out[i] = result.key(query, i);
    }
    return out;
  }

  @Test
  void keysInRequestsAndResults() {
    TopKResult best = club.topK(TopKRequest.of("member-8").k(5).withKeys().withTitles());
    String[] keys = keys(best, 0);
    long[] ids = best.ids(0);
    assertEquals(club.itemKey(ids[0]), keys[0]);
    assertEquals(ids[0], Model.idOfKey(keys[0]));
    assertEquals(club.title(ids[4]), best.title(0, 4));
    TopKResult rest =
        club.topK(
            TopKRequest.of("member-8", "member-8")
                .k(2)
                .exclude(keys[1])
                .excludeLists(new String[] {keys[0]}, new String[0])
                .withKeys());
    assertArrayEquals(new String[] {keys[2], keys[3]}, keys(rest, 0));
    assertArrayEquals(new String[] {keys[0], keys[2]}, keys(rest, 1));
    TopKResult allowed = club.topK(TopKRequest.of("member-8").allow(keys[3], "nothing", keys[1]));
    assertArrayEquals(new long[] {ids[1], ids[3]}, allowed.ids(0));
    assertArrayEquals(
        Arrays.copyOf(best.scores(0), 2),
        club.rank(RankRequest.of("member-8").items(keys[0], keys[1])));
    assertThrows(IllegalStateException.class, () -> allowed.key(0, 0)); // not asked for

    DuomoException e =
        assertThrows(
            DuomoException.class, () -> club.topK(TopKRequest.of("member-8", "nobody")));
    assertEquals(Status.NOT_FOUND, e.status());
    assertEquals(ErrorKind.UNKNOWN_ID, e.kind());
    assertEquals(Argument.QUERIES, e.argument());
    assertEquals(1, e.position());
    Fixtures.fails(Status.UNSUPPORTED, "", () -> shop.topK(TopKRequest.of("1")));
  }

  @Test
  void lookUps() {
    long[] ids = club.itemIds("book-7", "none");
    assertArrayEquals(new long[] {club.itemId("book-7"), -1}, ids);
    assertArrayEquals(new String[] {"book-7", null}, club.itemKeys(ids[0], 5));
    assertArrayEquals(new String[] {club.title(ids[0]), null}, club.titles(ids[0], 5));
    assertArrayEquals(new String[] {"member-2"}, club.userKeys(club.userIds("member-2")));
    assertTrue(club.metadata().isEmpty());
    // A stored id means the same item after training again, or is unknown.
    try (Model later = Fixtures.open("club_later")) {
      long[] all = club.itemIds();
      String[] before = club.itemKeys(all);
      String[] after = later.itemKeys(all);
      int known = 0;
      for (int i = 0; i < all.length; ++i) {
        if (after[i] != null) {
          assertEquals(before[i], after[i]);
          ++known;
        }
      }
      assertEquals(30, known);
      assertNotEquals(club.info().fingerprint, later.info().fingerprint);
    }
  }

  @Test
  void users() {
    TopKRequest request = TopKRequest.of("book-7").k(Integer.MAX_VALUE).withKeys();
    TopKResult all = club.usersFor(request);
    assertEquals(300, all.count(0));
    long book = club.itemId("book-7");
    for (int i = 0; i < 300; ++i) {
      assertEquals(club.predict(all.id(0, i), book), all.score(0, i));
    }
    Set<String> unread = new HashSet<>(List.of(keys(club.usersFor(request.excludeSeen()), 0)));
    assertTrue(unread.size() < 300 && !unread.contains("member-7"));
    TopKResult like = club.similarUsers(TopKRequest.of("member-3").k(4).withKeys());
    assertEquals(4, like.count(0));
    assertFalse(List.of(keys(like, 0)).contains("member-3"));
  }

  @Test
  void limitsAndKOfEach() {
    assertEquals(10, club.topK(TopKRequest.of("member-8").k(40).limit("author", 2)).count(0));
    TopKResult each =
        club.topK(
            TopKRequest.of("member-1", "member-2", "member-3").kEach(3, 0, Integer.MAX_VALUE));
    assertArrayEquals(
        new int[] {3, 0, 40}, new int[] {each.count(0), each.count(1), each.count(2)});
    Fixtures.fails(
        Status.NOT_FOUND, "nope", () -> club.topK(TopKRequest.of("member-8").limit("nope", 1)));
  }

  /** A model that reads no histories folds them in. */
  @Test
  void weightsOfHistories() {
    String[] history = {"book-1", "book-2"};
    float[] one = club.topK(TopKRequest.ofHistories(history).historyWeights(9, .1f)).scores(0);
    float[] other = club.topK(TopKRequest.ofHistories(history).historyWeights(.1f, 9)).scores(0);
    assertFalse(Arrays.equals(one, other));
    Fixtures.fails(
        Status.INVALID_ARGUMENT,
        "history_weights",
        () -> club.topK(TopKRequest.ofHistories(history).historyWeights(1, -1)));
  }

  @Test
  void inputValues() {
    assertEquals(List.<Object>of(10L, 20L, 30L), shop.inputValues("age"));
    assertTrue(shop.inputValues("tags").contains("red"));
    Fixtures.fails(Status.NOT_FOUND, "nope", () -> shop.inputValues("nope"));
    try (Model joint = Fixtures.open("joint")) {
      Fixtures.fails(Status.UNSUPPORTED, "", () -> joint.inputValues("delay"));
    }
  }

  /** As tests/abi/fixtures.h says. */
  @Test
  void attributes() {
    List<String> names =
        shop.attributes().stream().map(a -> a.name + " " + a.kind).collect(Collectors.toList());
    assertEquals(
        List.of("price NUMBER", "year INTEGER", "added TIME", "brand CATEGORY", "labels SET"),
        names);
    long[] ids = shop.itemIds();
    double[] prices = shop.attributeNumbers("price", ids);
    assertEquals(2.5, prices[3]);
    assertTrue(Double.isNaN(prices[9]));
    assertArrayEquals(
        new long[] {1982, Long.MIN_VALUE}, shop.attributeIntegers("year", ids[2], ids[6]));
    assertArrayEquals(new String[] {"größe", null}, shop.attributeTexts("brand", ids[2], ids[3]));
    assertEquals(Set.of("new", "sale", "vegan"), Set.copyOf(shop.attributeSet("labels", ids[4])));
    Fixtures.fails(Status.NOT_FOUND, "nope", () -> shop.attributeNumbers("nope", ids));
    Fixtures.fails(Status.INVALID_ARGUMENT, "price", () -> shop.attributeTexts("price", ids));
  }

  @Test
  void itemSets() {
    Filter years = Filter.range("year", 1980, 1982);
    try (ItemSet some = shop.itemSet(1000, 1003, 1006, 7);
        ItemSet three = shop.itemSetWhere(years);
        ItemSet two = shop.itemSetWhere(years.belowMaximum());
        ItemSet one = shop.itemSetWhere(years.belowMaximum().aboveMinimum());
        ItemSet all = shop.itemSetWhere();
        ItemSet none = shop.itemSet(new long[0]);
        ItemSet book = club.itemSet("book-1", "nothing");
        ItemSet both = some.and(two);
        ItemSet either = some.or(two);
        ItemSet rest = some.not()) {
      long[] sizes = {
        some.size(), three.size(), two.size(), one.size(), all.size(), none.size(), book.size(),
        both.size(), either.size(), rest.size()
      };
      assertArrayEquals(new long[] {3, 3, 2, 1, 40, 0, 1, 2, 3, 37}, sizes);
      assertTrue(some.contains(1003) && !rest.contains(1003) && !some.contains(7));
      assertArrayEquals(
          shop.topK(TopKRequest.of(3).allow(1000, 1003, 1006)).ids(0),
          shop.topK(TopKRequest.of(3).allow(some)).ids(0));
      TopKResult each = shop.topK(TopKRequest.of(1, 2, 3).k(40).allowEach(some, null, none));
      assertArrayEquals(
          new int[] {3, 40, 0}, new int[] {each.count(0), each.count(1), each.count(2)});
      Fixtures.fails(Status.INVALID_ARGUMENT, "model", () -> some.and(book));
      Fixtures.fails(
          Status.INVALID_ARGUMENT, "model", () -> shop.topK(TopKRequest.of(3).allow(book)));
    }
  }

  @Test
  void cancellation() {
    Cancellation stop = new Cancellation();
    try (Context context = shop.newContext(new ContextOptions().cancelledBy(stop))) {
      assertEquals(10, context.topK(TopKRequest.of(3)).count(0));
      stop.cancel();
      assertTrue(stop.isCancelled());
      Fixtures.fails(Status.CANCELLED, "", () -> context.topK(TopKRequest.of(3)));
      stop.reset();
      assertEquals(10, context.topK(TopKRequest.of(3)).count(0));
    }
  }
}
