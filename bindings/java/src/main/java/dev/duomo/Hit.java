package dev.duomo;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One result of a query. */
public final class Hit {
  private final long id;
  private final float score;
  private final @Nullable String key;
  private final @Nullable String title;

  Hit(long id, float score, @Nullable String key, @Nullable String title) {
    this.id = id;
    this.score = score;
    this.key = key;
    this.title = title;
  }

  /**
   * The item, or user where those are searched.
   *
   * @return its id
   */
  public long id() {
    return id;
  }

  /**
   * How well it fits.
   *
   * @return in the unit of the output, for similar items their cosine
   */
  public float score() {
    return score;
  }

  /**
   * Its string key.
   *
   * @return null where the request did not ask {@link TopKRequest#withKeys}
   */
  public @Nullable String key() {
    return key;
  }

  /**
   * Its title.
   *
   * @return possibly empty; null where the request did not ask {@link TopKRequest#withTitles}
   */
  public @Nullable String title() {
    return title;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Hit)) {
      return false;
    }
    Hit hit = (Hit) other;
    return id == hit.id
        && Float.floatToIntBits(score) == Float.floatToIntBits(hit.score)
        && Objects.equals(key, hit.key)
        && Objects.equals(title, hit.title);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, score, key, title);
  }

  /** For people: {@code sku-7=4.12}, or with a title {@code 1006=4.12 "Große Lampe"}. */
  @Override
  public String toString() {
    return (key == null ? Long.toString(id) : key)
        + "="
        + score
        + (title == null ? "" : " \"" + title + "\"");
  }
}
