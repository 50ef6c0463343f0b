package dev.duomo;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a call costs, to be read beside the C program in bindings/bench; bindings/java/bench runs it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Benchmarks {
  private Model model;
  private Context context;
  private final long[] users = new long[4096];
  private final long[] items = new long[4096];
  private final float[] out = new float[4096];

  /** Opens the file in DUOMO_BENCH_MODEL. */
  @Setup
  public void open() {
    model = Model.open(Path.of(System.getenv("DUOMO_BENCH_MODEL")));
    context = model.newContext();
    long[] u = model.userIds();
    long[] i = model.itemIds();
    for (int n = 0; n < users.length; ++n) {
      users[n] = u[n % u.length];
      items[n] = i[n * 7 % i.length];
    }
  }

  /** Closes it. */
  @TearDown
  public void close() {
    context.close();
    model.close();
  }

  /** One known pair, by a context. */
  @Benchmark
  public float contextPredict() {
    return context.predict(users[0], items[0]);
  }

  /** One known pair, by the model. */
  @Benchmark
  public float modelPredict() {
    return model.predict(users[0], items[0]);
  }

  /** 4,096 known pairs. */
  @Benchmark
  public float[] batchPredict() {
    context.predict(users, items, out);
    return out;
  }
}
