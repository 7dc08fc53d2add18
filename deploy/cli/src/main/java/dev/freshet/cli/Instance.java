package dev.freshet.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The lock of a home folder that a running supervisor holds. The lock is reliable, whereas another
 * process may have the same process id by now.
 */
public final class Instance implements AutoCloseable {
  private final FileChannel channel;

  private Instance(FileChannel channel) {
    this.channel = channel;
  }

  /** Acquires the lock of the folder; empty if another supervisor holds it. */
  public static Optional<Instance> acquire(Layout layout) {
    try {
      FileChannel channel =
          FileChannel.open(
              layout.lock(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      String pid = Long.toString(ProcessHandle.current().pid());
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
      channel.force(false);
      return Optional.of(new Instance(channel));
    } catch (IOException e) {
      throw new Failure(
          "File " + layout.lock() + " cannot be locked (" + e.getMessage() + "); check its rights",
          e);
    }
  }

  /** Returns the process id of the supervisor that runs in the folder; empty if none runs. */
  public static OptionalLong running(Layout layout) {
    Path file = layout.lock();
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      try (FileLock lock = channel.tryLock()) {
        if (lock != null) {
          return OptionalLong.empty();
        }
      }
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      throw new Failure(
          "File " + file + " cannot be read (" + e.getMessage() + "); check its rights", e);
    }
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
