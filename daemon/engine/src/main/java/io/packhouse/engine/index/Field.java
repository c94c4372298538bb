package io.packhouse.engine.index;

import java.util.List;

/**
 * A column of a table, or a part of one.
 *
 * @param children the element of a list, the fields of a struct; none of others
 */
record Field(String name, Kind kind, boolean nullable, List<Field> children) {

  /** The types of the index's columns. */
  enum Kind {
    UTF8,
    BINARY,
    BOOL,
    INT32,
    INT64,
    /** Nanoseconds since 1970, without a zone. */
    TIMESTAMP,
    /** 20 bytes. */
    DIGEST_20,
    /** 32 bytes. */
    DIGEST,
    /** 64 bytes. */
    DIGEST_64,
    LIST,
    STRUCT;

    /** Bytes of each value of the digests. */
    int width() {
      return switch (this) {
        case DIGEST_20 -> 20;
        case DIGEST -> 32;
        case DIGEST_64 -> 64;
        default -> throw new IllegalStateException("no digest, kind=" + this);
      };
    }
  }

  static Field required(String name, Kind kind) {
    return new Field(name, kind, false, List.of());
  }

  static Field nullable(String name, Kind kind) {
    return new Field(name, kind, true, List.of());
  }

  static Field list(String name, Field item) {
    return new Field(name, Kind.LIST, true, List.of(item));
  }

  /** The fields in this one and below, itself included. */
  int count() {
    int count = 1;
    for (Field child : children) {
      count += child.count();
    }
    return count;
  }

  /** Levels below this one. */
  int depth() {
    int depth = 0;
    for (Field child : children) {
      depth = Math.max(depth, child.depth() + 1);
    }
    return depth;
  }

  /** Arrow buffers of this field and those in it. */
  int buffers() {
    int buffers =
        switch (kind) {
          case UTF8, BINARY -> 3; // validity, offsets, data
          case BOOL, INT32, INT64, TIMESTAMP, DIGEST_20, DIGEST, DIGEST_64, LIST -> 2;
          case STRUCT -> 1;
        };
    for (Field child : children) {
      buffers += child.buffers();
    }
    return buffers;
  }
}
