package dev.freshet.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A folder with the least that is right: a file, its secrets and a folder of views. */
final class YamlBuilder {
  private static final String LEAST =
      """
      source:
        user: job
        password-file: secrets/mysql
        database: shop
      views:
        folder: views
      store:
        user: store
        password-file: secrets/postgres
        database: answers
      """;

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private String text = LEAST;

  YamlBuilder(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("views"));
    Files.createDirectories(folder.resolve("secrets"));
    secret("mysql", "hush-mysql");
    secret("postgres", "hush-postgres");
  }

  YamlBuilder secret(String name, String content) throws IOException {
    Files.writeString(folder.resolve("secrets").resolve(name), content + "\n");
    return this;
  }

  /** Another text in place of the least. */
  YamlBuilder text(String value) {
    text = value;
    return this;
  }

  /** One more line at the end of a section that is there, or the section with it. */
  YamlBuilder with(String section, String line) {
    String head = section + ":\n";
    text =
        text.contains(head)
            ? text.replace(head, head + "  " + line + "\n")
            : text + head + "  " + line + "\n";
    return this;
  }

  /** One part of the text replaced by another. */
  YamlBuilder replace(String part, String other) {
    if (!text.contains(part)) {
      throw new IllegalArgumentException(part);
    }
    text = text.replace(part, other);
    return this;
  }

  YamlBuilder variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Config read() throws IOException {
    return ConfigReader.read(write(), environment);
  }

  Config.ForJob readForJob() throws IOException {
    return ConfigReader.forJob(write(), environment);
  }

  Config.ForReader readForReader() throws IOException {
    return ConfigReader.forReader(write(), environment, (access, tls) -> List.of());
  }

  Path write() throws IOException {
    return Files.writeString(folder.resolve("freshet.yaml"), text);
  }
}
