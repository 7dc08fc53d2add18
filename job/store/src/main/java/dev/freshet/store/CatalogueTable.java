package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code catalogue} of declared views: a row for each view and generation. The column
 * {@code active} marks the generation that is served. Nothing switches to another generation yet: a
 * view has one, which is active from its first submission. The statements run in the caller's
 * transaction.
 */
public final class CatalogueTable {
  private final String table;

  public CatalogueTable(String schema) {
    this.table = StoreTables.table(schema, "catalogue");
  }

  /**
   * A view's active generation.
   *
   * @param view the view's name
   * @param generation the generation whose entries are served, from 1
   * @param declaration the view's whole text
   * @param tables the source tables that the view was planned from, as JSON
   * @param keyGroups the number of key groups of the job, which is its maximal parallelism
   * @param job the name of the job that maintains the view
   */
  public record Entry(
      String view, int generation, String declaration, String tables, int keyGroups, String job) {}

  List<String> create() {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (view text NOT NULL, generation int NOT NULL, active boolean NOT NULL,"
            + " declaration text NOT NULL, tables text NOT NULL, key_groups int NOT NULL,"
            + " job text NOT NULL, PRIMARY KEY (view, generation))");
  }

  /** Reads the active generations of all views, sorted by the views' names. */
  public List<Entry> active(Connection connection) throws SQLException {
    String sql =
        "SELECT view, generation, declaration, tables, key_groups, job FROM "
            + table
            + " WHERE active ORDER BY view, generation";
    List<Entry> entries = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        entries.add(
            new Entry(
                row.getString(1),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6)));
      }
    }
    return entries;
  }

  /** Adds an active generation. */
  public void insert(Connection connection, Entry entry) throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " (view, generation, active, declaration, tables, key_groups, job)"
            + " VALUES (?, ?, true, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, entry.view());
      statement.setInt(2, entry.generation());
      statement.setString(3, entry.declaration());
      statement.setString(4, entry.tables());
      statement.setInt(5, entry.keyGroups());
      statement.setString(6, entry.job());
      statement.executeUpdate();
    }
  }

  /** Replaces a view's declaration by one with the same answers, in all its generations. */
  public void setDeclaration(Connection connection, String view, String declaration)
      throws SQLException {
    String sql = "UPDATE " + table + " SET declaration = ? WHERE view = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, declaration);
      statement.setString(2, view);
      statement.executeUpdate();
    }
  }
}
