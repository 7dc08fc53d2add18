package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this machine last did with the job of a name: enough to go on where Flink itself does not
 * remember, and to know that somebody stopped it on purpose.
 *
 * @param id of the last job; empty before the first
 * @param from the savepoint or checkpoint it began with; empty for none
 * @param submittedAt when, in milliseconds
 * @param parallelism it was submitted with
 * @param stopped whether a person stopped or cancelled it
 * @param savepoint the last one that was taken; empty for none
 * @param savepointAt when, in milliseconds
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

  /** Of a job that was never there. */
  static final JobRecord NONE = new JobRecord("", "", 0, 1, false, "", 0);

  /** Reads it; {@link #NONE} when there is none. */
  public static JobRecord read(Path file) {
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      return JSON.readValue(file.toFile(), JobRecord.class);
    } catch (IOException e) {
      throw new Failure("File " + file + " cannot be read; remove it, and name savepoints", e);
    }
  }

  /** Replaces it as a whole. */
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
