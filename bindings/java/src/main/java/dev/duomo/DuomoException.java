package dev.duomo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** A call that Duomo refused; {@link #status} says what kind of failure it is. */
public final class DuomoException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final Pattern NAMES_OF_C = Pattern.compile("\\b(duomo|DUOMO)_\\w+|\\b_PORTABLE\\b");

  /** The kind of failure. */
  private final Status status;

  /** The same, finer. */
  private final ErrorKind kind;

  /** Which argument. */
  private final Argument argument;

  /** Which element of it, or -1. */
  private final long position;

  /** Called by the glue. */
  DuomoException(int status, byte[] message, int kind, int argument, long position) {
    super(inJava(new String(message, StandardCharsets.UTF_8)));
    this.status = Status.of(status);
    this.kind = ErrorKind.of(kind);
    this.argument = Argument.of(argument);
    this.position = position; // C's "none" is all bits: -1
  }

  DuomoException(Status status, ErrorKind kind, Argument argument, String message) {
    super(message);
    this.status = status;
    this.kind = kind;
    this.argument = argument;
    position = -1;
  }

  /** The same of a file: asks the system once more what it has against it, where it was that. */
  DuomoException about(Path path) {
    if (status == Status.IO_ERROR && getCause() == null) {
      try {
        Files.newByteChannel(path).close();
      } catch (IOException | RuntimeException why) {
        initCause(why);
      }
    }
    return this;
  }

  /**
   * The kind of failure.
   *
   * @return never {@link Status#OK}
   */
  public Status status() {
    return status;
  }

  /**
   * What was wrong, finer than the status.
   *
   * @return {@link ErrorKind#OTHER} where there is no word for it
   */
  public ErrorKind kind() {
    return kind;
  }

  /**
   * Which argument was wrong.
   *
   * @return {@link Argument#OTHER} where it was none
   */
  public Argument argument() {
    return argument;
  }

  /**
   * Which element of that argument.
   *
   * @return from 0, or -1 where it was none
   */
  public long position() {
    return position;
  }

  /** The message with this package's names in place of C's: topK for duomo_topk. */
  static String inJava(String message) {
    return NAMES_OF_C.matcher(message).replaceAll(found -> nameOf(found.group()));
  }

  private static String nameOf(String name) {
    switch (name) {
      case "duomo_topk":
        return "topK";
      case "DUOMO_RANK_USER_ID":
        return "RankRequest.of";
      case "DUOMO_UNKNOWN_IS_MARKED":
        return "Unknown.MARK";
      case "DUOMO_ALLOW_LISTED":
        return "allow";
      case "_PORTABLE":
        return "Backend.PORTABLE";
      default:
        break;
    }
    String rest = name.substring("duomo_".length());
    if (rest.startsWith("features_set_")) {
      return rest.endsWith("lists") ? "setLists" : "set";
    }
    if (rest.startsWith("BACKEND_")) {
      return "Backend." + rest.substring("BACKEND_".length());
    }
    StringBuilder out = new StringBuilder();
    for (String word : rest.toLowerCase(Locale.ROOT).split("_")) {
      out.append(
          out.length() == 0 || word.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return out.toString();
  }
}
