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
 * A query for a page of a key's answer. Immutable.
 *
 * @param key the key's values in declared order, as the reader writes them in URLs, not
 *     percent-encoded
 * @param limit the maximum number of entries of a page; the reader's default if empty
 * @param from the least value of the column that the view bounds by a parameter, as the reader
 *     writes it in answers; empty for no bound
 * @param to the greatest value of that column
 * @param cursor the {@link Answer#nextCursor} of the page before; empty for the first page
 * @param exactTotal whether the reader counts all entries of the key, instead of 1000 at most
 * @param after a write that the answer must show: {@code binlog.000012:4567}, or {@code gtid:…}
 * @param patience how long the reader waits for the projection to show that write before it asks
 *     MySQL; only with {@code after}
 */
public record Query(
    String view,
    List<String> key,
    OptionalInt limit,
    Optional<String> from,
    Optional<String> to,
    Optional<String> cursor,
    boolean exactTotal,
    Optional<String> after,
    Optional<Duration> patience) {
  public Query {
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(limit, "limit");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(cursor, "cursor");
    Objects.requireNonNull(after, "after");
    key = List.copyOf(key);
    if (view.isEmpty() || key.isEmpty()) {
      throw new IllegalArgumentException("give a view and the values of its key");
    }
    Stream.concat(Stream.of(view), key.stream()).forEach(Query::requireUnicode);
    if (patience.isPresent() && after.isEmpty()) {
      throw new IllegalArgumentException("patience needs after, which is not given");
    }
  }

  /** A query for the first page of a key. */
  public static Query of(String view, Object... key) {
    return new Query(
        view,
        Stream.of(key).map(String::valueOf).toList(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  public Query limit(int most) {
    return new Query(
        view, key, OptionalInt.of(most), from, to, cursor, exactTotal, after, patience);
  }

  /** The same query for entries from a value on, of a view that declares a lower bound. */
  public Query from(String least) {
    return new Query(view, key, limit, Optional.of(least), to, cursor, exactTotal, after, patience);
  }

  /** The same query for entries up to a value, of a view that declares an upper bound. */
  public Query to(String greatest) {
    return new Query(
        view, key, limit, from, Optional.of(greatest), cursor, exactTotal, after, patience);
  }

  /** The same query for the page that a cursor names. */
  public Query cursor(String next) {
    return new Query(view, key, limit, from, to, Optional.of(next), exactTotal, after, patience);
  }

  /** The same query for an answer whose total is exact, however large. */
  public Query countingAll() {
    return new Query(view, key, limit, from, to, cursor, true, after, patience);
  }

  public Query after(String written) {
    return new Query(
        view, key, limit, from, to, cursor, exactTotal, Optional.of(written), patience);
  }

  public Query after(String written, Duration wait) {
    return new Query(
        view, key, limit, from, to, cursor, exactTotal, Optional.of(written), Optional.of(wait));
  }

  /** The path of the key's URL. */
  String path() {
    return "/v1/views/"
        + Stream.concat(Stream.of(view), key.stream())
            .map(Query::encoded)
            .collect(Collectors.joining("/"));
  }

  /** The URL's query string with its question mark, or the empty text. */
  String parameters() {
    String parameters =
        Stream.of(
                limit.isPresent() ? Optional.of("limit=" + limit.getAsInt()) : none(),
                from.map(text -> "from=" + encoded(text)),
                to.map(text -> "to=" + encoded(text)),
                cursor.map(text -> "cursor=" + encoded(text)),
                exactTotal ? Optional.of("count=exact") : none(),
                after.map(text -> "after=" + encoded(text)),
                patience.map(time -> "wait=" + time.toMillis()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("&"));
    return parameters.isEmpty() ? "" : "?" + parameters;
  }

  /** Refuses text that would be encoded as another one, with question marks. */
  private static void requireUnicode(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "view or key has half of a surrogate pair; give valid Unicode");
    }
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  /**
   * Percent-encodes a part of a path or a query. A space becomes {@code %20}, because {@code +}
   * means a space only in a query.
   */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
