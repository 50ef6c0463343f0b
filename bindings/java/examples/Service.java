import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.duomo.DuomoException;
import dev.duomo.Features;
import dev.duomo.Hit;
import dev.duomo.Model;
import dev.duomo.ModelSlot;
import dev.duomo.Scope;
import dev.duomo.Status;
import dev.duomo.TopKRequest;
import dev.duomo.TopKResult;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * A small recommender behind HTTP: what it answers is in bindings/service/README.md.
 *
 * <pre>java -cp duomo-0.1.0.jar:gson-2.13.2.jar:. Service FILE PORT</pre>
 */
public final class Service {
  private static final Gson GSON = new Gson();

  /** Answers from one model, whatever is swapped meanwhile. */
  private interface Page {
    Map<String, Object> answer(Model model, Map<String, String> query, Map<?, ?> body);
  }

  private final ModelSlot slot;
  private final LongAdder requests = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder swaps = new LongAdder();
  private final LongAdder nanoseconds = new LongAdder();
  private final Map<String, Page> pages =
      Map.of(
          "GET /recommend", Service::recommend,
          "GET /similar", Service::similar,
          "GET /predict", Service::predict,
          "POST /newcomer", Service::newcomer);

  private Service(Model model) {
    slot = new ModelSlot(model);
  }

  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Service service = new Service(Model.open(Path.of(args[0])));
    HttpServer server =
        HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 128);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", service::serve);
    server.createContext("/metrics", service::metrics);
    server.start();
    System.out.println("ready");
  }

  private static long integer(Map<String, String> query, String name) {
    String text = query.get(name);
    if (text == null) {
      throw new IllegalArgumentException("there is no " + name);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": an integer is needed, not \"" + text + '"', e);
    }
  }

  /** The request with what all of them have. */
  private static TopKRequest filled(TopKRequest request, Model model, Map<String, String> query) {
    request.k(query.containsKey("k") ? Math.toIntExact(integer(query, "k")) : 10);
    return model.info().hasTitles ? request.withTitles() : request;
  }

  private static Map<String, Object> hits(TopKResult found) {
    List<Object> hits = new ArrayList<>();
    for (Hit hit : found.hits(0)) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", hit.id());
      one.put("score", hit.score());
      one.put("title", hit.title());
      hits.add(one);
    }
    return new LinkedHashMap<>(Map.of("hits", hits));
  }

  private static Map<String, Object> recommend(Model model, Map<String, String> query, Map<?, ?> body) {
    TopKRequest request = filled(TopKRequest.of(integer(query, "user")), model, query);
    return hits(model.topK("1".equals(query.get("exclude_seen")) ? request.excludeSeen() : request));
  }

  private static Map<String, Object> similar(Model model, Map<String, String> query, Map<?, ?> body) {
    return hits(model.similar(filled(TopKRequest.of(integer(query, "item")), model, query)));
  }

  private static Map<String, Object> predict(Model model, Map<String, String> query, Map<?, ?> body) {
    float prediction = model.predict(integer(query, "user"), integer(query, "item"));
    return new LinkedHashMap<>(Map.of("prediction", prediction));
  }

  private static Map<String, Object> newcomer(Model model, Map<String, String> query, Map<?, ?> body) {
    try (Features user = model.newFeatures(Scope.USER, 1)) {
      body.forEach(
          (key, value) -> {
            String name = (String) key;
            if (value instanceof String) {
              user.set(name, (String) value);
            } else if (value instanceof Double && (Double) value == ((Double) value).longValue()) {
              user.set(name, ((Double) value).longValue());
            } else {
              throw new IllegalArgumentException(name + ": a text or an integer is needed, not " + value);
            }
          });
      return hits(model.topK(filled(TopKRequest.ofFeatures(user), model, query)));
    }
  }

  /** Puts another model in; requests under way end with the one before. */
  private Model swap(Map<?, ?> body) {
    if (!(body.get("file") instanceof String)) {
      throw new IllegalArgumentException("there is no file");
    }
    slot.set(Model.open(Path.of((String) body.get("file"))));
    swaps.increment();
    return slot.get();
  }

  private Map<String, Object> answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String asked = exchange.getRequestMethod() + " " + path;
    Map<?, ?> body = Map.of();
    if (exchange.getRequestMethod().equals("POST")) {
      body = GSON.fromJson(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8), Map.class);
    }
    try (Model model = asked.equals("POST /swap") ? swap(body) : slot.get()) {
      Page page = pages.get(asked);
      if (page == null && !asked.equals("POST /swap")) {
        throw new IllegalArgumentException("there is no page " + path);
      }
      Map<String, Object> found =
          page == null ? new HashMap<>() : page.answer(model, query(exchange.getRequestURI().getRawQuery()), body);
      found.put("model", String.format(Locale.ROOT, "%016x", model.info().fingerprint));
      return found;
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> out = new HashMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      int at = part.indexOf('=');
      if (at > 0) {
        out.put(part.substring(0, at), URLDecoder.decode(part.substring(at + 1), StandardCharsets.UTF_8));
      }
    }
    return out;
  }

  private void serve(HttpExchange exchange) throws IOException {
    long begin = System.nanoTime();
    int status = 200;
    Map<String, Object> found;
    try {
      found = answer(exchange);
    } catch (DuomoException e) {
      boolean missing = e.status() == Status.NOT_FOUND || e.getCause() instanceof NoSuchFileException;
      status = missing ? 404 : 400;
      found = Map.of("error", e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException | JsonParseException e) {
      status = 400;
      found = Map.of("error", e.getMessage());
    }
    requests.increment();
    errors.add(status == 200 ? 0 : 1);
    nanoseconds.add(System.nanoTime() - begin);
    reply(exchange, status, "application/json", GSON.toJson(found));
  }

  private void metrics(HttpExchange exchange) throws IOException {
    String text =
        String.format(
            Locale.ROOT,
            "duomo_requests_total %d%nduomo_errors_total %d%nduomo_swaps_total %d%nduomo_seconds_total %f%n",
            requests.sum(), errors.sum(), swaps.sum(), nanoseconds.sum() / 1e9);
    reply(exchange, 200, "text/plain", text);
  }

  private static void reply(HttpExchange exchange, int status, String kind, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", kind);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
