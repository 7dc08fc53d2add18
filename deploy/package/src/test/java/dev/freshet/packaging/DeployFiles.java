package dev.freshet.packaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;

/** Reads YAML files of {@code deploy}. */
final class DeployFiles {
  private static final YAMLMapper YAML = new YAMLMapper();

  private DeployFiles() {}

  static JsonNode read(String file) throws IOException {
    return YAML.readTree(Path.of("..").resolve(file).toFile());
  }

  /** Returns the document of a kind in a file of Kubernetes. */
  static JsonNode find(String file, String kind) throws IOException {
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(Path.of("..").resolve(file).toFile())) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        if (document.path("kind").asText().equals(kind)) {
          return document;
        }
      }
    }
    throw new AssertionError(file + " has no " + kind);
  }
}
