package dev.freshet.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of a view. Immutable.
 *
 * @param key its values in declared order, as the reader writes them in URLs, not encoded
 * @param limit most entries of a page; the reader's own when empty
 * @param cursor of the page before
 * @param after a write of the caller's own that the answer must show: {@code binlog.000012:4567},
 *     or {@code gtid:…}
 * @param patience for how long the projection is waited for to show it; goes with {@code after}
 */
public record Query(
    String view,
    List<String> key,
    OptionalInt limit,
    Optional<String> cursor,
    Optional<String> after,
    Optional<Duration> patience) {
  public Query {
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(limit, "limit");
    Objects.requireNonNull(cursor, "cursor");
    Objects.requireNonNull(after, "after");
    key = List.copyOf(key);
    if (view.isEmpty() || key.isEmpty()) {
      throw new IllegalArgumentException("a view and the values of its key are needed");
    }
    if (patience.isPresent() && after.isEmpty()) {
      throw new IllegalArgumentException("patience goes with after, which is not given");
    }
  }

  /** The first page of a key. */
  public static Query of(String view, Object... key) {
    return new Query(
        view,
        Stream.of(key).map(String::valueOf).toList(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public Query limit(int most) {
    return new Query(view, key, OptionalInt.of(most), cursor, after, patience);
  }

  /** The page behind another. */
  public Query cursor(String next) {
    return new Query(view, key, limit, Optional.of(next), after, patience);
  }

  public Query after(String written) {
    return new Query(view, key, limit, cursor, Optional.of(written), patience);
  }

  public Query after(String written, Duration wait) {
    return new Query(view, key, limit, cursor, Optional.of(written), Optional.of(wait));
  }

  /** The path of the key. */
  String path() {
    return "/v1/views/"
        + Stream.concat(Stream.of(view), key.stream())
            .map(Query::encoded)
            .collect(Collectors.joining("/"));
  }

  /** The parameters, with a question mark in front if there are any. */
  String parameters() {
    String parameters =
        Stream.of(
                limit.isPresent() ? Optional.of("limit=" + limit.getAsInt()) : none(),
                cursor.map(text -> "cursor=" + encoded(text)),
                after.map(text -> "after=" + encoded(text)),
                patience.map(time -> "wait=" + time.toMillis()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("&"));
    return parameters.isEmpty() ? "" : "?" + parameters;
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  /** Of a part of a path or a query; in both a plus may mean something else than a space. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
