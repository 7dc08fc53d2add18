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

/** The command {@code grants}: prints the rights that the accounts need. */
@Command(
    name = "grants",
    mixinStandardHelpOptions = true,
    header = "Print the SQL that creates the accounts of the configuration, with minimal rights.",
    description = {
      "%nCovers the job's and the reader's accounts in MySQL and Postgres, for the tables of the"
          + " declared views ",
      "(for the reader, the columns that they name), takes from PUBLIC what it has in Postgres's"
          + " database, and prints ",
      "the setting that adds column names to MySQL's binlog. ",
      "Replace '…' by passwords, and run it as an administrator. The command connects to no"
          + " server.%n"
    })
final class GrantsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Override
  public Integer call() {
    Config config = servers.target().config();
    PrintWriter out = spec.commandLine().getOut();
    out.println("-- MySQL; explain --source prints the other requirements");
    Grants.settings().forEach(sql -> out.println(sql + ";"));
    Grants.mysql(config, DeclaredViews.all(config)).forEach(sql -> out.println(sql + ";"));
    out.println(
        "-- Postgres, in database "
            + config.store().database()
            + "; other accounts that use it need GRANT CONNECT of their own");
    Grants.postgres(config).forEach(sql -> out.println(sql + ";"));
    return 0;
  }
}
