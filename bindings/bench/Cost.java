import dev.duomo.Model;
import dev.duomo.Recommender;
import dev.duomo.TopKRequest;
import dev.duomo.TopKResult;
import java.nio.file.Path;
import java.util.Locale;

/** Cost MODEL [model]: as cost.c, by a Context or, with `model`, by the Model. */
public final class Cost {
  private static final int PAIRS = 4096;
  private static final int CALLS = 10_000;
  private static final int REPETITIONS = 40;

  public static void main(String[] args) {
    Model model = Model.open(Path.of(args[0]));
    Recommender asked = args.length > 1 ? model : model.newContext();
    long[] users = new long[PAIRS];
    long[] items = new long[PAIRS];
    float[] out = new float[PAIRS];
    for (int i = 0; i < PAIRS; ++i) {
      users[i] = i % 12 + 1;
      items[i] = 1000 + 3 * (i % 40);
    }
    double one = 1e18;
    double batch = 1e18;
    float sum = 0; // so that no call is dropped
    for (int r = 0; r < REPETITIONS; ++r) {
      long begin = System.nanoTime();
      for (int i = 0; i < CALLS; ++i) {
        sum += asked.predict(users[i % 64], items[i % 64]);
      }
      one = Math.min(one, (System.nanoTime() - begin) / (double) CALLS);
    }
    for (int r = 0; r < 5 * REPETITIONS; ++r) {
      long begin = System.nanoTime();
      asked.predict(users, items, out);
      batch = Math.min(batch, (System.nanoTime() - begin) / (double) PAIRS);
    }
    if (!(sum > 0)) {
      throw new AssertionError();
    }
    double top = 1e18;
    TopKResult result = new TopKResult();
    for (int r = 0; r < 5 * REPETITIONS; ++r) {
      long begin = System.nanoTime();
      asked.topKInto(result, TopKRequest.of(users).k(10));
      top = Math.min(top, (System.nanoTime() - begin) / (double) PAIRS);
    }
    System.out.println(String.format(Locale.ROOT, "%.2f %.3f %.2f", one, batch, top));
  }
}
