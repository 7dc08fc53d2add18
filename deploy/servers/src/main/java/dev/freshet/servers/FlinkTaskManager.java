package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A standalone cluster's only task manager. */
public final class FlinkTaskManager extends Server {
  /**
   * With so few, the optimising compiler and G1 take them from the job: the one a third of the CPU
   * time of its first minute, the other as much again of a hand-over, for bookkeeping.
   */
  private static final int FEW_PROCESSORS = 2;

  private final FlinkConfig config;
  private final FlinkFolder folder;
  private final FlinkRest rest;
  private volatile String id = "";

  public FlinkTaskManager(FlinkConfig config) {
    super("Flink task manager");
    this.config = config;
    this.folder = new FlinkFolder(config);
    this.rest = new FlinkRest(config);
  }

  public FlinkConfig config() {
    return config;
  }

  @Override
  public Path log() {
    return folder.logs().resolve("taskmanager.log");
  }

  /** Its own ports are the system's choice, as only the job manager needs to know them. */
  @Override
  void prepare() {
    folder.write();
    // A new name for every process, as the job manager may still list the one that died.
    id = "taskmanager-" + Long.toString(System.currentTimeMillis(), 36).toLowerCase(Locale.ROOT);
  }

  @Override
  ServerCommand command() {
    FlinkFolder.Memory memory = folder.memory("GET_TM_RESOURCE_PARAMS");
    List<String> options = new ArrayList<>(memory.options());
    options.addAll(
        Runtime.getRuntime().availableProcessors() <= FEW_PROCESSORS
            ? List.of("-XX:+UseParallelGC", "-XX:TieredStopAtLevel=1")
            : List.of("-XX:+UseG1GC"));
    List<String> arguments =
        new ArrayList<>(List.of("--configDir", folder.configuration().toString()));
    arguments.addAll(memory.arguments());
    arguments.addAll(List.of("-D", "taskmanager.resource-id=" + id));
    return folder
        .java(
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            "taskmanager.log",
            options,
            arguments)
        .of(name(), config.directory(), folder.logs().resolve("taskmanager.out"));
  }

  /** Serves when the job manager knows it with its slots, which it reports after itself. */
  @Override
  void probe() throws IOException, InterruptedException {
    String answer = rest.get("/taskmanagers/" + id);
    if (!answer.contains("\"slotsNumber\":" + config.slots())) {
      throw new IOException("the job manager at " + config.url() + " does not list its slots yet");
    }
  }
}
