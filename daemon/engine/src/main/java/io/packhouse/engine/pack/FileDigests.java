package io.packhouse.engine.pack;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.Digester;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.extract.SiblingDigests;
import io.packhouse.engine.fs.PathText;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The digests besides BLAKE3 that a pack records of each file, one after another in the order of
 * the index's columns. Thread-safe.
 */
final class FileDigests {
  private final DigestAlgorithm[] algorithms;
  private final int length;
  private final DigesterPool digesters;
  private final @Nullable SiblingDigests siblings;

  /**
   * @param algorithms none where the pack records no such digests
   * @param digesters stay the caller's, open for as long as this is used
   * @param siblings is told of every digest; null if nobody will ask
   */
  FileDigests(
      Set<DigestAlgorithm> algorithms, DigesterPool digesters, @Nullable SiblingDigests siblings) {
    this.algorithms = algorithms.toArray(new DigestAlgorithm[0]);
    this.length = DigestAlgorithm.totalLength(algorithms);
    this.digesters = digesters;
    this.siblings = siblings;
  }

  boolean isEmpty() {
    return algorithms.length == 0;
  }

  /** How many digests of each file there are. */
  int count() {
    return algorithms.length;
  }

  /** Bytes of all digests of a file. */
  int length() {
    return length;
  }

  /** Takes the digester of a digest, by its ordinal. */
  Digester take(int ordinal) {
    return digesters.take(algorithms[ordinal]);
  }

  void give(Digester digester) {
    digesters.give(digester);
  }

  /** Where a digest lies among all those of a file. */
  int offset(int ordinal) {
    int offset = 0;
    for (int i = 0; i < ordinal; i++) {
      offset += algorithms[i].length();
    }
    return offset;
  }

  /** Hashes small files of an item where they lie in its slot. */
  void hash(MemorySegment slot, PackEntry[] files, int count) {
    Digester[] taken = new Digester[algorithms.length];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = take(i);
    }
    for (int i = 0; i < count; i++) {
      PackEntry entry = files[i];
      byte[] digests = new byte[length];
      int at = 0;
      for (Digester digester : taken) {
        digester.hash(slot, entry.slotOffset, entry.length, digests, at);
        at += digester.algorithm().length();
      }
      entry.digests = digests;
      remember(entry, digests);
    }
    for (Digester digester : taken) {
      give(digester);
    }
  }

  /** The digests of an empty file; null where there are none of any. */
  byte @Nullable [] ofEmpty() {
    if (isEmpty()) {
      return null;
    }
    byte[] digests = new byte[length];
    for (int i = 0; i < algorithms.length; i++) {
      Digester digester = take(i);
      digester.finish(digests, offset(i));
      give(digester);
    }
    return digests;
  }

  /** Tells extractors that will ask for them. */
  void remember(PackEntry entry, byte[] digests) {
    if (siblings == null || !PathText.isUtf8(entry.path)) {
      return; // as text it might be the name of another file
    }
    String path = new String(entry.path, StandardCharsets.UTF_8);
    int at = 0;
    for (DigestAlgorithm algorithm : algorithms) {
      int end = at + algorithm.length();
      byte[] digest = Arrays.copyOfRange(digests, at, end);
      siblings.remember(path, algorithm, entry.size(), digest, entry.digest);
      at = end;
    }
  }
}
