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
 * Makes sure that mysqld finds libaio, the only library it needs that minimal systems lack. Newer
 * Debian and Ubuntu have it under another file name, to which this class creates a link.
 */
final class MySqlLibraries {
  private static final String LIBRARY = "libaio.so.1";
  private static final List<String> PACKAGES = List.of("libaio1t64", "libaio1");
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib/aarch64-linux-gnu"),
          Path.of("/lib/aarch64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/lib"));
  private static final Pattern MISSING =
      Pattern.compile("error while loading shared libraries: ([^:]+):");

  private MySqlLibraries() {}

  /**
   * Returns environment variables with which this mysqld can be executed. Installs libaio if it is
   * missing and this process is root.
   *
   * @throws ServerException with the command to run if a library is missing and cannot be installed
   */
  static Map<String, String> environment(Home home, Path mysqld) {
    return Directories.exclusively(
        home.directory().resolve(".libaio.lock"), () -> environmentAlone(home, mysqld));
  }

  private static Map<String, String> environmentAlone(Home home, Path mysqld) {
    Path links = home.distributions().resolve("lib");
    Map<String, String> environment = Files.exists(links.resolve(LIBRARY)) ? path(links) : Map.of();
    Optional<String> missing = missing(mysqld, environment);
    if (missing.isEmpty()) {
      return environment;
    }
    if (missing.get().equals(LIBRARY)) {
      if (link(links) && missing(mysqld, path(links)).isEmpty()) {
        return path(links);
      }
      if (Identity.isRoot() && install(home)) {
        if (missing(mysqld, Map.of()).isEmpty()) {
          return Map.of();
        }
        if (link(links) && missing(mysqld, path(links)).isEmpty()) {
          return path(links);
        }
      }
    }
    throw new ServerException(
        "MySQL needs "
            + missing.get()
            + ", which this system lacks; install it: "
            + (missing.get().equals(LIBRARY)
                ? "sudo apt-get install libaio1 (newer Debian and Ubuntu: libaio1t64; Fedora: sudo"
                    + " dnf install libaio)"
                : "the package that holds it"));
  }

  private static Map<String, String> path(Path folder) {
    String inherited = System.getenv("LD_LIBRARY_PATH");
    return Map.of(
        "LD_LIBRARY_PATH",
        inherited == null || inherited.isEmpty() ? folder.toString() : folder + ":" + inherited);
  }

  private static Optional<String> missing(Path mysqld, Map<String, String> environment) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(mysqld.toString(), "--no-defaults", "--version")
              .redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      if (process.waitFor() == 0) {
        return Optional.empty();
      }
      Matcher matcher = MISSING.matcher(output);
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
      throw new ServerException("MySQL cannot be executed on this system: " + output);
    } catch (IOException e) {
      throw new ServerException("MySQL cannot be executed on this system: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerException("Interrupted while looking for MySQL's libraries", e);
    }
  }

  /** Creates the link; returns false if the system does not have the library. */
  private static boolean link(Path links) {
    for (Path folder : FOLDERS) {
      Path renamed = folder.resolve(LIBRARY + "t64");
      if (Files.exists(renamed)) {
        try {
          Files.createDirectories(links);
          Files.deleteIfExists(links.resolve(LIBRARY));
          Files.createSymbolicLink(links.resolve(LIBRARY), renamed);
          return true;
        } catch (IOException e) {
          throw new ServerException("Link to " + renamed + " cannot be made (" + e + ")", e);
        }
      }
    }
    return false;
  }

  private static boolean install(Home home) {
    System.err.println("Installing libaio, which MySQL needs");
    Path log = home.directory().resolve("libaio.log");
    if (!apt(log, "update")) {
      System.err.println("apt-get update failed (log: " + log + "); trying without");
    }
    return PACKAGES.stream().anyMatch(each -> apt(log, "install", "-y", each));
  }

  private static boolean apt(Path log, String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    try {
      return builder.start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
