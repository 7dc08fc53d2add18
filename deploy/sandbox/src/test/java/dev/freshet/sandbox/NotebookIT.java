package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The notebook runs from its first cell to its last, and shows what it says. */
@Tag(SharedSystem.TAG)
class NotebookIT {
  private static final Path NOTEBOOK = Path.of("../../notebooks/projection.ipynb");
  private static final String INSTALL =
      "install what the notebook needs: apt-get install -y --no-install-recommends"
          + " jupyter-nbconvert python3-ipykernel python3-pandas python3-matplotlib"
          + " python3-psycopg2 python3-sqlalchemy python3-pymysql";

  @TempDir private Path folder;

  @Test
  void everyCellRunsAndTheFiguresAreDrawn() throws Exception {
    requirePackages();
    SharedSystem.endpoints();

    int executed =
        run(
            "/usr/bin/jupyter-nbconvert",
            "--to=notebook",
            "--execute",
            "--ExecutePreprocessor.timeout=120",
            "--output-dir=" + folder,
            NOTEBOOK.toAbsolutePath().normalize().toString());

    assertThat(executed).as("%s", Files.readAllLines(folder.resolve("log"))).isZero();
    List<JsonNode> shown = new ArrayList<>();
    JsonNode notebook = new ObjectMapper().readTree(folder.resolve("projection.ipynb").toFile());
    notebook
        .path("cells")
        .forEach(cell -> cell.path("outputs").forEach(output -> shown.add(output.path("data"))));
    assertThat(shown).filteredOn(data -> data.has("image/png")).hasSize(2);
    assertThat(shown)
        .filteredOn(data -> data.path("text/plain").toString().contains("rentals_of_customer"))
        .hasSize(2);
    String last = shown.get(shown.size() - 1).path("text/plain").toString();
    assertThat(last).contains("MySQL").contains("projection");
  }

  /** A machine with nothing but a JDK and Maven skips the test; CI must have the packages. */
  private void requirePackages() throws Exception {
    boolean present;
    try {
      present =
          run(
                  "/usr/bin/python3",
                  "-c",
                  "import nbconvert, ipykernel, pandas, matplotlib, psycopg2, sqlalchemy, pymysql")
              == 0;
    } catch (IOException e) {
      present = false;
    }
    if (System.getenv("CI") != null) {
      assertThat(present).as(INSTALL).isTrue();
    }
    assumeTrue(present, INSTALL);
  }

  @Test
  void itIsCommittedWithoutOutputs() throws Exception {
    for (JsonNode cell : new ObjectMapper().readTree(NOTEBOOK.toFile()).path("cells")) {
      assertThat(cell.path("outputs")).isEmpty();
      assertThat(cell.path("execution_count").asInt()).isZero();
    }
  }

  private int run(String... command) throws Exception {
    File log = folder.resolve("log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    Path endpoints = SharedSystem.launcher().layout().endpoints();
    builder.environment().put("FRESHET_ENDPOINTS", endpoints.toString());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("not ended: " + Files.readAllLines(log.toPath()));
    }
    return process.exitValue();
  }
}
