package dev.freshet.cli;

import java.io.PrintWriter;

/** Prints lines of progress, each with the time since the start. Thread-safe. */
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

  /** Returns the seconds since this object was created. */
  public double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
