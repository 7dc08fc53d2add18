package dev.freshet.sandbox.supervise;

import java.nio.file.Path;
import java.util.Map;

/**
 * The settings of a supervisor.
 *
 * @param conversations the number of conversations in the sample data; 0 for empty tables
 * @param users the number of users in the sample data
 * @param sites the number of sites in the sample data
 * @param views the folder of the declared views
 * @param sourceSql a script that is run in the source before the job starts; null for none
 * @param mysql the folder of the MySQL to start; null for the embedded MySQL
 * @param ports the ports by server; 0 for any free port
 * @param cluster the Flink cluster
 * @param readerFiles the reader's settings that are files, by key
 * @param holdJob the job is started when this file exists; null to start it at once
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
