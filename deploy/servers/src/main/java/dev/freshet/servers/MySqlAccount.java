package dev.freshet.servers;

/** Who connects to the sample source, each with the least rights that do. */
public enum MySqlAccount {
  /** May do everything. */
  ROOT("root", "", ""),
  /**
   * The application that writes the database, and may read the binlog's position. To try what finds
   * a lost change, it may write past the binlog.
   */
  APPLICATION("freshet", "ALL", "REPLICATION CLIENT, SESSION_VARIABLES_ADMIN"),
  /** The Flink job: snapshot, binlog, repair. */
  JOB("freshet_job", "SELECT", "SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT"),
  /** The reader's fallback queries. */
  READER("freshet_reader", "SELECT", "");

  private final String user;
  private final String onDatabase;
  private final String onServer;

  MySqlAccount(String user, String onDatabase, String onServer) {
    this.user = user;
    this.onDatabase = onDatabase;
    this.onServer = onServer;
  }

  public String user() {
    return user;
  }

  /** What it may do in a database it works with; empty for the account that may everything. */
  String onDatabase() {
    return onDatabase;
  }

  /** What it may do on the whole server; empty for nothing. */
  String onServer() {
    return onServer;
  }
}
