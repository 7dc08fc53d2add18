package dev.freshet.sandbox;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.sandbox.sample.SampleSize;
import dev.freshet.sandbox.supervise.Settings;
import dev.freshet.sandbox.supervise.Supervisor;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The hidden command {@code supervise}: the background process that {@code up} and {@code demo}
 * start.
 */
@Command(name = "supervise", hidden = true, description = "Started by up and demo.")
final class SuperviseCommand implements Callable<Integer> {
  @Mixin private UpOptions options;
  @Mixin private HomeOption home;

  @Option(names = "--with-pid", description = "Stop everything when this process ends.")
  private long withPid;

  @Override
  public Integer call() throws IOException {
    Layout layout = home.layout();
    Journal journal = new Journal(layout.journal());
    Optional<Instance> instance = Instance.acquire(layout);
    if (instance.isEmpty()) {
      journal.failed("Freshet already runs in " + layout.home() + "; stop it with down");
      return 1;
    }
    try {
      return supervise(layout, journal);
    } finally {
      instance.get().close();
    }
  }

  private int supervise(Layout layout, Journal journal) throws IOException {
    SampleSize sample = options.sample(SampleSize.NONE);
    Supervisor supervisor =
        new Supervisor(
            layout,
            new Settings(
                options.conversations(sample),
                sample.users(),
                sample.sites(),
                options.views(layout),
                options.sourceSql(),
                options.mysql(),
                options.ports(),
                options.cluster(),
                options.readerFiles(),
                options.holdJob()),
            journal);
    AtomicBoolean asked = new AtomicBoolean();
    Thread end =
        new Thread(
            () -> {
              asked.set(true);
              supervisor.stop();
            },
            "freshet-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      supervisor.start();
    } catch (RuntimeException | Error e) {
      if (!asked.get()) {
        e.printStackTrace(System.out);
        supervisor.stop();
        journal.failed(String.join("\n", Failure.lines(e)));
      }
      return 1;
    }
    journal.ready("reads are served from the projection");
    BooleanSupplier alone =
        () -> withPid > 0 && ProcessHandle.of(withPid).filter(ProcessHandle::isAlive).isEmpty();
    supervisor.watch(alone);
    supervisor.stop();
    return 0;
  }
}
