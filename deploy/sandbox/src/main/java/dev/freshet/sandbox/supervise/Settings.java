package dev.freshet.sandbox.supervise;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a supervisor is told to start.
 *
 * @param conversations of the sample data; 0 makes the tables alone
 * @param users of the sample data
 * @param sites of the sample data
 * @param views the folder of the declared views
 * @param sourceSql a script that is run in the source before the job starts; null for none
 * @param mysql the folder of the MySQL to start; null for the embedded one
 * @param ports by server, 0 for a free one
 * @param cluster how the job is run
 * @param readerFiles settings of the reader that name files, by key
 * @param holdJob the job starts when this file exists; null to start it at once
 */
public record Settings(
    int conversations,
    int users,
    int sites,
    Path views,
    Path sourceSql,
    Path mysql,
    Map<String, Integer> ports,
    Cluster cluster,
    Map<String, Path> readerFiles,
    Path holdJob) {
  public Settings {
    ports = Map.copyOf(ports);
    readerFiles = Map.copyOf(readerFiles);
  }
}
