package dev.duomo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Which of the libraries in the jar this machine takes, and what they are called there. */
final class NativePlatform {
  /** As the folders in the jar are called: "linux-musl-aarch64". */
  final String name;

  final String library;
  final String glue;
  final boolean windows;

  NativePlatform(String osName, String osArch, boolean musl) {
    String os = osName.toLowerCase(Locale.ROOT);
    String machine = osArch.toLowerCase(Locale.ROOT);
    windows = os.startsWith("windows");
    boolean mac = os.startsWith("mac");
    library = windows ? "duomo.dll" : mac ? "libduomo.0.dylib" : "libduomo.so.0";
    glue = windows ? "duomo_jni.dll" : mac ? "libduomo_jni.dylib" : "libduomo_jni.so";
    String system = windows ? "windows" : mac ? "macos" : os;
    name =
        (system.equals("linux") && musl ? "linux-musl" : system)
            + "-"
            + (machine.equals("amd64") ? "x86_64" : machine.equals("arm64") ? "aarch64" : machine);
  }

  static NativePlatform ofThisMachine() {
    return new NativePlatform(
        System.getProperty("os.name"), System.getProperty("os.arch"), runsOnMusl());
  }

  String resource(String file) {
    return "/natives/" + name + "/" + file;
  }

  /** Whether the JVM itself stands on musl, as on Alpine: its own mappings say so. */
  private static boolean runsOnMusl() {
    try {
      String maps = new String(Files.readAllBytes(Path.of("/proc/self/maps")), StandardCharsets.UTF_8);
      return maps.contains("/ld-musl-");
    } catch (IOException | RuntimeException noLinux) {
      return false;
    }
  }
}
