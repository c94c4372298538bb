package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tells of the files of a tree that is elsewhere, one question at a time of each thread, which
 * waits for the answer. Paths are those of the archive: with the tree's mount before them, and no
 * name in them empty, {@code .} or {@code ..}. Thread-safe.
 *
 * <p>What there is no telling of ends the pack, since what is extracted must not depend on it: so
 * say the exceptions.
 */
public interface SiblingSource {

  /** What is told of a path. */
  sealed interface Answer {}

  /**
   * There is a regular file.
   *
   * @param size of all of it, in bytes
   * @param bytes what was asked for, from index 0 to the capacity; not changed any more
   */
  record Found(long size, ByteBuffer bytes) implements Answer {}

  /** There is a regular file, which could not be read. */
  record Unreadable(String problem) implements Answer {}

  /** There is nothing to be had. */
  enum Nothing implements Answer {
    /** There is no regular file. */
    ABSENT,
    /** There may be one, but whoever has the tree keeps it to himself. */
    WITHHELD
  }

  /**
   * Asks for bytes of a file: those from {@code offset} on, {@code length} or as many as there are.
   *
   * @param length at most 1 MiB
   * @param largest of a larger file none are given
   * @throws IOException if there is no telling
   */
  Answer read(String path, long offset, int length, long largest) throws IOException;

  /**
   * Asks for the digest of a file.
   *
   * @param largest of a larger file none is given
   * @throws IOException if there is no telling
   */
  Answer digest(String path, DigestAlgorithm algorithm, long largest) throws IOException;
}
