package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.store.ReadFunction;
import dev.freshet.store.StoreTables;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.MysqlSession;
import dev.freshet.view.sql.PlanCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The accounts that the statements create can do their work, and nothing else. */
class GrantsIT {
  private static final Path SQL = Path.of("../../sql").toAbsolutePath().normalize();
  private static final String PASSWORD = "hush-hush-hush";
  private static final String NAME = "granted";

  @TempDir private static Path folder;
  private static Config config;

  @BeforeAll
  static void createAccounts() throws Exception {
    MySqlServer mysql = LocalServers.mysql();
    PostgresServer postgres = LocalServers.postgres();
    mysql.createDatabase(NAME);
    postgres.createDatabase(NAME);
    config = config(mysql, postgres);
    try (Connection root = mysql.connect(MySqlAccount.ROOT, NAME);
        Statement statement = root.createStatement()) {
      for (String file : List.of("inbox", "photos", "sakila")) {
        String text = Files.readString(SQL.resolve("source/" + file + ".sql"));
        for (String sql : text.replaceAll("(?m)^--.*$", "").split(";\\s*\\n", -1)) {
          if (!sql.isBlank()) {
            statement.execute(sql);
          }
        }
      }
      for (String sql : Grants.mysql(config, DeclaredViews.all(config))) {
        statement.execute(sql.replace(Grants.PASSWORD, PASSWORD));
      }
    }
    try (Connection owner = postgres.connect(NAME);
        Statement statement = owner.createStatement()) {
      for (String sql : Grants.postgres(config)) {
        statement.execute(sql.replace(Grants.PASSWORD, PASSWORD));
      }
      statement.execute("CREATE ROLE granted_nobody LOGIN PASSWORD '" + PASSWORD + "'");
    }
  }

  private static Config config(MySqlServer mysql, PostgresServer postgres) throws Exception {
    Files.writeString(folder.resolve("password"), PASSWORD);
    Path file =
        Files.writeString(
            folder.resolve("freshet.yaml"),
            """
            source: {port: %1$d, user: %3$s_job, password-file: password, database: %3$s}
            store: {port: %2$d, user: %3$s_store, password-file: password, database: %3$s}
            views: {folder: %4$s}
            reader:
              source-user: %3$s_reader
              source-password-file: password
              store-user: %3$s_store_reader
              store-password-file: password
            """
                .formatted(mysql.port(), postgres.port(), NAME, SQL.resolve("views")));
    return ConfigReader.read(file, Map.of());
  }

  @Test
  void theReaderAsksForEveryViewAndSeesNoOtherColumn() throws Exception {
    try (Connection job = mysql(config.source().account());
        Connection reader = mysql(config.reader().source());
        Statement statement = reader.createStatement()) {
      List<Declaration> views = Declarations.in(SQL.resolve("views")).views();
      assertThat(views).hasSizeGreaterThan(3);
      for (Declaration view : views) {
        ViewPlan plan = Planner.plan(view, CatalogueReader.read(job, NAME, List.of(view)));
        assertThat(PlanCheck.problems(reader, plan)).isEmpty();
      }
      assertDenied(statement, "SELECT * FROM customer", "42000");
      assertDenied(statement, "SELECT email FROM customer", "42000");
      assertDenied(statement, "DELETE FROM participants", "42000");
      // Why the job's account has whole tables.
      assertDenied(statement, "SHOW CREATE TABLE participants", "42000");
    }
  }

  @Test
  void theStoresReaderReadsAndTheJobOwnsItsSchemaOnly() throws Exception {
    try (Connection job = postgres("granted_store");
        Statement statement = job.createStatement()) {
      for (String sql : StoreTables.create("freshet")) {
        statement.execute(sql);
      }
      for (String sql : ReadFunction.createShared("freshet")) {
        statement.execute(sql);
      }
      assertDenied(statement, "CREATE TABLE public.mine (id int)", "42501");
      assertDenied(statement, "CREATE TEMP TABLE mine (id int)", "42501");
    }
    try (Connection reader = postgres("granted_store_reader");
        Statement statement = reader.createStatement()) {
      statement.execute("SELECT * FROM freshet.progress");
      statement.execute("SELECT freshet.key_group('', 128)");
      assertDenied(statement, "DELETE FROM freshet.progress", "42501");
      assertDenied(statement, "CREATE TABLE freshet.mine (id int)", "42501");
      assertDenied(statement, "CREATE TABLE public.mine (id int)", "42501");
      assertDenied(statement, "CREATE TEMP TABLE mine (id int)", "42501");
      assertDenied(statement, "CREATE SCHEMA mine", "42501");
      try (ResultSet row =
          statement.executeQuery(
              "SELECT has_function_privilege('granted_nobody', 'freshet.key_group(bytea, int)',"
                  + " 'EXECUTE')")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).as("others may execute").isFalse();
      }
    }
    assertThatThrownBy(() -> postgres("granted_nobody"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }

  private static void assertDenied(Statement statement, String sql, String state) {
    assertThatThrownBy(() -> statement.execute(sql))
        .as("%s", sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  private static Connection mysql(Config.Account account) throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url("127.0.0.1", LocalServers.mysql().port(), NAME),
        MysqlSession.properties(account.user(), account.password().reveal()));
  }

  private static Connection postgres(String user) throws SQLException {
    return DriverManager.getConnection(LocalServers.postgres().jdbcUrl(NAME), user, PASSWORD);
  }
}
