package dev.freshet.view.declare;

import dev.freshet.view.ViewOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.flink.sql.parser.ddl.SqlTableOption;

/** Parses the WITH clause. */
final class Options {
  private static final String POPULATE = "populate";
  private static final String EVICT_AFTER = "evict-after";
  private static final String STALE_ON_ERROR = "stale-on-error";
  private static final List<String> NAMES = List.of(POPULATE, EVICT_AFTER, STALE_ON_ERROR);
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6}) ?(s|min|h|d)");

  private final Refusals refusals;
  private final Map<String, SqlTableOption> given = new LinkedHashMap<>();

  private Options(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * Reads it.
   *
   * @param options null where there is no such clause
   * @throws ViewException when something in it is not known
   */
  static ViewOptions read(SqlNodeList options, Refusals refusals) {
    Options read = new Options(refusals);
    if (options != null) {
      options.forEach(read::take);
    }
    boolean onRead = read.choice(POPULATE, "eager", "on-read");
    return new ViewOptions(
        onRead, read.evictAfter(onRead), read.choice(STALE_ON_ERROR, "false", "true"));
  }

  private void take(SqlNode node) {
    SqlTableOption option = (SqlTableOption) node;
    String name = option.getKeyString();
    if (!NAMES.contains(name)) {
      throw refusals.at(
          option,
          "the option '" + name + "' is not known",
          Suggestion.of(name, NAMES, "the options are: " + String.join(", ", NAMES)));
    }
    if (given.putIfAbsent(name, option) != null) {
      throw refusals.at(option, "the option '" + name + "' is given twice", "write it once");
    }
  }

  /** Whether an option has the second of its two values; the first is the default. */
  private boolean choice(String name, String first, String second) {
    SqlTableOption option = given.get(name);
    if (option == null || option.getValueString().equals(first)) {
      return false;
    }
    if (option.getValueString().equals(second)) {
      return true;
    }
    throw refusals.at(
        option,
        "'%s' = '%s' is not known".formatted(name, option.getValueString()),
        "take '%s' or '%s'".formatted(first, second));
  }

  private Duration evictAfter(boolean onRead) {
    SqlTableOption option = given.get(EVICT_AFTER);
    if (option == null) {
      return ViewOptions.EVICT_AFTER;
    }
    if (!onRead) {
      throw refusals.at(
          option,
          "'evict-after' has no effect here",
          "all keys of an eager view stay; leave it out, or write 'populate' = 'on-read'");
    }
    Matcher matcher = DURATION.matcher(option.getValueString());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw refusals.at(
          option,
          "'evict-after' = '" + option.getValueString() + "' is not a duration",
          "write a whole number and s, min, h or d, like '7 d'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "min" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
