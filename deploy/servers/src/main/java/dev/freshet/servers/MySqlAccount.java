package dev.freshet.servers;

/** The accounts of the sample source, each with the minimum rights. */
public enum MySqlAccount {
  /** The administrator, with all rights. */
  ROOT("root", "", ""),
  /**
   * The application, which writes the database and reads the binlog's position. It may disable the
   * binlog for its session, so that tests can make Freshet miss a change.
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

  /** The account's rights on a database; empty for ROOT. */
  String onDatabase() {
    return onDatabase;
  }

  /** The account's global rights; empty for none. */
  String onServer() {
    return onServer;
  }
}
