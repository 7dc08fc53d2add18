package dev.freshet.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs Flink's command line client, such as {@code flink run}, against a session cluster. */
public final class FlinkClient {
  private final FlinkFolder folder;
  private final Map<String, String> environment;

  /** A client of a standalone cluster on this machine. */
  public FlinkClient(FlinkConfig config) {
    this.folder = new FlinkFolder(config);
    this.environment = Map.of();
  }

  /**
   * A client of any session cluster.
   *
   * @param directory the folder for the client's configuration and logs
   * @param url the address of the cluster's REST interface
   * @param keys what the client shows and trusts, if the address is https
   * @param settings Flink options of the client and the job, which overrule all others
   * @param environment variables of the programs that it runs, added to this process's own
   */
  public FlinkClient(
      Path directory,
      URI url,
      Optional<TlsKeys> keys,
      Map<String, String> settings,
      Map<String, String> environment) {
    Map<String, String> all = new HashMap<>();
    boolean tls = "https".equals(url.getScheme());
    all.put("execution.target", "remote");
    all.put("rest.address", url.getHost());
    all.put("rest.port", String.valueOf(url.getPort() > 0 ? url.getPort() : tls ? 443 : 80));
    all.put("security.ssl.rest.enabled", String.valueOf(tls));
    keys.ifPresent(each -> all.putAll(FlinkTls.client(each)));
    all.putAll(settings);
    this.folder = new FlinkFolder(directory, all);
    this.environment = Map.copyOf(environment);
  }

  /**
   * Runs the client and waits for its end.
   *
   * @param arguments such as {@code run -d -c Main job.jar}
   * @return everything that the client printed
   * @throws ServerException with the client's last lines of output if it fails or exceeds the
   *     deadline
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
              .of("flink " + arguments.get(0), folder.directory(), output)
              .with(environment),
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
