package dev.freshet.sandbox;

import dev.freshet.cli.CommandProvider;
import java.util.List;

/** Adds the sandbox's commands to the command line. */
public final class SandboxCommands implements CommandProvider {
  @Override
  public List<Class<?>> before() {
    return List.of(DemoCommand.class, UpCommand.class, DownCommand.class);
  }

  @Override
  public List<Class<?>> after() {
    return List.of(LoadCommand.class, BenchCommand.class, SqlCommand.class, SuperviseCommand.class);
  }
}
