package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Flink's command line, {@code flink run} and the like, against a standalone cluster. */
public final class FlinkClient {
  private final FlinkConfig config;
  private final FlinkFolder folder;

  public FlinkClient(FlinkConfig config) {
    this.config = config;
    this.folder = new FlinkFolder(config);
  }

  /**
   * Runs it to its end.
   *
   * @param arguments such as {@code run -d -c Main job.jar}
   * @return all it printed
   * @throws ServerException with the last lines it printed when it fails or takes too long
   */
  public String run(List<String> arguments, Duration deadline) {
    folder.write();
    try {
      Path output = Files.createTempFile(folder.logs(), "client", ".out");
      ServerProcess.run(
          folder
              .java(
                  "org.apache.flink.client.cli.CliFrontend",
                  "client.log",
                  List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                  arguments)
              .of("flink " + arguments.get(0), config.directory(), output),
          List.of(),
          deadline);
      String printed = Files.readString(output);
      Files.delete(output);
      return printed;
    } catch (IOException e) {
      throw new ServerException("Flink's folder " + folder.logs() + " is not usable: " + e, e);
    }
  }
}
