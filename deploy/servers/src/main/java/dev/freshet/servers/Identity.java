package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** As whom this process runs, and how root runs a program that refuses root. */
final class Identity {
  private static final int NOBODY = 65534;

  private Identity() {}

  static boolean isRoot() {
    return Holder.UID == 0;
  }

  /**
   * The program that executes another one so that it does not see itself as root; empty when this
   * is not root. A user name space where one may be made: files stay root's. Else the account
   * nobody, to which {@code folder} is given.
   */
  static List<String> withoutRoot(Path folder) {
    if (!isRoot()) {
      return List.of();
    }
    if (Holder.NAME_SPACES) {
      return List.of("unshare", "-U", "--");
    }
    requireOpenTo(folder);
    give(folder);
    return List.of(
        "setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups", "--");
  }

  private static void requireOpenTo(Path folder) {
    for (Path above = folder.getParent(); above != null; above = above.getParent()) {
      try {
        if (!Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          throw new ServerException(
              "Postgres refuses to run as root, and user "
                  + NOBODY
                  + " may not enter "
                  + above
                  + "; set -D"
                  + Home.PROPERTY
                  + "=<a folder others may enter> or run as an ordinary user");
        }
      } catch (IOException e) {
        throw new ServerException("Folder " + above + " cannot be read (" + e + ")", e);
      }
    }
  }

  private static void give(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", NOBODY);
        Files.setAttribute(file, "unix:gid", NOBODY);
      }
    } catch (IOException e) {
      throw new ServerException(
          "Folder " + folder + " cannot be given to user " + NOBODY + " (" + e + ")", e);
    }
  }

  private static final class Holder {
    static final int UID = uid();
    static final boolean NAME_SPACES = UID == 0 && succeeds("unshare", "-U", "--", "true");

    private Holder() {}

    private static int uid() {
      try {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      } catch (IOException e) {
        throw new ServerException("/proc/self cannot be read; servers run on Linux only", e);
      }
    }

    private static boolean succeeds(String... command) {
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
