package dev.freshet.cli.verify;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlKeyQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Reads keys that have entries in MySQL. */
final class MysqlKeys {
  /** The number of keys that one read of all entries returns. */
  private static final int SPARE = 2000;

  /** The number of root rows that are read to find a key. */
  private static final int RANGE = 16;

  private final MysqlSource mysql;
  private final MysqlKeyQueries queries;
  private final KeyRows rows;
  private final Column first;
  private final Random random = new Random();
  private final Deque<Key> spare = new ArrayDeque<>();

  MysqlKeys(MysqlSource mysql, ActiveView view) {
    this.mysql = mysql;
    this.queries = new MysqlKeyQueries(view.plan(), MysqlSource.LIMIT);
    this.rows = new KeyRows(view.plan(), JdbcValues.MYSQL);
    Table root = view.plan().root().table();
    this.first = root.columns().get(root.primaryKey().get(0));
  }

  /** Passes all keys to a consumer, each as often as it has entries. */
  void each(Consumer<Key> taken) {
    mysql.ask(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            // MySQL's driver holds all rows in memory otherwise.
            statement.setFetchSize(Integer.MIN_VALUE);
            try (ResultSet result = statement.executeQuery(queries.keys())) {
              while (result.next()) {
                Key key = rows.key(result);
                if (key != null) {
                  taken.accept(key);
                }
              }
            }
          }
          return null;
        });
  }

  /**
   * Returns keys of random entries, possibly with duplicates. If the root's primary key begins with
   * an integer, each key is that of a root row near a random number; if none of these rows is an
   * entry, fewer keys are returned. Otherwise MySQL reads all entries, once for many keys.
   */
  List<Key> random(int count) {
    return first.type() == ValueType.INTEGER ? byNumber(count) : byFullRead(count);
  }

  private List<Key> byNumber(int count) {
    return mysql.ask(
        connection -> {
          long low;
          long high;
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(queries.rootRange())) {
            row.next();
            low = row.getLong(1);
            high = row.getLong(2);
          }
          List<Key> keys = new ArrayList<>();
          try (PreparedStatement end = connection.prepareStatement(queries.rootEnd());
              PreparedStatement between = connection.prepareStatement(queries.keysBetween())) {
            for (int i = 0; i < count; i++) {
              long from = low + (long) (random.nextDouble() * (high - low + 1.0));
              end.setLong(1, from);
              end.setInt(2, RANGE);
              try (ResultSet row = end.executeQuery()) {
                row.next();
                between.setLong(1, from);
                between.setLong(2, row.getLong(1));
              }
              List<Key> found = rows.keys(between);
              if (!found.isEmpty()) {
                keys.add(found.get(random.nextInt(found.size())));
              }
            }
          }
          return keys;
        });
  }

  private List<Key> byFullRead(int count) {
    if (spare.size() < count) {
      spare.addAll(mysql.ask(connection -> readAll(connection, Math.max(count, SPARE))));
    }
    List<Key> keys = new ArrayList<>();
    while (keys.size() < count && !spare.isEmpty()) {
      keys.add(spare.remove());
    }
    return keys;
  }

  private List<Key> readAll(Connection connection, int count) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(queries.randomKeys())) {
      statement.setInt(1, count);
      return rows.keys(statement);
    }
  }
}
