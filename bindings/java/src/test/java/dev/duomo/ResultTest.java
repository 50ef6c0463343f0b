package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Results as objects and as text, and what the system has against files. */
class ResultTest {
  @Test
  void walked() {
    try (Model shop = Fixtures.open("shop")) {
      TopKResult found = shop.topK(TopKRequest.of(1, 3).k(3).withTitles());
      List<List<Hit>> all = new ArrayList<>();
      for (List<Hit> hits : found) {
        all.add(hits);
      }
      assertEquals(2, all.size());
      for (int query = 0; query < 2; ++query) {
        assertEquals(found.hits(query), all.get(query));
        for (int rank = 0; rank < 3; ++rank) {
          Hit hit = all.get(query).get(rank);
          assertEquals(found.id(query, rank), hit.id());
          assertEquals(found.score(query, rank), hit.score());
          assertEquals(shop.title(hit.id()), hit.title());
          assertNull(hit.key());
        }
      }
      Hit first = all.get(0).get(0);
      assertEquals(first, found.hits(0).get(0));
      assertEquals(first.hashCode(), found.hits(0).get(0).hashCode());
      assertNotEquals(first, all.get(0).get(1));
      assertNotEquals(first, shop.topK(TopKRequest.of(1)).hits(0).get(0)); // without its title
      assertThrows(IndexOutOfBoundsException.class, () -> found.hits(2));
      Iterator<List<Hit>> walk = new TopKResult().iterator();
      assertFalse(walk.hasNext());
      assertThrows(NoSuchElementException.class, walk::next);
    }
  }

  @Test
  void asText() {
    try (Model shop = Fixtures.open("shop");
        Model club = Fixtures.open("club")) {
      TopKResult found = shop.topK(TopKRequest.of(3).k(2));
      String wanted =
          String.format(
              "[[%d=%s, %d=%s]]", found.id(0, 0), found.score(0, 0), found.id(0, 1), found.score(0, 1));
      assertEquals(wanted, found.toString());
      found = shop.topK(TopKRequest.of(3).k(1).withTitles());
      assertTrue(found.toString().endsWith("=" + found.score(0, 0) + " \"" + found.title(0, 0) + "\"]]"));
      found = club.topK(TopKRequest.of(club.userIds()[0]).k(1).withKeys());
      assertTrue(found.toString().startsWith("[[" + found.key(0, 0) + "="), found.toString());
      assertEquals(found.key(0, 0), found.hits(0).get(0).key());
      assertTrue(shop.topK(TopKRequest.of(shop.userIds()).k(1)).toString().endsWith(", and 2 more]"));
      assertEquals("[]", new TopKResult().toString());
    }
  }

  @Test
  void filesThatTheSystemRefuses() {
    DuomoException missing =
        assertThrows(DuomoException.class, () -> Model.open(Path.of("/nowhere/shop.duomo")));
    assertEquals(Status.IO_ERROR, missing.status());
    assertTrue(missing.getCause() instanceof NoSuchFileException, String.valueOf(missing.getCause()));
    DuomoException corrupt =
        assertThrows(DuomoException.class, () -> Fixtures.open("corrupt"));
    assertNull(corrupt.getCause());
  }

  @Test
  void platforms() {
    String[][] cases = {
      {"Linux", "amd64", "linux-x86_64", "libduomo.so.0", "libduomo_jni.so"},
      {"Linux", "aarch64", "linux-aarch64", "libduomo.so.0", "libduomo_jni.so"},
      {"Mac OS X", "aarch64", "macos-aarch64", "libduomo.0.dylib", "libduomo_jni.dylib"},
      {"Mac OS X", "x86_64", "macos-x86_64", "libduomo.0.dylib", "libduomo_jni.dylib"},
      {"Windows Server 2022", "amd64", "windows-x86_64", "duomo.dll", "duomo_jni.dll"},
      {"FreeBSD", "amd64", "freebsd-x86_64", "libduomo.so.0", "libduomo_jni.so"},
    };
    for (String[] one : cases) {
      NativePlatform found = new NativePlatform(one[0], one[1], false);
      assertEquals(List.of(one[2], one[3], one[4]), List.of(found.name, found.library, found.glue));
    }
    assertEquals("linux-musl-x86_64", new NativePlatform("Linux", "amd64", true).name);
    assertEquals("linux-musl-aarch64", new NativePlatform("Linux", "aarch64", true).name);
  }
}
