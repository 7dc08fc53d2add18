package dev.freshet.servers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * Unpacks a tar stream of directories, plain files and symbolic links with names of at most 100
 * bytes. Throws an exception for any other kind of entry, and for a name outside of the target
 * folder.
 */
final class TarReader {
  private static final int BLOCK = 512;

  private final InputStream in;

  TarReader(InputStream in) {
    this.in = in;
  }

  void unpack(Path target) throws IOException {
    byte[] header = new byte[BLOCK];
    while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
      String name = text(header, 0, 100);
      Path path = target.resolve(name).normalize();
      if (!path.startsWith(target)) {
        throw new IOException("entry " + name + " leads out of " + target);
      }
      Files.createDirectories(path.getParent());
      char kind = (char) header[156];
      switch (kind) {
        case '5' -> Files.createDirectories(path);
        case '2' -> Files.createSymbolicLink(path, Path.of(text(header, 157, 100)));
        case '0', '\0' -> file(path, octal(header, 124, 12), octal(header, 100, 8));
        default -> throw new IOException("entry " + name + " is of unknown kind " + kind);
      }
    }
  }

  private void file(Path path, long size, long mode) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(path)) {
      for (long left = size; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException(path + " ends early");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    Set<PosixFilePermission> permissions =
        new HashSet<>(PosixFilePermissions.fromString("rw-r--r--"));
    if ((mode & 0100) != 0) {
      permissions.addAll(PosixFilePermissions.fromString("--x--x--x"));
    }
    Files.setPosixFilePermissions(path, permissions);
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static long octal(byte[] header, int offset, int length) {
    return Long.parseLong(text(header, offset, length).trim(), 8);
  }
}
