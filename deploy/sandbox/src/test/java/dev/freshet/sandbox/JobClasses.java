package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How many jobs' class loaders a Flink process still has, as the JDK's own {@code jcmd} tells. */
final class JobClasses {
  private static final String JCMD =
      Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

  private JobClasses() {}

  /** The loaders that are left after a collection. */
  static long loaders(long process) throws Exception {
    jcmd(process, "GC.run");
    return jcmd(process, "VM.classloader_stats")
        .lines()
        .filter(line -> line.endsWith("org.apache.flink.util.ChildFirstClassLoader"))
        .count();
  }

  /** Whether MySQL's driver keeps a thread there, and with it the classes of a job. */
  static boolean hasDriversThread(long process) throws Exception {
    return jcmd(process, "Thread.print").contains("mysql-cj-abandoned-connection-cleanup");
  }

  private static String jcmd(long process, String command) throws Exception {
    Process jcmd = new ProcessBuilder(JCMD, Long.toString(process), command).start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(jcmd.exitValue()).as("jcmd %s %s: %s", process, command, output).isZero();
    return output;
  }
}
