package io.packhouse.spi;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/**
 * Which files an extractor wants, as data: a host routes by it without calling the extractor.
 *
 * <p>A file is wanted when its name fits ({@code nameSuffixes} or {@code pathGlobs}, whichever has
 * a match; any name where both are empty) and its first bytes fit (one of {@code magics}; any bytes
 * where that is empty). At least one of the three is not empty.
 *
 * @param nameSuffixes ends of the file name, such as {@code .jar}; compared exactly
 * @param pathGlobs patterns for the whole path: {@code ?} is a character and {@code *} a run of
 *     them, both within one directory; {@code **} is a run across directories
 * @param magics bytes expected at given offsets
 */
public record Interest(List<String> nameSuffixes, List<String> pathGlobs, List<Magic> magics) {

  /**
   * Bytes expected at an offset.
   *
   * @param offset in bytes from the start of the file, 0 to 65,536
   * @param hex the bytes as pairs of hexadecimal digits, at least one and at most 64 bytes
   */
  public record Magic(int offset, String hex) {
    /** Checks. */
    public Magic {
      if (offset < 0 || offset > 65_536) {
        throw new IllegalArgumentException("magic offset must be 0 to 65536, offset=" + offset);
      }
      int length = HexFormat.of().parseHex(hex).length;
      if (length < 1 || length > 64) {
        throw new IllegalArgumentException("magic must be 1 to 64 bytes, hex=" + hex);
      }
    }

    /** One past the last byte that this magic looks at. */
    public int end() {
      return offset + hex.length() / 2;
    }

    /** Whether {@code head}, the first bytes of a file from index 0 to its limit, has the bytes. */
    public boolean matches(ByteBuffer head) {
      if (head.limit() < end()) {
        return false;
      }
      for (int i = offset, h = 0; h < hex.length(); i++, h += 2) {
        if (head.get(i) != (byte) HexFormat.fromHexDigits(hex, h, h + 2)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Copies and checks. */
  public Interest {
    nameSuffixes = List.copyOf(nameSuffixes);
    pathGlobs = List.copyOf(pathGlobs);
    magics = List.copyOf(magics);
    if (nameSuffixes.isEmpty() && pathGlobs.isEmpty() && magics.isEmpty()) {
      throw new IllegalArgumentException("an interest needs a suffix, a glob or a magic");
    }
    for (String suffix : nameSuffixes) {
      if (suffix.isEmpty() || suffix.indexOf('/') >= 0) {
        throw new IllegalArgumentException("not the end of a file name, suffix=" + suffix);
      }
    }
    for (String glob : pathGlobs) {
      if (glob.isEmpty()) {
        throw new IllegalArgumentException("a glob must not be empty");
      }
    }
  }

  /** An interest in files by the ends of their names alone. */
  public static Interest inSuffixes(String... suffixes) {
    return new Interest(List.of(suffixes), List.of(), List.of());
  }

  /** Whether a file of this path may be wanted, going by its name alone. */
  public boolean matchesPath(String path) {
    if (nameSuffixes.isEmpty() && pathGlobs.isEmpty()) {
      return true;
    }
    for (String suffix : nameSuffixes) {
      if (path.endsWith(suffix)) {
        return true;
      }
    }
    for (String glob : pathGlobs) {
      if (Glob.matches(glob, path)) {
        return true;
      }
    }
    return false;
  }

  /** How many of a file's first bytes {@link #matchesHead} looks at; 0 where it looks at none. */
  public int headLength() {
    int length = 0;
    for (Magic magic : magics) {
      length = Math.max(length, magic.end());
    }
    return length;
  }

  /**
   * Whether a file may be wanted, going by its first bytes alone.
   *
   * @param head the first bytes from index 0 to the limit, {@link #headLength} of them or the whole
   *     file where it is shorter; its position is not used
   */
  public boolean matchesHead(ByteBuffer head) {
    if (magics.isEmpty()) {
      return true;
    }
    for (Magic magic : magics) {
      if (magic.matches(head)) {
        return true;
      }
    }
    return false;
  }
}
