package dev.freshet.cli;

import dev.freshet.cli.explain.DeclaredViews;
import dev.freshet.cli.explain.Grants;
import dev.freshet.config.Config;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what accounts need. */
@Command(
    name = "grants",
    mixinStandardHelpOptions = true,
    header = "Print the SQL that makes the accounts of the configuration, with least rights.",
    description = {
      "%nFor the job's and the reader's accounts in MySQL and Postgres, for the tables of the declared views, ",
      "and the setting by which MySQL's binlog names columns. ",
      "Put passwords for '…', and run it as an administrator. Nothing is asked of any server.%n"
    })
final class GrantsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Override
  public Integer call() {
    Config config = servers.target().config();
    PrintWriter out = spec.commandLine().getOut();
    out.println("-- MySQL; explain --source says what else it has to have");
    Grants.settings().forEach(sql -> out.println(sql + ";"));
    Grants.mysql(config, DeclaredViews.all(config)).forEach(sql -> out.println(sql + ";"));
    out.println("-- Postgres, in database " + config.store().database());
    Grants.postgres(config).forEach(sql -> out.println(sql + ";"));
    return 0;
  }
}
