package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs that refuse to run as root, when this process is root. */
final class Identity {
  private static final int NOBODY = 65534;

  private Identity() {}

  static boolean isRoot() {
    return Holder.UID == 0;
  }

  /**
   * The command prefix with which a program does not see itself as root; empty if this process is
   * not root. Uses a user name space if the system allows one; files then still belong to root.
   * Otherwise uses the account nobody, which becomes the owner of {@code folder}.
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
