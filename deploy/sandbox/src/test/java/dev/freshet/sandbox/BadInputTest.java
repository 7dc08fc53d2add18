package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Whatever is wrong is one clear line and an exit code, before anything starts. */
class BadInputTest {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE unread (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT p.user_id, p.id FROM participants p
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;
  private Path home;
  private Path views;

  @BeforeEach
  void folders() throws IOException {
    home = folder.resolve("home");
    views = Files.createDirectory(folder.resolve("views"));
  }

  @Test
  void anUnknownCommandIsNamedWithWhatWasMeant() {
    assertThat(run("statu")).isEqualTo(2);
    assertThat(line()).contains("'statu'").contains("did you mean 'status'?").contains("--help");
  }

  @Test
  void anUnknownOptionIsNamedWithWhatWasMeant() {
    assertThat(run("up", "--smple=large")).isEqualTo(2);
    assertThat(line()).contains("--smple").contains("--sample");
  }

  @Test
  void aSampleThatDoesNotExistIsNamedWithThoseThatDo() {
    assertThat(run("up", "--sample=huge")).isEqualTo(2);
    assertThat(line()).contains("huge").containsIgnoringCase("none, small, large");
  }

  @Test
  void explainNeedsAViewOrTheSource() {
    assertThat(run("explain")).isEqualTo(2);
    assertThat(line()).contains("give VIEW, or --source to check MySQL");
  }

  @Test
  void anInvalidRateIsRefused() {
    assertThat(run("demo", "--rate=0")).isEqualTo(2);
    assertThat(line()).contains("--rate").contains("0").contains("10000");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(up("--mysql-port=" + taken.getLocalPort())).isEqualTo(1);
      assertThat(line()).contains("MySQL").contains("" + taken.getLocalPort()).contains("taken");
    }
    assertNothingStarted();
  }

  @Test
  void aPortGivenTwiceIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--mysql-port=45999", "--reader-port=45999")).isEqualTo(1);
    assertThat(line()).contains("45999").contains("two servers");
    assertNothingStarted();
  }

  @Test
  void memoryThatIsTooLittleIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--taskmanager-memory=100")).isEqualTo(1);
    assertThat(line()).contains("100 MB").contains("900");
    assertNothingStarted();
  }

  @Test
  void tooLittleMemoryForRocksDbIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--state-backend=rocksdb", "--rocksdb-memory=100")).isEqualTo(1);
    assertThat(line()).contains("100 MB").contains("128").contains("--rocksdb-memory");
    assertNothingStarted();
  }

  @Test
  void fewerSlotsThanSubtasksAreNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--parallelism=3", "--slots=2")).isEqualTo(1);
    assertThat(line()).contains("2 slots").contains("give 3").contains("--slots");
    assertNothingStarted();
  }

  @Test
  void anErrorInAViewIsNamedWithItsLineAndFile() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW.replace("SELECT", "SELEC"));
    assertThat(up()).isEqualTo(1);
    assertThat(line()).contains("unread.sql").contains("line 3");
    assertNothingStarted();
  }

  @Test
  void theErrorsOfAllViewsAreNamed() throws IOException {
    Files.writeString(views.resolve("one.sql"), VIEW.replace("SELECT", "SELEC"));
    Files.writeString(views.resolve("two.sql"), VIEW.replace("PARTITIONED", "PARTED"));
    assertThat(up()).isEqualTo(1);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("freshet: ").endsWith("[one.sql]"),
            second -> assertThat(second).startsWith("freshet: ").endsWith("[two.sql]"));
    assertNothingStarted();
  }

  @Test
  void aFolderWithoutViewsIsNamed() throws IOException {
    assertThat(up()).isEqualTo(1);
    assertThat(line()).contains(views.toString()).contains(".sql");
    assertNothingStarted();
  }

  @Test
  void aFolderOfViewsThatDoesNotExistIsNamed() {
    assertThat(run("up", "--home=" + home, "--views=" + folder.resolve("nowhere"))).isEqualTo(1);
    assertThat(line()).contains("nowhere").contains("--views");
  }

  @Test
  void aSourceScriptThatDoesNotExistIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--source-sql=" + folder.resolve("none.sql"))).isEqualTo(1);
    assertThat(line()).contains("none.sql").contains("--source-sql");
    assertNothingStarted();
  }

  @Test
  void aFolderWithoutAMysqlIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    assertThat(up("--mysql=" + folder)).isEqualTo(1);
    assertThat(line()).contains(folder.toString()).contains("sbin/mysqld").contains("--mysql");
    assertNothingStarted();
  }

  @Test
  void aFolderIsFreeAgainWhenItsSupervisorEnds() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);
    Layout layout = Layout.find(home);
    layout.create();
    try (Instance instance = Instance.acquire(layout).orElseThrow()) {
      assertThat(instance).isNotNull();
      // The lock is this process's own here; a second process is tested with a real up.
      assertThat(Files.readString(layout.lock())).isEqualTo("" + ProcessHandle.current().pid());
    }
    assertThat(Instance.running(layout)).isEmpty();
  }

  @Test
  void downIsFineWhenNothingRuns() {
    assertThat(run("down", "--home=" + home)).isZero();
    assertThat(out.toString()).contains("nothing runs");
  }

  @Test
  void statusSaysThatNothingRuns() {
    assertThat(run("status", "--home=" + home)).isEqualTo(1);
    assertThat(line()).contains("Nothing runs").contains("freshet up").contains("--config");
  }

  @Test
  void loadNeedsARunningSandbox() {
    assertThat(run("load", "--home=" + home)).isEqualTo(1);
    assertThat(line()).contains("Nothing runs").contains("freshet up");
  }

  private int up(String... options) {
    return run(
        Stream.concat(Stream.of("up", "--home=" + home, "--views=" + views), Stream.of(options))
            .toArray(String[]::new));
  }

  private int run(String... arguments) {
    CommandLine line =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  /** The only line of the error output. */
  private String line() {
    List<String> lines = err.toString().lines().toList();
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  private void assertNothingStarted() {
    assertThat(home.resolve("supervisor.log")).doesNotExist();
    assertThat(home.resolve("mysql")).doesNotExist();
  }
}
