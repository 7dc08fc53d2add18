package dev.freshet.sandbox;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Validates the options {@code --rate} and {@code --polls}. */
final class Rates {
  private static final double HIGHEST = 10_000;

  private Rates() {}

  static void check(CommandSpec spec, double rate, double polls) {
    if (!(rate > 0 && rate <= HIGHEST)) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--rate': " + rate + "; give 1 to 10000");
    }
    if (!(polls >= 0 && polls <= HIGHEST)) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--polls': " + polls + "; give 0 to 10000");
    }
  }
}
