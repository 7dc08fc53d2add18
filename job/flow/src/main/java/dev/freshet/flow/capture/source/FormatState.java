package dev.freshet.flow.capture.source;

import dev.freshet.flow.capture.source.TableDefinition.Definition;
import dev.freshet.view.BoundedInput;
import dev.freshet.view.Column;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The state of the source tables' definitions at a binlog position, in addition to the plan: the
 * columns in use that were redefined and kept their values, and the complete column lists that are
 * proven. Not thread-safe.
 */
final class FormatState {
  private static final int FORM = 1;

  private final Map<String, List<Definition>> used = new TreeMap<>();
  private final Map<String, TableDefinition> defined = new TreeMap<>();
  private String text = "";

  /** Creates an empty state: all definitions are those of the plan. */
  FormatState() {}

  /** Returns the current definition of a column in use. */
  Definition used(Tables.Source table, Column column) {
    return used.getOrDefault(table.name(), List.of()).stream()
        .filter(definition -> definition.name().equalsIgnoreCase(column.name()))
        .findFirst()
        .orElseGet(() -> Definition.of(column));
  }

  /** Sets the current definition of a column in use. */
  void use(Tables.Source table, Definition column) {
    List<Definition> columns = new ArrayList<>(used.getOrDefault(table.name(), List.of()));
    columns.removeIf(other -> other.name().equalsIgnoreCase(column.name()));
    columns.add(column);
    used.put(table.name(), columns);
    text = null;
  }

  /** Returns all columns of a table; empty if they are not proven. */
  Optional<TableDefinition> definition(Tables.Source table) {
    return Optional.ofNullable(defined.get(table.name()));
  }

  void define(Tables.Source table, TableDefinition definition) {
    defined.put(table.name(), definition);
    text = null;
  }

  /** Forgets the columns of a table after a statement that may have changed them. */
  void forget(Tables.Source table) {
    if (defined.remove(table.name()) != null) {
      text = null;
    }
  }

  /**
   * Returns the state as one line of text; empty for an empty state. Returns the same instance
   * until a change.
   */
  String text() {
    if (text == null) {
      text = used.isEmpty() && defined.isEmpty() ? "" : write();
    }
    return text;
  }

  private String write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeInt(used.size());
      for (Map.Entry<String, List<Definition>> table : used.entrySet()) {
        write(table.getKey(), table.getValue(), out);
      }
      out.writeInt(defined.size());
      for (Map.Entry<String, TableDefinition> table : defined.entrySet()) {
        write(table.getKey(), table.getValue().columns(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static void write(String table, List<Definition> columns, DataOutputStream out)
      throws IOException {
    write(table, out);
    out.writeInt(columns.size());
    for (Definition column : columns) {
      write(column.name(), out);
      write(column.type(), out);
      write(column.collation(), out);
      out.writeBoolean(column.nullable());
      write(column.generation(), out);
    }
  }

  /** Replaces {@code writeUTF}, whose limit an ENUM with thousands of labels exceeds. */
  private static void write(String value, DataOutputStream out) throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Parses the text of {@link #text}.
   *
   * @throws IllegalArgumentException if the text cannot be parsed
   */
  static FormatState parse(String text) {
    FormatState state = new FormatState();
    if (text.isEmpty()) {
      return state;
    }
    state.text = text;
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
      int form = in.readByte();
      if (form != FORM) {
        throw new IllegalArgumentException("unknown format " + form + " of the state of tables");
      }
      for (int tables = BoundedInput.count(in); tables > 0; tables--) {
        state.used.put(string(in), columns(in));
      }
      for (int tables = BoundedInput.count(in); tables > 0; tables--) {
        state.defined.put(string(in), new TableDefinition(columns(in)));
      }
      return state;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the table definitions in the savepoint are incomplete; start from another savepoint", e);
    }
  }

  private static List<Definition> columns(DataInputStream in) throws IOException {
    List<Definition> columns = new ArrayList<>();
    for (int count = BoundedInput.count(in); count > 0; count--) {
      columns.add(new Definition(string(in), string(in), string(in), in.readBoolean(), string(in)));
    }
    return columns;
  }

  private static String string(DataInputStream in) throws IOException {
    return new String(BoundedInput.bytes(in), StandardCharsets.UTF_8);
  }
}
