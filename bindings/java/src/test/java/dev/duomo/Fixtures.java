package dev.duomo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** Where the tests find files: bindings/java/check sets the environment. */
final class Fixtures {
  private Fixtures() {}

  static Path models(String name) {
    return folder("DUOMO_TEST_MODELS").resolve(name + ".duomo");
  }

  /** A folder for every version of the container. */
  static List<Path> golden() throws IOException {
    try (Stream<Path> entries = Files.list(folder("DUOMO_TEST_GOLDEN"))) {
      List<Path> versions = entries.filter(Files::isDirectory).sorted().collect(Collectors.toList());
      assertTrue(versions.size() >= 2, versions.toString());
      return versions;
    }
  }

  static Model open(String name) {
    return Model.open(models(name));
  }

  static void fails(Status status, String part, Executable call) {
    DuomoException thrown = assertThrows(DuomoException.class, call);
    assertEquals(status, thrown.status(), thrown.getMessage());
    assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
  }

  private static Path folder(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      throw new IllegalStateException(variable + " is not set: run bindings/java/check");
    }
    return Path.of(value);
  }
}
