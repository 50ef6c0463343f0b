import dev.duomo.Context;
import dev.duomo.ContextOptions;
import dev.duomo.Model;
import dev.duomo.TopKRequest;
import dev.duomo.TopKResult;
import dev.duomo.Unknown;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The best items of every user of a table, on Apache Spark:
 *
 * <pre>spark-submit --class SparkTopK --jars duomo-0.1.0.jar topk.jar MODEL USERS OUTPUT K</pre>
 *
 * <p>Users are read from Parquet (user, a long), results written to Parquet: user, items, scores.
 * The model file travels with the job and is mapped; each task has a context of its own. A task
 * that is run again writes the same bytes. Spark ships a path once: give a new model a new name, or
 * a new session.
 */
public final class SparkTopK {
  private static final int BATCH = 1024; // users a call

  private SparkTopK() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("duomo top-k").getOrCreate();
    Dataset<Row> users = spark.read().parquet(args[1]);
    Dataset<Row> best = recommend(spark, users, args[0], Integer.parseInt(args[3]));
    best.write().mode("overwrite").parquet(args[2]);
    spark.stop();
  }

  /** The k best items of the column user; those that the model does not know get empty lists. */
  public static Dataset<Row> recommend(
      SparkSession spark, Dataset<Row> users, String model, int k) {
    spark.sparkContext().addFile(model); // to every executor, once
    String name = Path.of(model).getFileName().toString();
    StructType schema = StructType.fromDDL("user long, items array<long>, scores array<float>");
    MapPartitionsFunction<Row, Row> task = rows -> new Results(rows, name, k);
    return users.select("user").mapPartitions(task, Encoders.row(schema));
  }

  /** The rows of one task, a batch of users at a time. */
  private static final class Results implements Iterator<Row> {
    private final Iterator<Row> users;
    private final int k;
    private final Context context;
    private Iterator<Row> batch = Collections.emptyIterator();

    Results(Iterator<Row> users, String name, int k) {
      this.users = users;
      this.k = k;
      try (Model model = Model.open(Path.of(SparkFiles.get(name)))) {
        context = model.newContext(new ContextOptions().unknown(Unknown.MARK)); // holds the model
      }
      TaskContext.get().<Void>addTaskCompletionListener(
          done -> {
            context.close();
            return null;
          });
    }

    @Override
    public boolean hasNext() {
      return batch.hasNext() || users.hasNext();
    }

    @Override
    public Row next() {
      if (!batch.hasNext()) {
        batch = recommend();
      }
      return batch.next();
    }

    private Iterator<Row> recommend() {
      if (!users.hasNext()) {
        throw new NoSuchElementException();
      }
      long[] ids = new long[BATCH];
      int n = 0;
      while (n < BATCH && users.hasNext()) {
        ids[n++] = users.next().getLong(0);
      }
      ids = Arrays.copyOf(ids, n);
      TopKResult best = context.topK(TopKRequest.of(ids).k(k));
      List<Row> rows = new ArrayList<>(n);
      for (int i = 0; i < n; ++i) {
        rows.add(RowFactory.create(ids[i], best.ids(i), best.scores(i)));
      }
      return rows.iterator();
    }
  }
}
