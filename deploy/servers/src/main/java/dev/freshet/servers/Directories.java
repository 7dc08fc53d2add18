package dev.freshet.servers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Creates folders atomically: a folder either exists with all its content or not at all. */
public final class Directories {
  /** Locks between the threads of this JVM; file locks only exclude other processes. */
  private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

  /** Fills an empty folder. */
  @FunctionalInterface
  interface Filler {
    void fill(Path folder) throws IOException;
  }

  private Directories() {}

  /**
   * Creates {@code folder} unless it exists. It is filled under a temporary name and then renamed,
   * so an interrupted call never leaves a folder that looks complete. Concurrent calls for the same
   * folder, also from other processes, wait for each other.
   */
  static Path once(Path folder, Filler filler) {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    String name = String.valueOf(folder.getFileName());
    Path parent = folder.toAbsolutePath().getParent();
    return exclusively(
        parent.resolve("." + name + ".lock"),
        () -> {
          try {
            if (!Files.isDirectory(folder)) {
              Path unfinished = parent.resolve(name + ".unfinished");
              delete(unfinished);
              Files.createDirectory(unfinished);
              filler.fill(unfinished);
              Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            return folder;
          } catch (IOException e) {
            throw new ServerException(
                "Folder " + folder + " cannot be filled (" + e + "); check space and rights", e);
          }
        });
  }

  /**
   * Does some work that neither another thread nor another process does at the same time.
   *
   * @param file its lock; created, with its folder, if it does not exist
   */
  static <T> T exclusively(Path file, Supplier<T> work) {
    Path lockFile = file.toAbsolutePath();
    synchronized (LOCKS.computeIfAbsent(lockFile, key -> new Object())) {
      try {
        Files.createDirectories(lockFile.getParent());
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          assert lock.isValid();
          return work.get();
        }
      } catch (IOException e) {
        throw new ServerException(
            "Lock " + lockFile + " cannot be taken (" + e + "); check space and rights", e);
      }
    }
  }

  /** Copies the content of a folder, with its permissions, into an empty one. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path each : (Iterable<Path>) walk::iterator) {
        if (!each.equals(from)) {
          Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** Removes a file, or a folder with its content; does nothing if it does not exist. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
