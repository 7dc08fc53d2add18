package dev.freshet.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads values from the environment, the file, or the defaults, in this order, and collects their
 * problems. After a problem a method returns some value, so that reading can go on.
 */
final class Fields {
  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(password|secret|jaas\\.config|passphrase).*");

  private final Path file;
  private final YamlFile yaml;
  private final Map<String, String> environment;
  private final List<String> problems;
  private final Map<Setting, Secret> secrets = new EnumMap<>(Setting.class);

  Fields(Path file, YamlFile yaml, Map<String, String> environment, List<String> problems) {
    this.file = file;
    this.yaml = yaml;
    this.environment = environment;
    this.problems = problems;
  }

  /** Returns where a setting was found, for messages. */
  String subject(Setting setting) {
    if (environment.containsKey(setting.variable())) {
      return "Variable " + setting.variable();
    }
    return setting.isSecret() && environment.containsKey(setting.plainVariable())
        ? "Variable " + setting.plainVariable()
        : yaml.subject(setting);
  }

  String text(Setting setting) {
    String text = given(setting).or(setting::fallback).orElse("");
    if (text.isBlank() && !isListed(setting)) {
      problems.add(subject(setting) + " is missing; set it, or " + setting.variable());
    }
    return text;
  }

  Optional<String> optional(Setting setting) {
    return given(setting).filter(text -> !text.isBlank());
  }

  String matching(Setting setting, String pattern, String remedy) {
    String text = text(setting);
    if (!text.isBlank() && !text.matches(pattern)) {
      problems.add(subject(setting) + " is '" + text + "'; " + remedy);
    }
    return text;
  }

  /**
   * Returns the given value, or the default if none is given; empty if the value is given as an
   * empty text.
   */
  Optional<String> matchingUnlessEmpty(Setting setting, String pattern, String remedy) {
    return given(setting).filter(String::isBlank).isPresent()
        ? Optional.empty()
        : Optional.of(matching(setting, pattern, remedy));
  }

  int number(Setting setting) {
    String text = text(setting);
    try {
      int number = Integer.parseInt(text);
      if (number >= setting.least() && number <= setting.most()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number outside the range.
    }
    if (!text.isBlank()) {
      problems.add(
          "%s is '%s'; give a whole number from %d to %d"
              .formatted(subject(setting), text, setting.least(), setting.most()));
    }
    return setting.least();
  }

  /** Returns a folder; relative paths are relative to the file. */
  Path folder(Setting setting) {
    Path folder = relative(text(setting));
    if (!Files.isDirectory(folder)) {
      problems.add(
          "%s: %s is not a folder; name the folder of the views"
              .formatted(subject(setting), folder));
    }
    return folder;
  }

  /** Returns a file; relative paths are relative to the configuration. */
  Optional<Path> optionalFile(Setting setting) {
    Optional<Path> path = optional(setting).map(this::relative);
    if (path.isPresent() && !Files.isReadable(path.get())) {
      problems.add(
          "%s: file %s cannot be read; check path and rights"
              .formatted(subject(setting), path.get()));
    }
    return path;
  }

  Secret secret(Setting setting) {
    Optional<Secret> secret = optionalSecret(setting);
    if (secret.isEmpty() && !isListed(setting)) {
      problems.add(
          "%s is missing; set it to a file with the secret, or set %s to the secret"
              .formatted(yaml.subject(setting), setting.plainVariable()));
    }
    return secret.orElse(new Secret(""));
  }

  /** Returns a secret; reads its file only once. */
  Optional<Secret> optionalSecret(Setting setting) {
    if (!secrets.containsKey(setting)) {
      readSecret(setting).ifPresent(secret -> secrets.put(setting, secret));
    }
    return Optional.ofNullable(secrets.get(setting));
  }

  private Optional<Secret> readSecret(Setting setting) {
    String plain = environment.get(setting.plainVariable());
    if (plain == null) {
      return optional(setting)
          .map(path -> new Secret(content(subject(setting), path), relative(path)));
    }
    if (environment.containsKey(setting.variable())) {
      problems.add(
          "Variables %s and %s are both set; keep one"
              .formatted(setting.plainVariable(), setting.variable()));
    } else if (plain.isEmpty()) {
      problems.add("Variable %s is empty; set or unset it".formatted(setting.plainVariable()));
    }
    return Optional.of(new Secret(plain));
  }

  /** Returns a secret together with its file. */
  Optional<SecretFile> optionalSecretFile(Setting setting) {
    Optional<Path> file =
        environment.containsKey(setting.plainVariable())
            ? Optional.empty()
            : optional(setting).map(this::relative);
    return optionalSecret(setting).map(secret -> new SecretFile(subject(setting), file, secret));
  }

  /**
   * Reads the properties of a driver or client. A value can be {@code {file: PATH}}; a secret must
   * be.
   *
   * @param own the names that the user must not set
   */
  Extra map(Setting setting, Set<String> own) {
    Optional<Node> node = mapNode(setting);
    if (node.isEmpty()) {
      return Extra.NONE;
    }
    Optional<Map<String, Node>> pairs = YamlFile.pairs(node.get());
    if (pairs.isEmpty()) {
      problems.add(subject(setting) + " is not a mapping; write NAME: VALUE lines below it");
      return Extra.NONE;
    }
    Map<String, String> values = new TreeMap<>();
    Map<String, Path> files = new TreeMap<>();
    pairs.get().forEach((name, value) -> property(setting, own, name, value, values, files));
    return new Extra(values, files);
  }

  private void property(
      Setting setting,
      Set<String> own,
      String name,
      Node value,
      Map<String, String> into,
      Map<String, Path> files) {
    String subject = subject(setting) + "." + name;
    if (own.contains(name)) {
      problems.add(subject + " is set by Freshet itself; remove it");
      return;
    }
    Optional<String> path =
        YamlFile.pairs(value)
            .filter(pairs -> pairs.keySet().equals(Set.of("file")))
            .flatMap(pairs -> YamlFile.text(pairs.get("file")));
    Optional<String> text = YamlFile.text(value);
    if (path.isPresent()) {
      into.put(name, content(subject, path.get()));
      files.put(name, relative(path.get()));
    } else if (text.isEmpty()) {
      problems.add(subject + " is not a text value; write NAME: VALUE or NAME: {file: PATH}");
    } else if (SECRET_NAME.matcher(name).matches()) {
      problems.add(subject + " must not hold a secret; write {file: PATH} there");
    } else {
      into.put(name, text.get());
    }
  }

  private Optional<Node> mapNode(Setting setting) {
    String variable = environment.get(setting.variable());
    if (variable == null) {
      return yaml.node(setting).filter(node -> YamlFile.pairs(node).isPresent() || !isNull(node));
    }
    try {
      return Optional.ofNullable(YamlFile.compose(variable));
    } catch (YAMLException e) {
      problems.add("Variable " + setting.variable() + " is not YAML; write {NAME: VALUE, …}");
      return Optional.empty();
    }
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(org.yaml.snakeyaml.nodes.Tag.NULL);
  }

  private Optional<String> given(Setting setting) {
    String variable = environment.get(setting.variable());
    if (variable != null) {
      return Optional.of(variable.strip());
    }
    Optional<Node> node = yaml.node(setting).filter(value -> !isNull(value));
    Optional<String> text = node.flatMap(YamlFile::text).map(String::strip);
    if (node.isPresent() && text.isEmpty() && !isListed(setting)) {
      problems.add(subject(setting) + " is not a single value; write KEY: VALUE");
    }
    return text;
  }

  /** Whether there is already a problem of a setting. */
  private boolean isListed(Setting setting) {
    return problems.stream().anyMatch(problem -> problem.startsWith(subject(setting) + " "));
  }

  private String content(String subject, String path) {
    Path secret = relative(path);
    try {
      String content = Files.readString(secret).strip();
      if (content.isEmpty()) {
        problems.add(subject + ": file " + secret + " is empty; write the secret into it");
      }
      return content;
    } catch (IOException e) {
      problems.add(
          "%s: file %s cannot be read (%s); check path and rights"
              .formatted(subject, secret, e.getClass().getSimpleName()));
      return "";
    }
  }

  private Path relative(String path) {
    return file.resolveSibling(path).normalize();
  }
}
