package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The job manager of a standalone cluster. It does not remember jobs: after a restart the caller
 * must submit them again from their newest checkpoint or savepoint. Task managers reconnect by
 * themselves.
 */
public final class FlinkJobManager extends Server {
  private final FlinkConfig config;
  private final FlinkFolder folder;
  private final FlinkRest rest;

  public FlinkJobManager(FlinkConfig config) {
    super("Flink job manager");
    this.config = config;
    this.folder = new FlinkFolder(config);
    this.rest = new FlinkRest(config);
  }

  public FlinkConfig config() {
    return config;
  }

  public String url() {
    return config.url();
  }

  @Override
  public Path log() {
    return folder.logs().resolve("jobmanager.log");
  }

  @Override
  void prepare() {
    Ports.requireFree(name() + " (REST)", config.restPort());
    Ports.requireFree(name() + " (RPC)", config.rpcPort());
    Ports.requireFree(name() + " (blobs)", config.blobPort());
    folder.write();
  }

  @Override
  ServerCommand command() {
    FlinkFolder.ProcessMemory memory = folder.memory("GET_JM_RESOURCE_PARAMS");
    List<String> options = new ArrayList<>(memory.options());
    // It only coordinates, so a quick start matters more than peak speed.
    options.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--configDir", folder.configuration().toString(), "--executionMode", "cluster"));
    arguments.addAll(memory.arguments());
    return folder
        .java(
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            "jobmanager.log",
            options,
            arguments)
        .of(name(), config.directory(), folder.logs().resolve("jobmanager.out"));
  }

  @Override
  void probe() throws IOException, InterruptedException {
    rest.get("/overview");
  }
}
