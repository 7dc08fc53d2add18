package dev.freshet.store;

import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The tables that all jobs of a schema share: catalogue, progress, fencing, store, rebuilds,
 * topics, faults, counts, backlog and verification. Each view has tables of its own: see {@link
 * EntriesTable} and {@link KeysTable}.
 */
public final class StoreTables {
  /** SQL states: the table, or the schema, does not exist. */
  private static final Set<String> MISSING = Set.of("42P01", "3F000");

  private StoreTables() {}

  /**
   * The statements that create missing tables and add the columns that earlier versions lacked, to
   * be executed in this order.
   */
  public static List<String> create(String schema) {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE SCHEMA IF NOT EXISTS " + Names.POSTGRES.quoted(schema));
    statements.addAll(new CatalogueTable(schema).create());
    statements.addAll(new ProgressTable(schema).create());
    String identity = table(schema, "store");
    statements.add("CREATE TABLE IF NOT EXISTS " + identity + " (id uuid NOT NULL)");
    statements.add(
        "INSERT INTO "
            + identity
            + " SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT 1 FROM "
            + identity
            + ")");
    statements.add(new RebuildsTable(schema).create());
    statements.add(new TopicsTable(schema).create());
    statements.add(new FaultsTable(schema).create());
    statements.add(new CountsTable(schema).create());
    statements.add(new BacklogTable(schema).create());
    statements.add(new VerificationTable(schema).create());
    return statements;
  }

  /** Reads the store's identity: generated with the schema, and never changed. */
  public static UUID identity(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM " + table(schema, "store"))) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }

  /** Whether a statement failed because its table or schema does not exist. */
  public static boolean isMissing(SQLException e) {
    return MISSING.contains(String.valueOf(e.getSQLState()));
  }

  /** A read from the store. */
  @FunctionalInterface
  public interface Read<T> {
    T read() throws SQLException;
  }

  /**
   * Returns what {@code read} returns, or {@code nothing} if the table or the schema {@linkplain
   * #isMissing does not exist}.
   */
  public static <T> T orIfMissing(T nothing, Read<T> read) throws SQLException {
    try {
      return read.read();
    } catch (SQLException e) {
      if (isMissing(e)) {
        return nothing;
      }
      throw e;
    }
  }

  static String table(String schema, String name) {
    return Names.POSTGRES.quoted(schema) + "." + Names.POSTGRES.quoted(name);
  }
}
