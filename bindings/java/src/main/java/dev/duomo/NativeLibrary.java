package dev.duomo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds libduomo and the glue. The library: the system property {@code duomo.library.path} (a
 * libduomo, or a folder with libduomo.so.0), else the one in the jar. The glue is in the jar; where
 * the jar has none for this platform, both are looked for on java.library.path.
 */
final class NativeLibrary {
  private static final String LIBRARY = "libduomo.so.0";
  private static final String GLUE = "libduomo_jni.so";

  private NativeLibrary() {}

  static void load() {
    String chosen = System.getProperty("duomo.library.path");
    String folder = "/natives/" + platform() + "/";
    if (NativeLibrary.class.getResource(folder + GLUE) == null) {
      if (chosen != null) {
        System.load(library(chosen));
      }
      System.loadLibrary("duomo_jni"); // its RUNPATH is its own folder: libduomo lies beside it
      return;
    }
    try {
      Path temporary = Files.createTempDirectory("duomo"); // ours alone
      try {
        // The glue needs libduomo.so.0, and the loader takes the one that has been loaded already.
        System.load(
            chosen != null ? library(chosen) : unpack(folder + LIBRARY, temporary.resolve(LIBRARY)));
        System.load(unpack(folder + GLUE, temporary.resolve(GLUE)));
      } finally { // what is mapped stays mapped
        Files.deleteIfExists(temporary.resolve(LIBRARY));
        Files.deleteIfExists(temporary.resolve(GLUE));
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack Duomo's native library", e);
    }
  }

  private static String library(String chosen) {
    Path path = Path.of(chosen).toAbsolutePath();
    return (Files.isDirectory(path) ? path.resolve(LIBRARY) : path).toString();
  }

  private static String unpack(String resource, Path file) throws IOException {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the jar has no " + resource);
      }
      Files.copy(in, file);
    }
    return file.toString();
  }

  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : os)
        + "-"
        + (machine.equals("amd64") ? "x86_64" : machine.equals("arm64") ? "aarch64" : machine);
  }
}
