package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The last operations with a job from this machine. With it a job can be resumed after Flink has
 * forgotten it, and a supervisor knows whether a user stopped it.
 *
 * @param id the id of the last job; empty before the first
 * @param from the savepoint or checkpoint that it was started from; empty for none
 * @param submittedAt when it was submitted, in milliseconds since the epoch
 * @param parallelism the parallelism with which it was submitted
 * @param stopped whether a user stopped or cancelled it
 * @param savepoint the last savepoint; empty for none
 * @param savepointAt when that was taken, in milliseconds since the epoch
 */
public record JobRecord(
    String id,
    String from,
    long submittedAt,
    int parallelism,
    boolean stopped,
    String savepoint,
    long savepointAt) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The record before any operation. */
  static final JobRecord NONE = new JobRecord("", "", 0, 1, false, "", 0);

  /** Reads a record; {@link #NONE} if there is no file. */
  public static JobRecord read(Path file) {
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      return JSON.readValue(file.toFile(), JobRecord.class);
    } catch (IOException e) {
      throw new Failure(
          "File " + file + " cannot be read; delete it, and give savepoints with --from", e);
    }
  }

  /** Writes the record atomically. */
  public void write(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Secrets.write(file, JSON.writeValueAsString(this));
    } catch (IOException e) {
      throw new Failure("File " + file + " cannot be written (" + e.getMessage() + ")", e);
    }
  }

  JobRecord submitted(String newId, Optional<String> newFrom, long at, int newParallelism) {
    return new JobRecord(
        newId, newFrom.orElse(""), at, newParallelism, false, savepoint, savepointAt);
  }

  JobRecord saved(String path, long at) {
    return new JobRecord(id, from, submittedAt, parallelism, stopped, path, at);
  }

  JobRecord ended() {
    return new JobRecord(id, from, submittedAt, parallelism, true, savepoint, savepointAt);
  }
}
