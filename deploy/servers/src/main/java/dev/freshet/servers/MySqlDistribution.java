package dev.freshet.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A MySQL installation on this machine: the embedded 8.0, or one in a given folder. Such a folder
 * has {@code bin/mysqld} or {@code sbin/mysqld}, or directly a program {@code mysqld}, which may be
 * a wrapper script that passes its arguments on.
 */
public final class MySqlDistribution {
  /**
   * The system property that names the folder of a MySQL to use instead of the embedded one; see
   * {@link MySqlConfig#in}.
   */
  public static final String PROPERTY = "freshet.mysql";

  private static final int OLDEST = 800;
  private static final int TAGS_SINCE = 803;
  private static final Pattern VERSION =
      Pattern.compile("Ver ((\\d{1,3})\\.(\\d{1,3})\\.\\d+\\S*)(.*)", Pattern.DOTALL);
  private static final List<String> PROGRAMS = List.of("bin/mysqld", "sbin/mysqld");

  private final List<String> command;
  private final Map<String, String> environment;

  private MySqlDistribution(List<String> command, Map<String, String> environment) {
    this.command = command;
    this.environment = environment;
  }

  /** The folder that the system property names; empty if the property is not set. */
  static Optional<Path> named() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .filter(folder -> !folder.isBlank())
        .map(Path::of);
  }

  /**
   * Unpacks the embedded MySQL, unless that was done before. An unpacked package downloads it
   * first.
   */
  public static void provide(Home home) {
    Distributions.mysql(home);
  }

  static MySqlDistribution of(Home home, Optional<Path> folder) {
    return folder
        .map(each -> in(home, each.toAbsolutePath().normalize()))
        .orElseGet(() -> installed(home, Distributions.mysql(home), PROGRAMS.get(0)));
  }

  /**
   * Determines the version of the MySQL in a folder.
   *
   * @return the version, such as {@code 9.7.0}
   * @throws ServerException if the folder has no MySQL, or one that is too old for Freshet
   */
  public static String version(Home home, Path folder) {
    return of(home, Optional.of(folder)).version();
  }

  private static MySqlDistribution in(Home home, Path folder) {
    Path launcher = folder.resolve("mysqld");
    if (Files.isRegularFile(launcher) && Files.isExecutable(launcher)) {
      return new MySqlDistribution(List.of(launcher.toString()), Map.of());
    }
    return PROGRAMS.stream()
        .filter(program -> Files.isExecutable(folder.resolve(program)))
        .findFirst()
        .map(program -> installed(home, folder, program))
        .orElseThrow(
            () ->
                new ServerException(
                    "MySQL: "
                        + folder
                        + " holds no program mysqld, bin/mysqld or sbin/mysqld; name the folder of"
                        + " an installation"));
  }

  private static MySqlDistribution installed(Home home, Path base, String program) {
    Path mysqld = base.resolve(program);
    return new MySqlDistribution(
        List.of(mysqld.toString(), "--no-defaults", "--basedir=" + base, "--secure-file-priv=NULL"),
        MySqlLibraries.environment(home, mysqld));
  }

  /** The command of the server with options; it runs as this process's user. */
  List<String> command(List<String> options) {
    List<String> all = new ArrayList<>(command);
    if (Identity.isRoot()) {
      all.add("--user=root");
    }
    all.addAll(options);
    return all;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** The version, such as {@code 9.7.0}. */
  String version() {
    return versionOutput().group(1);
  }

  /**
   * Returns a part of a file name that differs between versions, and between places of
   * installation.
   */
  String fileNamePart() {
    return version() + "-" + Integer.toHexString(command.hashCode());
  }

  /** Whether this MySQL supports GTIDs with tags. */
  boolean knowsTags() {
    return release(versionOutput()) >= TAGS_SINCE;
  }

  private static int release(Matcher version) {
    return Integer.parseInt(version.group(2)) * 100 + Integer.parseInt(version.group(3));
  }

  private Matcher versionOutput() {
    String printed = output();
    Matcher version = VERSION.matcher(printed);
    if (!version.find()) {
      throw new ServerException(
          "MySQL: " + command.get(0) + " does not name its version: " + printed.strip());
    }
    if (release(version) < OLDEST || version.group().contains("MariaDB")) {
      throw new ServerException(
          "MySQL: "
              + command.get(0)
              + " is "
              + version.group().strip()
              + "; take a MySQL of 8.0 or newer");
    }
    return version;
  }

  private String output() {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(List.of("--version"))).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return output;
    } catch (IOException e) {
      throw new ServerException("MySQL: " + command.get(0) + " cannot be executed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerException("Interrupted while asking MySQL for its version", e);
    }
  }
}
