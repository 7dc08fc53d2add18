package dev.freshet.flow.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.EventView;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.StrictJson;
import dev.freshet.view.sql.StoreLimits;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decodes records of a topic: JSON objects whose fields are the columns of an event. A missing
 * field is NULL, an unknown field is ignored. A record is refused if it is too large, is not JSON
 * in UTF-8, has a field twice, lacks its id, time, key or another required field, or has a value
 * that its column or the store cannot hold. If several columns are wrong, the first one is named.
 *
 * <p>A refused record names its key if the record is well-formed and the key's fields are right.
 *
 * <p>Immutable and thread-safe.
 */
public final class EventDecoder implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Names are not kept between records: they come from the records, so anyone could fill the
   * memory.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StrictJson.BOUNDS)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final Problem TWICE = new Problem(Reason.UNREADABLE, "there twice");

  private final List<EventColumn> columns;
  private final HashMap<String, Integer> indexes = new HashMap<>();
  private final int id;
  private final int time;
  private final List<Integer> group;
  private final int mostBytes;

  /** What is wrong with a column; completes a sentence that ends in "is". */
  private record Problem(Reason reason, String what) {}

  /**
   * Creates a decoder.
   *
   * @param columns the columns, in the order of an event's row
   * @param id the index of the column that identifies the event: a STRING or an INTEGER
   * @param time the index of the column that says when the event occurred: a TIMESTAMP
   * @param group the indexes of the columns by which events are grouped, in the order of the key
   * @param mostBytes the largest size of a record
   * @throws IllegalArgumentException if two columns have one name, or a column has the wrong type
   */
  public EventDecoder(
      List<EventColumn> columns, int id, int time, List<Integer> group, int mostBytes) {
    this.columns = List.copyOf(columns);
    this.id = id;
    this.time = time;
    this.group = List.copyOf(group);
    this.mostBytes = mostBytes;
    for (int i = 0; i < columns.size(); i++) {
      if (indexes.put(columns.get(i).name(), i) != null) {
        throw new IllegalArgumentException("two columns have the name " + columns.get(i).name());
      }
    }
    ValueType idType = columns.get(id).type();
    if (idType != ValueType.STRING && idType != ValueType.INTEGER) {
      throw new IllegalArgumentException(
          "column %s: the id of an event is a STRING or an INTEGER, not a %s"
              .formatted(columns.get(id).name(), idType));
    }
    if (columns.get(time).type() != ValueType.TIMESTAMP) {
      throw new IllegalArgumentException(
          "column %s: the time of an event is a TIMESTAMP, not a %s"
              .formatted(columns.get(time).name(), columns.get(time).type()));
    }
    if (group.isEmpty()) {
      throw new IllegalArgumentException("events are grouped by no column");
    }
  }

  /**
   * Creates a decoder of the events of a read model.
   *
   * @param mostBytes the largest size of a record
   */
  public static EventDecoder of(EventView view, int mostBytes) {
    return new EventDecoder(
        view.table().columns().stream().map(EventColumn::of).toList(),
        view.table().idColumn(),
        view.table().timeColumn(),
        view.group(),
        mostBytes);
  }

  /**
   * Decodes a record.
   *
   * @param value the record's value; null if it has none
   */
  public Decoded decode(byte[] value) {
    if (value == null) {
      return refused("the record has no value; an event is a JSON object");
    }
    if (value.length > mostBytes) {
      return new Decoded.Refused(
          Reason.TOO_LARGE,
          "the record has %d bytes, at most %d are read".formatted(value.length, mostBytes),
          Optional.empty());
    }
    try {
      return decode(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      return refused("the record is not UTF-8");
    }
  }

  private static Decoded refused(String why) {
    return new Decoded.Refused(Reason.UNREADABLE, why, Optional.empty());
  }

  private Decoded decode(String text) {
    Object[] row = new Object[columns.size()];
    Problem[] problems = new Problem[columns.size()];
    boolean unknownTwice;
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return refused("the record is not a JSON object");
      }
      unknownTwice = read(json, row, problems);
      if (json.nextToken() != null) {
        return refused("the record has more after its JSON object");
      }
    } catch (JsonProcessingException e) {
      // The exception's message may quote the record; its line and column cannot.
      JsonLocation at = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
      return refused(
          "the record is not JSON (line %d, column %d)"
              .formatted(at.getLineNr(), at.getColumnNr()));
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot be read", e);
    }
    return decoded(row, problems, unknownTwice);
  }

  /** Reads the fields of an object. Returns whether it has a field twice that is no column. */
  private boolean read(JsonParser json, Object[] row, Problem[] problems) throws IOException {
    Set<String> seen = new HashSet<>();
    boolean unknownTwice = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      Integer index = indexes.get(name);
      boolean again = !seen.add(name);
      JsonToken token = json.nextToken();
      if (index == null) {
        unknownTwice |= again;
        json.skipChildren();
      } else if (again) {
        problems[index] = TWICE;
        json.skipChildren();
      } else if (token.isStructStart()) {
        problems[index] = new Problem(Reason.UNREADABLE, "an object or array");
        json.skipChildren();
      } else {
        read(json, index, row, problems);
      }
    }
    return unknownTwice;
  }

  private void read(JsonParser json, int index, Object[] row, Problem[] problems)
      throws IOException {
    try {
      row[index] = columns.get(index).read(json);
    } catch (BadForm e) {
      problems[index] = new Problem(Reason.UNREADABLE, e.getMessage());
      return;
    }
    if (StoreLimits.holdsNul(row[index])) {
      problems[index] =
          new Problem(Reason.UNSTORABLE, "a text with a NUL character, which Postgres cannot hold");
    }
  }

  private Decoded decoded(Object[] row, Problem[] problems, boolean unknownTwice) {
    requireValue(id, row, problems, "missing; it identifies the event");
    requireValue(time, row, problems, "missing; it says when the event occurred");
    if (problems[id] == null && row[id].equals("")) {
      problems[id] = new Problem(Reason.UNREADABLE, "empty; it identifies the event");
    }
    for (int i = 0; i < row.length; i++) {
      if (columns.get(i).required() && !group.contains(i)) {
        requireValue(i, row, problems, "missing; it is declared NOT NULL");
      }
    }
    boolean hasGroup = true;
    for (int index : group) {
      hasGroup &= row[index] != null && problems[index] == null;
      if (row[index] == null && problems[index] == null) {
        problems[index] = new Problem(Reason.UNPLACEABLE, "missing; it is a column of the key");
      }
    }
    Optional<Key> key = hasGroup ? Optional.of(key(row)) : Optional.empty();
    for (int i = 0; i < problems.length; i++) {
      if (problems[i] != null) {
        return new Decoded.Refused(
            problems[i].reason(),
            "the field %s is %s".formatted(columns.get(i).name(), problems[i].what()),
            key);
      }
    }
    if (unknownTwice) {
      return new Decoded.Refused(Reason.UNREADABLE, "the record has a field twice", key);
    }
    return new Decoded.Accepted(
        key.orElseThrow(), new DomainEvent(row[id].toString(), (Long) row[time], row));
  }

  private static void requireValue(int index, Object[] row, Problem[] problems, String what) {
    if (row[index] == null && problems[index] == null) {
      problems[index] = new Problem(Reason.UNREADABLE, what);
    }
  }

  private Key key(Object[] row) {
    return Key.of(group.stream().map(index -> row[index]).toArray());
  }
}
