package dev.duomo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds libduomo and the glue. The library: the system property {@code duomo.library.path} (a
 * libduomo, or a folder with libduomo.so.0), else the one in the jar. The glue: of a folder so named
 * where it lies there, else the one in the jar; where the jar has none for this platform, both are
 * looked for on java.library.path.
 */
final class NativeLibrary {
  private static final String CHOSEN = "duomo.library.path";
  private static final String IN_JAR =
      "linux-x86_64, linux-aarch64, linux-musl-x86_64, linux-musl-aarch64, macos-x86_64, macos-aarch64, "
          + "windows-x86_64";
  private static final String PREFIX = "duomo-natives-";
  private static final Duration UNUSED = Duration.ofHours(1);

  private NativeLibrary() {}

  static void load() {
    NativePlatform platform = NativePlatform.ofThisMachine();
    Path chosen = chosen(platform);
    Path beside = chosen == null ? null : chosen.resolveSibling(platform.glue);
    if (beside != null && Files.exists(beside)) { // nothing is unpacked
      System.load(chosen.toString());
      System.load(beside.toString());
    } else if (NativeLibrary.class.getResource(platform.resource(platform.glue)) != null) {
      loadUnpacked(platform, chosen);
    } else {
      loadInstalled(platform, chosen);
    }
  }

  /** What the host names, or null. */
  private static @Nullable Path chosen(NativePlatform platform) {
    String named = System.getProperty(CHOSEN);
    if (named == null) {
      return null;
    }
    Path path = Path.of(named).toAbsolutePath();
    return Files.isDirectory(path) ? path.resolve(platform.library) : path;
  }

  private static void loadInstalled(NativePlatform platform, @Nullable Path chosen) {
    try {
      if (chosen != null) {
        System.load(chosen.toString());
      }
      System.loadLibrary("duomo_jni"); // its RUNPATH is its own folder: libduomo lies beside it
    } catch (UnsatisfiedLinkError e) {
      throw unsatisfied(
          e,
          e.getMessage()
              + " (Duomo's jar has no library for "
              + platform.name
              + "; a full one has "
              + IN_JAR
              + ". Name a folder with both "
              + platform.library
              + " and "
              + platform.glue
              + " by -D"
              + CHOSEN
              + "=…, or put it on java.library.path)");
    }
  }

  private static void loadUnpacked(NativePlatform platform, @Nullable Path chosen) {
    Path folder = null;
    try {
      if (platform.windows) {
        removeUnused();
      }
      folder = Files.createTempDirectory(PREFIX); // ours alone
      Path library = folder.resolve(platform.library);
      if (chosen == null) {
        unpack(platform.resource(platform.library), library);
      } else if (!platform.windows && Files.exists(chosen)) {
        Files.createSymbolicLink(library, chosen); // musl looks beside the glue even for what is loaded
      }
      Path glue = folder.resolve(platform.glue);
      unpack(platform.resource(platform.glue), glue);
      // The glue needs the library, and the loader takes the one that has been loaded already.
      System.load((chosen == null ? library : chosen).toString());
      System.load(glue.toString());
    } catch (UnsatisfiedLinkError e) {
      if (folder == null || !e.getMessage().contains(folder.toString())) {
        throw e; // what the host named
      }
      throw unsatisfied(e, e.getMessage() + advice(platform, "forbids libraries (noexec)"));
    } catch (IOException e) {
      throw unsatisfied(
          e,
          "cannot unpack Duomo's library into "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e
              + advice(platform, "cannot be written"));
    } finally {
      if (folder != null) { // what is mapped stays mapped
        remove(folder);
      }
    }
  }

  private static String advice(NativePlatform platform, String what) {
    return " (where the folder for temporary files "
        + what
        + ", name another one by -Djava.io.tmpdir=…; or unpack "
        + platform.resource("").substring(1)
        + " of the jar for good and name that folder by -D"
        + CHOSEN
        + "=…)";
  }

  private static UnsatisfiedLinkError unsatisfied(Throwable cause, String message) {
    UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
    error.initCause(cause);
    return error;
  }

  private static void unpack(String resource, Path file) throws IOException {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the jar has no " + resource);
      }
      Files.copy(in, file);
    }
  }

  /** Windows keeps libraries that are in use: those of processes that have ended go with the next one. */
  private static void removeUnused() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path folder : folders) {
        FileTime changed = Files.getLastModifiedTime(folder);
        if (changed.toInstant().isBefore(Instant.now().minus(UNUSED))) { // else it may be on its way
          remove(folder);
        }
      }
    }
  }

  private static void remove(Path folder) {
    File[] files = folder.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      file.delete();
    }
    folder.toFile().delete();
  }
}
