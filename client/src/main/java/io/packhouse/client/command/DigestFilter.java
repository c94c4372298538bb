package io.packhouse.client.command;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/** Which files are asked for, by a digest of their contents. */
final class DigestFilter {
  private static final int BLAKE3_LENGTH = 32;

  private final byte[] digest;
  private final Set<DigestAlgorithm> recorded;

  private DigestFilter(byte[] digest, Set<DigestAlgorithm> recorded) {
    this.digest = digest;
    this.recorded = recorded;
  }

  /**
   * @param hex in any case
   * @throws Failure if it is no digest of a kind that the archive records
   */
  static DigestFilter of(String hex, ArchiveReader reader) throws Failure {
    byte[] digest;
    try {
      digest = HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE, "--digest must be hexadecimal digits, is \"" + hex + "\"", e);
    }
    String name = null;
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      if (digest.length == algorithm.length()) {
        name = algorithm.standardName();
        if (reader.digests().contains(algorithm)) {
          return new DigestFilter(digest, reader.digests());
        }
      }
    }
    if (digest.length == BLAKE3_LENGTH) {
      return new DigestFilter(digest, reader.digests());
    }
    if (name == null) {
      throw Failure.usage(
          "--digest must have 64 hexadecimal digits (BLAKE3, SHA-256), 40 (SHA-1) or 128 (SHA-512),"
              + " has "
              + hex.length());
    }
    throw new Failure(
        ExitCode.INPUT,
        reader.path() + ": records no " + name + "; pack --digests does, BLAKE3 is always there");
  }

  /** Whether an entry is a file with that digest. */
  boolean admits(Entry entry) throws IOException {
    if (!entry.is(EntryType.FILE)) {
      return false;
    }
    if (digest.length == BLAKE3_LENGTH && Arrays.equals(digest, entry.blake3())) {
      return true;
    }
    for (DigestAlgorithm algorithm : recorded) {
      if (algorithm.length() == digest.length && Arrays.equals(digest, entry.digest(algorithm))) {
        return true;
      }
    }
    return false;
  }
}
