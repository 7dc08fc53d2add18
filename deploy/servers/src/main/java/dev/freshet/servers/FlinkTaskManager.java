package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The only task manager of a standalone cluster. */
public final class FlinkTaskManager extends Server {
  /**
   * Up to this number of processors, the optimising compiler and G1 slow the job down: the compiler
   * takes a third of the CPU time of the job's first minute, and G1's bookkeeping a third of a
   * hand-over's.
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

  /**
   * Writes the configuration. It has no ports: the system chooses them, and the task manager
   * reports them to the job manager.
   */
  @Override
  void prepare() {
    folder.write();
    // Each process has a new id, because the job manager may still list a process that died.
    id = "taskmanager-" + Long.toString(System.currentTimeMillis(), 36).toLowerCase(Locale.ROOT);
  }

  @Override
  ServerCommand command() {
    FlinkFolder.ProcessMemory memory = folder.memory("GET_TM_RESOURCE_PARAMS");
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

  /**
   * Succeeds when the job manager lists the task manager's slots, which register after the task
   * manager.
   */
  @Override
  void probe() throws IOException, InterruptedException {
    String answer = rest.get("/taskmanagers/" + id);
    if (!answer.contains("\"slotsNumber\":" + config.slots())) {
      throw new IOException("the job manager at " + config.url() + " does not list its slots yet");
    }
  }
}
