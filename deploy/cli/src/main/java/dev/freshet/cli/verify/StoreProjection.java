package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.cli.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import dev.freshet.view.sql.VerifyQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The projections in Postgres. Progress, entries and states of a reading are of one snapshot. A
 * store that does not answer is a {@link dev.freshet.cli.Failure}.
 */
final class StoreProjection implements Projection {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long POLL_NANOS = 3_000_000;

  private final Config.Store store;
  private final Connection postgres;
  private final VerifiedView view;
  private final VerifyQueries queries;
  private final KeyRows rows;

  /** A row of the progress table. */
  private record Range(
      int first,
      int last,
      long version,
      String gtids,
      Optional<Instant> asOf,
      boolean handedOver,
      boolean invalid,
      boolean onRead) {
    boolean hasReached(long place) {
      return Version.of(0, Version.file(version), Version.position(version)) >= place;
    }
  }

  /**
   * Reads over a connection of its own.
   *
   * @param postgres in a transaction whose statements all see the same
   */
  StoreProjection(
      Config.Store store, Connection postgres, VerifiedView view, VerifyQueries queries) {
    this.store = store;
    this.postgres = postgres;
    this.view = view;
    this.queries = queries;
    this.rows = new KeyRows(view.plan(), JdbcValues.POSTGRES);
  }

  @Override
  public Map<Key, Stored> read(Collection<Key> keys) {
    try {
      List<Range> ranges = ranges();
      Map<Key, Stored> stored = stored(keys, ranges, Instant.now());
      postgres.commit();
      return stored;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Optional<Map<Key, Stored>> readAt(Collection<Key> keys, long place) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        List<Range> ranges = ranges();
        if (keys.stream()
            .map(key -> range(ranges, key))
            .allMatch(range -> range.isPresent() && range.get().hasReached(place))) {
          Map<Key, Stored> stored = stored(keys, ranges, Instant.now());
          postgres.commit();
          return Optional.of(stored);
        }
        postgres.commit();
        if (System.nanoTime() > deadline) {
          return Optional.empty();
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private Map<Key, Stored> stored(Collection<Key> keys, List<Range> ranges, Instant now)
      throws SQLException {
    List<Key> asked =
        keys.stream()
            .filter(key -> StoreLimits.hasKey(view.plan(), Arrays.asList(key.values())))
            .toList();
    Map<Key, Optional<String>> noted = new HashMap<>();
    Map<Key, Map<Key, Row>> entries = new HashMap<>();
    if (!asked.isEmpty()) {
      noted = noted(asked);
      entries = entries(asked);
    }
    Map<Key, Stored> all = new LinkedHashMap<>();
    for (Key key : keys) {
      Optional<Range> range = range(ranges, key);
      Optional<String> doubt =
          asked.contains(key)
              ? doubt(range, noted.get(key))
              : Optional.of(Reason.UNSTORABLE.wireName());
      all.put(key, stored(range, doubt, entries.getOrDefault(key, Map.of()), now));
    }
    return all;
  }

  /**
   * Why a key is not served.
   *
   * @param noted null where nothing is noted of it
   */
  private static Optional<String> doubt(Optional<Range> range, Optional<String> noted) {
    if (noted != null) {
      return noted;
    }
    return range.isPresent() && range.get().onRead() ? Optional.of("absent") : Optional.empty();
  }

  /** As a reader decides. */
  private Stored stored(
      Optional<Range> range, Optional<String> invalid, Map<Key, Row> entries, Instant now) {
    if (range.isEmpty() || !range.get().handedOver()) {
      return new NotServed("building");
    }
    if (range.get().invalid()) {
      return new NotServed(Reason.UNPLACEABLE.wireName());
    }
    if (invalid.isPresent()) {
      return new NotServed(invalid.get());
    }
    Optional<Instant> asOf = range.get().asOf();
    if (asOf.isEmpty()
        || Duration.between(asOf.get(), now).compareTo(view.plan().freshness()) > 0) {
      return new NotServed("stale");
    }
    return new Served(range.get().version(), range.get().gtids(), entries);
  }

  private Optional<Range> range(List<Range> ranges, Key key) {
    int group = view.groupOf(key);
    return ranges.stream()
        .filter(range -> range.first() <= group && group <= range.last())
        .findFirst();
  }

  private List<Range> ranges() throws SQLException {
    List<Range> ranges = new ArrayList<>();
    try (PreparedStatement statement = postgres.prepareStatement(queries.progress())) {
      statement.setString(1, view.plan().view());
      statement.setString(2, view.plan().view());
      statement.setString(3, view.plan().view());
      statement.setString(4, view.job());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ranges.add(
              new Range(
                  row.getInt("first_group"),
                  row.getInt("last_group"),
                  row.getLong("version"),
                  row.getString("gtid_set"),
                  Optional.ofNullable(row.getObject("as_of", OffsetDateTime.class))
                      .map(OffsetDateTime::toInstant),
                  row.getBoolean("handed_over"),
                  row.getBoolean("invalid"),
                  row.getBoolean("on_read")));
        }
      }
    }
    return ranges;
  }

  private Map<Key, Optional<String>> noted(List<Key> keys) throws SQLException {
    Map<Key, Optional<String>> noted = new HashMap<>();
    try (PreparedStatement statement = postgres.prepareStatement(queries.noted(keys.size()))) {
      rows.bind(statement, keys);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          noted.put(rows.key(row), Optional.ofNullable(row.getString("reason")));
        }
      }
    }
    return noted;
  }

  private Map<Key, Map<Key, Row>> entries(List<Key> keys) throws SQLException {
    Map<Key, Map<Key, Row>> entries = new HashMap<>();
    try (PreparedStatement statement = postgres.prepareStatement(queries.entries(keys.size()))) {
      rows.bind(statement, keys);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          Row row = rows.row(result);
          entries
              .computeIfAbsent(rows.keyOf(row), key -> new HashMap<>())
              .put(rows.identity(row), row);
        }
      }
    }
    return entries;
  }

  private RuntimeException failed(SQLException e) {
    return Databases.failed("Store " + store, e);
  }
}
