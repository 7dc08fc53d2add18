package dev.freshet.reader.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of the page for people: {@code /}, and what it loads from {@code /page/}. They contain
 * no data, so they need no token; the page asks for the data with the token that its user gives.
 *
 * <p>The files come out of the reader's jars and are kept in memory. Only the listed files are
 * served, by their exact paths, so that no path leads to another file. Browsers check with each
 * load whether a file has changed, by its ETag.
 *
 * <p>The Content-Security-Policy allows scripts, styles and requests of this origin only, and no
 * script or style within the HTML.
 *
 * <p>Immutable.
 */
final class PageFiles {
  /** The names of the files under {@code /page/} that are the project's own. */
  static final List<String> OWN =
      List.of(
          "api.js",
          "app.js",
          "charts.js",
          "compare.js",
          "dom.js",
          "flow.js",
          "icon.svg",
          "letters.js",
          "metrics.js",
          "overview.js",
          "page.css",
          "plan.js",
          "view.js");

  private static final String FOLDER = "/page/";

  /** The folder of the WebJar of uPlot, whose version is that in the root {@code pom.xml}. */
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final List<String> OF_UPLOT = List.of("uPlot.iife.min.js", "uPlot.min.css");

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control",
          "no-cache",
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private final Map<String, PageFile> files = new HashMap<>();

  /** Reads all files. */
  PageFiles() {
    files.put("/", PageFile.read(FOLDER + "index.html"));
    OWN.forEach(name -> files.put(FOLDER + name, PageFile.read(FOLDER + name)));
    OF_UPLOT.forEach(name -> files.put(FOLDER + name, PageFile.read(UPLOT + name)));
  }

  /**
   * Returns the file at a path; empty if there is none.
   *
   * @param path the raw path of a request, which is not decoded
   */
  Optional<PageFile> find(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** A file of the page. */
  static final class PageFile {
    private final String mediaType;
    private final String etag;
    private final byte[] bytes;

    private PageFile(String mediaType, byte[] bytes) {
      this.mediaType = mediaType;
      this.bytes = bytes;
      this.etag = etag(bytes);
    }

    private static PageFile read(String resource) {
      String extension = resource.substring(resource.lastIndexOf('.') + 1);
      try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(
              "%s is not in the reader's jars; build the reader again".formatted(resource));
        }
        return new PageFile(MEDIA_TYPES.get(extension), in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(resource + " cannot be read from the reader's jars", e);
      }
    }

    private static String etag(byte[] bytes) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(digest) + '"';
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Java has no SHA-256", e);
      }
    }

    /** Sends the file, or 304 if the client has it already. */
    void send(Exchange exchange) {
      HEADERS.forEach(exchange::header);
      exchange.header("ETag", etag);
      if (isKnown(exchange.header("If-None-Match"))) {
        exchange.sendNotModified();
      } else {
        exchange.send(200, mediaType, bytes);
      }
    }

    /** Compares weakly (RFC 9110, 13.1.2), because a proxy may have weakened the tag. */
    private boolean isKnown(String tags) {
      return tags != null
          && Arrays.stream(tags.split(","))
              .map(tag -> tag.strip().replaceFirst("^W/", ""))
              .anyMatch(tag -> tag.equals("*") || tag.equals(etag));
    }
  }
}
