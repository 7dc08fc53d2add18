package dev.freshet.cli;

import java.io.PrintWriter;

/** Lines that say what long work is doing, each with the time since it began. */
public final class Progress {
  private final PrintWriter out;
  private final long start = System.nanoTime();

  public Progress(PrintWriter out) {
    this.out = out;
  }

  public synchronized void say(String line) {
    out.printf("%6.1f s  %s%n", seconds(), line);
    out.flush();
  }

  /** Since this was made. */
  public double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
