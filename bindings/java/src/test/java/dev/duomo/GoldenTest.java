package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors that every binding checks: the same calls, the same bits. */
class GoldenTest {
  private static long[] longs(JsonElement array) {
    JsonArray list = array.getAsJsonArray();
    long[] out = new long[list.size()];
    for (int i = 0; i < out.length; ++i) {
      out[i] = list.get(i).getAsLong();
    }
    return out;
  }

  private static String[] texts(JsonElement array) {
    JsonArray list = array.getAsJsonArray();
    String[] out = new String[list.size()];
    for (int i = 0; i < out.length; ++i) {
      out[i] = list.get(i).getAsString();
    }
    return out;
  }

  private static String[] bits(float[] values) {
    String[] out = new String[values.length];
    for (int i = 0; i < out.length; ++i) {
      out[i] = String.format("%08x", Float.floatToRawIntBits(values[i]));
    }
    return out;
  }

  private static void check(Recommender model, JsonObject one) {
    String call = one.get("call").getAsString();
    if (call.equals("predict")) {
      float[] found = model.predict(longs(one.get("users")), longs(one.get("items")));
      assertArrayEquals(texts(one.get("predictions")), bits(found), call);
    } else if (call.startsWith("encode")) {
      long[] ids = longs(one.get("ids"));
      float[] found = call.equals("encode_users") ? model.encodeUsers(ids) : model.encodeItems(ids);
      assertEquals(ids.length * one.get("width").getAsInt(), found.length);
      assertArrayEquals(texts(one.get("vectors")), bits(found), call);
    } else {
      boolean similar = call.equals("similar");
      JsonArray lists = one.getAsJsonArray("exclude");
      long[][] exclude = new long[lists.size()][];
      for (int i = 0; i < exclude.length; ++i) {
        exclude[i] = longs(lists.get(i));
      }
      TopKRequest request =
          TopKRequest.of(longs(one.get(similar ? "items" : "users")))
              .k(one.get("k").getAsInt())
              .excludeLists(exclude);
      TopKResult found = similar ? model.similar(request) : model.topK(request);
      assertEquals(exclude.length, found.size());
      for (int i = 0; i < found.size(); ++i) {
        assertArrayEquals(longs(one.getAsJsonArray("ids").get(i)), found.ids(i), call);
        assertArrayEquals(
            texts(one.getAsJsonArray("scores").get(i)), bits(found.scores(i)), call);
      }
    }
  }

  private static ByteBuffer direct(Path path) throws Exception {
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length + 128).alignedSlice(64);
    buffer.put(bytes).flip();
    return buffer;
  }

  @Test
  void everyCaseHasTheSameBits() throws Exception {
    for (Path version : Fixtures.golden()) {
      JsonArray cases;
      try (Reader reader = Files.newBufferedReader(version.resolve("vectors.json"))) {
        cases = JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("cases");
      }
      assertTrue(cases.size() >= 7);
      checkAll(version.resolve("good"), cases);
    }
  }

  private static void checkAll(Path good, JsonArray cases) throws Exception {
    for (JsonElement element : cases) {
      JsonObject one = element.getAsJsonObject();
      Path path = good.resolve(one.get("model").getAsString());
      try (Model model = Model.open(path);
          Model buffered = Model.open(direct(path), new OpenOptions());
          Context context = model.newContext()) {
        assertTrue(!buffered.info().copied);
        for (Recommender each : List.of(model, buffered, context)) {
          check(each, one);
        }
      }
    }
  }

  @Test
  void badFilesAreRefused() throws Exception {
    int seen = 0;
    for (Path version : Fixtures.golden()) {
      seen += refused(version.resolve("bad"));
    }
    assertTrue(seen >= 26);
  }

  private static int refused(Path folder) throws Exception {
    int seen = 0;
    try (DirectoryStream<Path> bad = Files.newDirectoryStream(folder, "*.duomo")) {
      for (Path path : bad) {
        Status wanted =
            path.endsWith("newer.duomo") ? Status.UNSUPPORTED_VERSION : Status.CORRUPT;
        Fixtures.fails(wanted, "", () -> Model.open(path, new OpenOptions().verify()));
        ByteBuffer bytes = direct(path);
        Fixtures.fails(wanted, "", () -> Model.open(bytes, new OpenOptions().verify()));
        ++seen;
      }
    }
    return seen;
  }
}
