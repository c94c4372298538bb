package io.packhouse.engine.codec.digest;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A digest that checksum files and lock files record. */
public enum DigestAlgorithm {
  /** RFC 1321. */
  MD5("md5", "MD5", "900150983cd24fb0d6963f7d28e17f72"),
  /** FIPS 180-4, as all that follow. */
  SHA1("sha1", "SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
  SHA256("sha256", "SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  SHA384(
      "sha384",
      "SHA-384",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          + "8086072ba1e7cc2358baeca134c825a7"),
  SHA512(
      "sha512",
      "SHA-512",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");

  /** Those that an index may have a column of, in the order of the columns. */
  public static final Set<DigestAlgorithm> COLUMNS =
      Collections.unmodifiableSet(EnumSet.of(SHA1, SHA256, SHA512));

  /** The longest digest, in bytes. */
  public static final int MAX_LENGTH = 64;

  private final String label;
  private final String standardName;
  private final String abc;

  DigestAlgorithm(String label, String standardName, String abc) {
    this.label = label;
    this.standardName = standardName;
    this.abc = abc;
  }

  /** What columns, options and suffixes call it: {@code sha256}. */
  public String label() {
    return label;
  }

  /** What its standard and the JDK call it: {@code SHA-256}. */
  public String standardName() {
    return standardName;
  }

  /** Length of a digest, in bytes. */
  public int length() {
    return abc.length() / 2;
  }

  /** The digest of "abc", an example of its standard. */
  byte[] digestOfAbc() {
    return HexFormat.of().parseHex(abc);
  }

  /** The algorithm of a label; null where there is none. */
  public static @Nullable DigestAlgorithm ofLabel(String label) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.label.equals(label)) {
        return algorithm;
      }
    }
    return null;
  }

  /** The algorithm of the column of that name; null where an index can have none. */
  public static @Nullable DigestAlgorithm ofColumn(String name) {
    DigestAlgorithm algorithm = ofLabel(name);
    return algorithm != null && COLUMNS.contains(algorithm) ? algorithm : null;
  }

  /** Length of the digests of several algorithms one after another, in bytes. */
  public static int totalLength(Set<DigestAlgorithm> algorithms) {
    int length = 0;
    for (DigestAlgorithm algorithm : algorithms) {
      length += algorithm.length();
    }
    return length;
  }
}
