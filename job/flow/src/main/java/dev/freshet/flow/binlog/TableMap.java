package dev.freshet.flow.binlog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A TABLE_MAP event: the table of the row events that follow, with its columns at that moment. With
 * {@code binlog_row_metadata=FULL} it has the columns' names, and then it suffices to interpret the
 * rows.
 *
 * @param id the number by which row events refer to the table
 * @param database the database, as the server spells it
 * @param table the table, as the server spells it
 * @param columns the columns, in the order of the rows' values
 */
public record TableMap(long id, String database, String table, List<LogColumn> columns) {
  private static final int SIGNEDNESS = 1;
  private static final int DEFAULT_CHARSET = 2;
  private static final int COLUMN_CHARSET = 3;
  private static final int COLUMN_NAME = 4;
  private static final int SET_LABELS = 5;
  private static final int ENUM_LABELS = 6;
  private static final int ENUM_AND_SET_DEFAULT_CHARSET = 10;
  private static final int ENUM_AND_SET_COLUMN_CHARSET = 11;

  /** No table of MySQL has more columns. */
  private static final int MOST_COLUMNS = 4096;

  public TableMap {
    columns = List.copyOf(columns);
  }

  /** Whether the columns have names. */
  public boolean isNamed() {
    return !columns.isEmpty() && columns.stream().noneMatch(column -> column.name().isEmpty());
  }

  /** The number and the names of the table, without its columns. */
  public record Head(long id, String database, String table) {}

  /**
   * Parses the beginning of an event's body, up to the columns.
   *
   * @param body the bytes after the event's header, without the checksum
   */
  public static Head head(Bytes body) {
    long id = body.unsigned(6);
    body.skip(2);
    return new Head(id, body.name(), body.name());
  }

  /**
   * Parses the rest of the body.
   *
   * @throws RuntimeException if the body does not have the format of MySQL 8.0 to 9.7
   */
  public static TableMap read(Head head, Bytes body) {
    int count = body.packed();
    if (count > MOST_COLUMNS) {
      throw new IllegalArgumentException("a table of " + count + " columns");
    }
    byte[] types = body.bytes(count);
    int[] meta = meta(types, body.part(body.packed()));
    BitSet nullable = lowestFirst(body.bytes((count + 7) / 8));
    Metadata metadata = new Metadata(types, meta);
    while (body.left() > 0) {
      int kind = body.u1();
      metadata.read(kind, body.part(body.packed()));
    }
    List<LogColumn> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      columns.add(
          new LogColumn(
              metadata.types[i],
              metadata.meta[i],
              nullable.get(i),
              metadata.unsigned.get(i),
              metadata.collations[i],
              metadata.names == null ? "" : metadata.names[i],
              metadata.labels.get(i)));
    }
    return new TableMap(head.id(), head.database(), head.table(), columns);
  }

  private static int[] meta(byte[] types, Bytes block) {
    int[] meta = new int[types.length];
    for (int i = 0; i < types.length; i++) {
      meta[i] =
          switch (types[i] & 0xFF) {
            case LogColumn.FLOAT,
                LogColumn.DOUBLE,
                LogColumn.BLOB,
                LogColumn.JSON,
                LogColumn.GEOMETRY,
                LogColumn.VECTOR,
                LogColumn.TIMESTAMP2,
                LogColumn.DATETIME2,
                LogColumn.TIME2 ->
                block.u1();
            case LogColumn.VARCHAR, LogColumn.VAR_STRING, LogColumn.BIT -> block.u2();
            // The first byte is the higher one.
            case LogColumn.STRING, LogColumn.NEWDECIMAL, LogColumn.ENUM, LogColumn.SET ->
                (int) block.bigEndian(2);
            case LogColumn.TINY,
                LogColumn.SHORT,
                LogColumn.INT24,
                LogColumn.LONG,
                LogColumn.LONGLONG,
                LogColumn.YEAR,
                LogColumn.DATE,
                LogColumn.TIME,
                LogColumn.DATETIME,
                LogColumn.TIMESTAMP ->
                0;
            default ->
                throw new IllegalArgumentException(
                    "column " + (i + 1) + " has the unknown type " + (types[i] & 0xFF));
          };
    }
    return meta;
  }

  private static BitSet lowestFirst(byte[] bytes) {
    return BitSet.valueOf(bytes);
  }

  private static boolean highestFirst(byte[] bytes, int index) {
    return (bytes[index / 8] & 0x80 >> index % 8) != 0;
  }

  /** The optional part of the body: blocks, each with a kind and a length. */
  private static final class Metadata {
    private final int[] types;
    private final int[] meta;
    private final BitSet unsigned = new BitSet();
    private final int[] collations;
    private final Map<Integer, List<byte[]>> labels = new HashMap<>();
    private String[] names;

    /** The kinds of the blocks that were read; MySQL writes each once. */
    private final BitSet known = new BitSet();

    Metadata(byte[] written, int[] meta) {
      this.types = new int[written.length];
      this.meta = meta;
      for (int i = 0; i < types.length; i++) {
        types[i] = written[i] & 0xFF;
        // ENUM and SET have the type of strings, and their real type in the higher byte of the
        // metadata.
        int real = meta[i] >> 8;
        if (types[i] == LogColumn.STRING && (real == LogColumn.ENUM || real == LogColumn.SET)) {
          types[i] = real;
          meta[i] &= 0xFF;
        }
      }
      this.collations = new int[types.length];
    }

    void read(int kind, Bytes block) {
      if (known.get(kind)) {
        throw new IllegalArgumentException("two blocks of the kind " + kind);
      }
      known.set(kind);
      switch (kind) {
        case SIGNEDNESS -> signs(block);
        case DEFAULT_CHARSET -> defaults(block, indexes(LogColumn::hasCollation));
        case COLUMN_CHARSET -> collations(block, indexes(LogColumn::hasCollation));
        case ENUM_AND_SET_DEFAULT_CHARSET -> defaults(block, indexes(Metadata::hasLabels));
        case ENUM_AND_SET_COLUMN_CHARSET -> collations(block, indexes(Metadata::hasLabels));
        case COLUMN_NAME -> names(block);
        case SET_LABELS -> labels(block, indexes(type -> type == LogColumn.SET));
        case ENUM_LABELS -> labels(block, indexes(type -> type == LogColumn.ENUM));
        default -> {
          // Types of geometries, the primary key, visibility, sizes of vectors, and blocks of newer
          // servers: none is needed to interpret a value.
        }
      }
    }

    private static boolean hasLabels(int type) {
      return type == LogColumn.ENUM || type == LogColumn.SET;
    }

    private int[] indexes(IntPredicate kind) {
      return IntStream.range(0, types.length).filter(i -> kind.test(types[i])).toArray();
    }

    private void signs(Bytes block) {
      int[] numbers = indexes(LogColumn::isNumber);
      byte[] signs = block.bytes(block.left());
      for (int i = 0; i < numbers.length; i++) {
        unsigned.set(numbers[i], highestFirst(signs, i));
      }
    }

    /**
     * Parses a default collation, then pairs: an index among these columns and the collation of
     * that column.
     */
    private void defaults(Bytes block, int[] indexes) {
      int common = block.packed();
      Arrays.stream(indexes).forEach(index -> collations[index] = common);
      while (block.left() > 0) {
        int index = indexes[block.packed()];
        collations[index] = block.packed();
      }
    }

    private void collations(Bytes block, int[] indexes) {
      for (int index : indexes) {
        collations[index] = block.packed();
      }
    }

    private void names(Bytes block) {
      names = new String[types.length];
      for (int i = 0; i < names.length; i++) {
        names[i] = block.text(block.packed(), StandardCharsets.UTF_8);
      }
    }

    private void labels(Bytes block, int[] indexes) {
      for (int index : indexes) {
        int count = block.packed();
        if (count > block.left()) {
          throw new IllegalArgumentException(
              count + " labels, where " + block.left() + " bytes are left");
        }
        List<byte[]> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          list.add(block.bytes(block.packed()));
        }
        labels.put(index, list);
      }
    }
  }
}
