package dev.freshet.config;

import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.Unicode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.scanner.ScannerException;

/**
 * The settings in a YAML file, with their line numbers. Reports unknown sections and keys; {@link
 * ConfigReader} validates the values.
 */
final class YamlFile {
  private final String name;
  private final List<String> problems;
  private final Map<Setting, Node> values = new EnumMap<>(Setting.class);

  private YamlFile(String name, List<String> problems) {
    this.name = name;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param problems receives unknown sections and keys
   * @throws BadConfig if the file cannot be read or is not YAML, because its settings would be
   *     reported as missing otherwise
   */
  static YamlFile read(Path file, List<String> problems) {
    YamlFile yaml = new YamlFile(String.valueOf(file.getFileName()), problems);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // Several programs read the same file; a pipe can be read once.
      throw unreadable("File %s is not a regular file; name a file".formatted(file));
    }
    try {
      yaml.sections(compose(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw unreadable(
          "File %s cannot be read (%s); check path and rights"
              .formatted(file, e.getClass().getSimpleName()));
    } catch (MarkedYAMLException e) {
      throw unreadable(
          "%s line %d: not YAML (%s); check indentation and quotes"
              .formatted(yaml.name, e.getProblemMark().getLine() + 1, e.getProblem()));
    } catch (YAMLException e) {
      throw unreadable("%s: not YAML (%s); correct its syntax".formatted(yaml.name, firstLine(e)));
    }
    return yaml;
  }

  private static BadConfig unreadable(String problem) {
    return new BadConfig(List.of(problem));
  }

  /** Returns a setting's node; empty if the file does not have it. */
  Optional<Node> node(Setting setting) {
    return Optional.ofNullable(values.get(setting));
  }

  /**
   * Returns a setting's location for messages, such as {@code freshet.yaml line 3: source.port}.
   */
  String subject(Setting setting) {
    Node node = values.get(setting);
    return node == null ? name + ": " + setting.path() : at(node) + setting.path();
  }

  /** Returns the pairs of a mapping; empty if the node is not a mapping. */
  static Optional<Map<String, Node>> pairs(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    Map<String, Node> pairs = new TreeMap<>();
    for (NodeTuple pair : mapping.getValue()) {
      text(pair.getKeyNode()).ifPresent(key -> pairs.put(key, pair.getValueNode()));
    }
    return Optional.of(pairs);
  }

  /** Returns the text of a plain or quoted value; empty for lists, mappings, and missing values. */
  static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  /** Parses a text into a node; null for a text without content. */
  static Node compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    if (root != null) {
      requireUnicode(root);
    }
    return root;
  }

  /** Refuses what an escape in double quotes can make of a file that is valid itself. */
  private static void requireUnicode(Node node) {
    if (node instanceof ScalarNode scalar && !Unicode.isValid(scalar.getValue())) {
      throw new ScannerException(
          null, null, "a value has half of a surrogate pair", scalar.getStartMark());
    }
    if (node instanceof MappingNode mapping) {
      for (NodeTuple pair : mapping.getValue()) {
        requireUnicode(pair.getKeyNode());
        requireUnicode(pair.getValueNode());
      }
    }
    if (node instanceof SequenceNode sequence) {
      sequence.getValue().forEach(YamlFile::requireUnicode);
    }
  }

  private void sections(Node root) {
    if (root == null) {
      return;
    }
    if (!(root instanceof MappingNode mapping)) {
      problems.add(at(root) + "not a section; begin with one of " + Setting.sections());
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple pair : mapping.getValue()) {
      String section = text(pair.getKeyNode()).orElse("");
      Node value = pair.getValueNode();
      if (!Setting.sections().contains(section)) {
        problems.add(
            "%ssection '%s' is not known; %s"
                .formatted(
                    at(pair.getKeyNode()),
                    section,
                    Suggestion.of(
                        section,
                        Setting.sections(),
                        "known are " + String.join(", ", Setting.sections()))));
      } else if (!seen.add(section)) {
        problems.add(at(pair.getKeyNode()) + section + " is given twice; keep one");
      } else if (value instanceof MappingNode keys) {
        keys(section, keys);
      } else if (text(value).isPresent() || !(value instanceof ScalarNode)) {
        problems.add(at(value) + section + " is not a section; indent its keys below it");
      }
    }
  }

  private void keys(String section, MappingNode mapping) {
    Map<String, Setting> known = new TreeMap<>();
    Arrays.stream(Setting.values())
        .filter(setting -> setting.section().equals(section))
        .forEach(setting -> known.put(setting.key(), setting));
    for (NodeTuple pair : mapping.getValue()) {
      String key = text(pair.getKeyNode()).orElse("");
      Setting setting = known.get(key);
      if (setting == null) {
        problems.add(at(pair.getKeyNode()) + unknown(section, key, known));
      } else if (values.putIfAbsent(setting, pair.getValueNode()) != null) {
        problems.add(at(pair.getKeyNode()) + setting.path() + " is given twice; keep one");
      }
    }
  }

  private static String unknown(String section, String key, Map<String, Setting> known) {
    String path = section + "." + key;
    for (Setting setting : known.values()) {
      if (setting.isSecret() && setting.plainPath().equals(path)) {
        return "%s must not be in this file; write it into a file named by %s, or set %s"
            .formatted(path, setting.path(), setting.plainVariable());
      }
    }
    return path
        + " is not known; "
        + Suggestion.of(
            key, new ArrayList<>(known.keySet()), "known are " + String.join(", ", known.keySet()));
  }

  private String at(Node node) {
    return name + " line " + (node.getStartMark().getLine() + 1) + ": ";
  }

  private static String firstLine(YAMLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
