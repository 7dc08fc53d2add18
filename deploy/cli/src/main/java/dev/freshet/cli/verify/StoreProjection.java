package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyQueries;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.Servability;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads projections from Postgres. Progress, entries and states of one read are from the same
 * snapshot. Throws {@link dev.freshet.cli.Failure} if Postgres does not answer.
 */
final class StoreProjection implements Projection {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long POLL_NANOS = 3_000_000;

  private final Config.Store store;
  private final Connection postgres;
  private final ActiveView view;
  private final KeyQueries queries;
  private final KeyRows rows;

  /**
   * Creates a projection.
   *
   * @param postgres a connection without auto-commit and with repeatable reads, used only by this
   *     object
   */
  StoreProjection(Config.Store store, Connection postgres, ActiveView view) {
    this.store = store;
    this.postgres = postgres;
    this.view = view;
    this.queries = new KeyQueries(view.plan(), view.schema(), view.generation());
    this.rows = new KeyRows(view.plan(), JdbcValues.POSTGRES);
  }

  @Override
  public Map<Key, Stored> read(Collection<Key> keys) {
    try {
      List<RangeProgress> ranges = ranges();
      Map<Key, Stored> stored = stored(keys, ranges, Instant.now());
      postgres.commit();
      return stored;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Optional<Map<Key, Stored>> readAt(Collection<Key> keys, long position) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        List<RangeProgress> ranges = ranges();
        if (keys.stream()
            .map(key -> range(ranges, key))
            .allMatch(range -> range.isPresent() && hasReached(range.get(), position))) {
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

  private Map<Key, Stored> stored(Collection<Key> keys, List<RangeProgress> ranges, Instant now)
      throws SQLException {
    List<Key> asked =
        keys.stream()
            .filter(key -> StoreLimits.hasKey(view.plan(), Arrays.asList(key.values())))
            .toList();
    Map<Key, Optional<FallbackReason>> noted = new HashMap<>();
    Map<Key, Map<Key, Row>> entries = new HashMap<>();
    if (!asked.isEmpty()) {
      noted = noted(asked);
      entries = entries(asked);
    }
    Map<Key, Stored> all = new LinkedHashMap<>();
    for (Key key : keys) {
      Optional<RangeProgress> range = range(ranges, key);
      Servability servability =
          asked.contains(key)
              ? servability(range, Optional.ofNullable(noted.get(key)), now)
              : Servability.UNSTORABLE_KEY;
      all.put(key, stored(range, servability, entries.getOrDefault(key, Map.of())));
    }
    return all;
  }

  /**
   * Returns whether a reader would serve a key.
   *
   * @param header empty if the store has no state of the key; otherwise the reason why it is
   *     invalid, which is empty for a valid key
   */
  private Servability servability(
      Optional<RangeProgress> range, Optional<Optional<FallbackReason>> header, Instant now) {
    String name = view.plan().view();
    Optional<FallbackReason> ofView =
        range.map(each -> each.invalid().get(name)).map(FallbackReason::new);
    Optional<FallbackReason> ofKey = header.flatMap(reason -> reason);
    boolean onRead = range.isPresent() && range.get().onRead().contains(name);
    return Servability.of(
        range.map(each -> each.of(name, "")),
        ofView.or(() -> ofKey),
        onRead && header.isEmpty(),
        view.plan().freshness(),
        now);
  }

  private static Stored stored(
      Optional<RangeProgress> range, Servability servability, Map<Key, Row> entries) {
    if (servability instanceof Servability.NotServed why) {
      return new NotServed(why.reason().wireName());
    }
    long version = ((Servability.Served) servability).version();
    return new Served(version, range.orElseThrow().gtids(), entries);
  }

  private static boolean hasReached(RangeProgress range, long position) {
    long reached = range.position();
    return Version.of(0, Version.file(reached), Version.position(reached)) >= position;
  }

  private Optional<RangeProgress> range(List<RangeProgress> ranges, Key key) {
    int group = view.groupOf(key);
    return ranges.stream().filter(range -> range.range().contains(group)).findFirst();
  }

  private List<RangeProgress> ranges() throws SQLException {
    return new ProgressTable(view.schema()).ranges(postgres, view.job());
  }

  private Map<Key, Optional<FallbackReason>> noted(List<Key> keys) throws SQLException {
    Map<Key, Optional<FallbackReason>> noted = new HashMap<>();
    try (PreparedStatement statement = postgres.prepareStatement(queries.headers(keys.size()))) {
      rows.bind(statement, keys);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          noted.put(
              rows.key(row), Optional.ofNullable(row.getString("reason")).map(FallbackReason::new));
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
