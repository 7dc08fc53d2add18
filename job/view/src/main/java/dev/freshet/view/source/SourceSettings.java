package dev.freshet.view.source;

import dev.freshet.view.source.SourceFinding.Weight;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a server's settings. Executes only reads. */
final class SourceSettings {
  private static final int UNKNOWN_VARIABLE = 1193;
  private static final long DAY = 86_400;

  private final Connection mysql;
  private final List<SourceFinding> findings = new ArrayList<>();

  private SourceSettings(Connection mysql) {
    this.mysql = mysql;
  }

  static List<SourceFinding> of(Connection mysql) throws SQLException {
    SourceSettings settings = new SourceSettings(mysql);
    settings.binlog();
    settings.server();
    return settings.findings;
  }

  private void binlog() throws SQLException {
    setting(
        "log_bin", "ON", "start mysqld without --skip-log-bin", "option log-bin=binlog; restart");
    gtids();
    setting("binlog_format", "ROW");
    setting("binlog_row_image", "FULL");
    metadata();
    // Otherwise a snapshot may show a transaction and lack an earlier one of the binlog.
    setting("binlog_order_commits", "ON");
    setting("binlog_row_value_options", "");
    setting("binlog_transaction_compression", "OFF");
    filters();
    retention();
  }

  private void gtids() throws SQLException {
    String mode = value("gtid_mode").orElse("ON");
    StringBuilder steps = new StringBuilder(persist("enforce_gtid_consistency", "ON"));
    List<String> way = List.of("OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON");
    for (String next : way.subList(way.indexOf(mode) + 1, way.size())) {
      steps
          .append("; ")
          .append(
              next.equals("ON")
                  ? "wait until SHOW STATUS LIKE 'Ongoing_anonymous_transaction_count' says 0; "
                  : "")
          .append(persist("gtid_mode", next));
    }
    setting(
        "gtid_mode", "ON", "set gtid_mode=ON and enforce_gtid_consistency=ON", steps.toString());
    setting("enforce_gtid_consistency", "ON");
  }

  private void metadata() throws SQLException {
    Optional<String> value = value("binlog_row_metadata");
    if (value.isPresent() && !value.get().equals("FULL")) {
      findings.add(
          new SourceFinding(
              Weight.ADVISED,
              "binlog_row_metadata",
              value.get(),
              "MySQL setting binlog_row_metadata is "
                  + value.get()
                  + "; set binlog_row_metadata=FULL: rows then name their columns, and an ALTER of"
                  + " columns that a view does not use leaves it valid without a proof from"
                  + " information_schema",
              persist("binlog_row_metadata", "FULL")));
    } else {
      value.ifPresent(full -> findings.add(SourceFinding.right("binlog_row_metadata", full)));
    }
  }

  /**
   * Refuses binlog filters. They drop rows by the table's database, and statements by the
   * session's.
   */
  private void filters() throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery(binlogStatus())) {
      ResultSetMetaData columns = row.getMetaData();
      if (!row.next()) {
        return;
      }
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String name = columns.getColumnLabel(i);
        String value = row.getString(i);
        if (name.equals("Binlog_Do_DB") || name.equals("Binlog_Ignore_DB")) {
          String option = name.replace('_', '-').toLowerCase(java.util.Locale.ROOT);
          if (value == null || value.isEmpty()) {
            findings.add(SourceFinding.right(option, "none"));
          } else {
            findings.add(
                new SourceFinding(
                    Weight.REQUIRED,
                    option,
                    value,
                    "MySQL option "
                        + option
                        + " is "
                        + value
                        + "; start mysqld without, it keeps changes out of the binlog",
                    "remove option " + option + "; restart"));
          }
        }
      }
    } catch (SQLException e) {
      if (!SourceCheck.isDenial(e)) {
        throw e;
      }
      // The missing right has its own finding.
    }
  }

  private String binlogStatus() throws SQLException {
    return BinlogEnd.isRenamed(mysql.getMetaData()) ? BinlogEnd.STATEMENT : BinlogEnd.OLD_STATEMENT;
  }

  private void retention() throws SQLException {
    Optional<String> text = value("binlog_expire_logs_seconds");
    if (text.isEmpty()) {
      return;
    }
    long seconds = Long.parseLong(text.get());
    long days = value("expire_logs_days").map(Long::parseLong).orElse(0L);
    long kept = seconds > 0 ? seconds : days * DAY;
    boolean purges = !value("binlog_expire_logs_auto_purge").orElse("1").equals("0");
    if (kept == 0 || !purges) {
      findings.add(
          SourceFinding.known(
              "binlog_expire_logs_seconds", text.get(), "MySQL keeps its binlog for ever"));
    } else if (kept < DAY) {
      findings.add(
          new SourceFinding(
              Weight.ADVISED,
              "binlog_expire_logs_seconds",
              text.get(),
              "MySQL setting binlog_expire_logs_seconds is "
                  + text.get()
                  + "; keep the binlog for three days or more: a job that is stopped for longer must"
                  + " be rebuilt",
              persist("binlog_expire_logs_seconds", Long.toString(3 * DAY))));
    } else {
      findings.add(
          new SourceFinding(
              Weight.RIGHT,
              "binlog_expire_logs_seconds",
              text.get(),
              "a job can be stopped for %.1f days".formatted(kept / (double) DAY),
              ""));
    }
  }

  private void server() throws SQLException {
    String id = value("server_id").orElse("0");
    if (id.equals("0")) {
      findings.add(
          new SourceFinding(
              Weight.REQUIRED,
              "server_id",
              "0",
              "MySQL setting server_id is 0; set server_id to a unique number, the binlog of"
                  + " server 0 cannot be read",
              persist("server_id", "1")));
    } else {
      findings.add(SourceFinding.right("server_id", id));
    }
    replica();
    String folding = value("lower_case_table_names").orElse("0");
    findings.add(
        SourceFinding.known(
            "lower_case_table_names",
            folding,
            folding.equals("0")
                ? "views name tables exactly as MySQL spells them"
                : "views may name tables in any case"));
    findings.add(
        SourceFinding.known(
            "time_zone",
            value("time_zone").orElse(""),
            "Freshet's own sessions are in UTC, whatever it is"));
    executionTime();
  }

  private void executionTime() throws SQLException {
    String limit = value("max_execution_time").orElse("0");
    findings.add(
        limit.equals("0")
            ? SourceFinding.right("max_execution_time", limit)
            : new SourceFinding(
                Weight.ADVISED,
                "max_execution_time",
                limit,
                "MySQL setting max_execution_time is "
                    + limit
                    + "; set max_execution_time=0, MySQL ends a SELECT of the snapshot that takes more"
                    + " milliseconds",
                persist("max_execution_time", "0")));
  }

  /** A replica writes replicated changes to its binlog only with {@code log_replica_updates}. */
  private void replica() throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SHOW REPLICA STATUS")) {
      if (!row.next()) {
        return;
      }
    } catch (SQLException e) {
      if (SourceCheck.isDenial(e) || e.getErrorCode() == SourceCheck.SYNTAX) {
        return;
      }
      throw e;
    }
    setting(
        "log_replica_updates",
        "ON",
        "set log_replica_updates=ON, this server is a replica",
        "option log-replica-updates=ON; restart");
    setting("replica_preserve_commit_order", "ON");
  }

  private void setting(String name, String expected) throws SQLException {
    setting(
        name,
        expected,
        "set " + name + "=" + (expected.isEmpty() ? "''" : expected),
        persist(name, expected));
  }

  /**
   * Checks a setting. A server that does not know the setting behaves as if it had the expected
   * value.
   */
  private void setting(String name, String expected, String remedy, String change)
      throws SQLException {
    Optional<String> value = value(name);
    if (value.isEmpty()) {
      return;
    }
    String is = expected.matches("ON|OFF") ? switched(value.get()) : value.get();
    String shown = is.isEmpty() ? "empty" : is;
    findings.add(
        is.equalsIgnoreCase(expected)
            ? SourceFinding.right(name, shown)
            : new SourceFinding(
                Weight.REQUIRED,
                name,
                shown,
                "MySQL setting " + name + " is " + shown + "; " + remedy,
                change));
  }

  private static String persist(String name, String value) {
    String written = value.isEmpty() ? "''" : value;
    return "SET PERSIST " + name + " = " + written;
  }

  private static String switched(String value) {
    return switch (value) {
      case "1" -> "ON";
      case "0" -> "OFF";
      default -> value;
    };
  }

  /** The value of a setting; empty if the server does not know the setting. */
  private Optional<String> value(String name) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global." + name)) {
      row.next();
      return Optional.of(row.getString(1) == null ? "" : row.getString(1));
    } catch (SQLException e) {
      if (e.getErrorCode() == UNKNOWN_VARIABLE) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
