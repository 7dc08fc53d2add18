package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints what a command found for each of its arguments. If there are several, each has a heading,
 * and its problems stand under it; the failure at the end counts them. The problems of a single
 * argument are the failure.
 */
public final class Results {
  private static final int HEADING = 100;

  private final PrintWriter out;
  private final int arguments;
  private final List<String> single = new ArrayList<>();
  private int begun;
  private int refused;

  public Results(PrintWriter out, int arguments) {
    this.out = out;
    this.arguments = arguments;
  }

  /** Prints the heading of the next argument. */
  public void begin(String argument) {
    begun++;
    if (arguments > 1) {
      String line = argument.replaceAll("\\s+", " ").strip();
      if (begun > 1) {
        out.println();
      }
      out.printf(
          "[%d of %d] %s%n",
          begun, arguments, line.length() > HEADING ? line.substring(0, HEADING) + " ..." : line);
    }
  }

  /** Ends an argument. Its problems are why it is refused; none if it is accepted. */
  public void end(List<String> problems) {
    refused += problems.isEmpty() ? 0 : 1;
    if (arguments > 1) {
      problems.forEach(problem -> out.println("  refused  " + problem));
    } else {
      single.addAll(problems);
    }
    out.flush();
  }

  /** Throws a {@link Failure} if an argument was refused. */
  public void failIfRefused() {
    Failure.ifAny(single);
    if (refused > 0) {
      throw new Failure(
          "Views: %d of %d are refused; correct what stands under their headings"
              .formatted(refused, arguments));
    }
  }
}
