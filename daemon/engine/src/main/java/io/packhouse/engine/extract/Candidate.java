package io.packhouse.engine.extract;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** What an extractor says of itself, asked once. */
@SuppressWarnings("ArrayRecordComponent") // never compared nor printed
record Candidate(
    PackageExtractor extractor,
    String origin,
    String name,
    String packageType,
    List<ColumnSpec> columns,
    Interest interest,
    int headLength,
    byte[][] suffixes,
    boolean[] lastBytes) {

  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9.-]{0,63}");

  /**
   * Asks an extractor.
   *
   * @throws IllegalArgumentException naming it, where what it says is out of the SPI's rules
   */
  static Candidate of(InstalledExtractor installed) {
    PackageExtractor extractor = installed.extractor();
    String type = extractor.packageType();
    String name = extractor.name();
    String who = "extractor " + name + " (" + installed.origin() + ")";
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException(
          who + " has a package type that does not match " + TYPE + ": " + type);
    }
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "extractor of type " + type + " (" + installed.origin() + ") has no name");
    }
    List<ColumnSpec> declared;
    try {
      declared = ColumnSpec.checkDistinct(extractor.columns());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(who + ": " + e.getMessage(), e);
    }
    if (declared.isEmpty()) {
      throw new IllegalArgumentException(who + " declares no columns of its own; one is the least");
    }
    Interest interest = extractor.interest();
    return new Candidate(
        extractor,
        installed.origin(),
        name,
        type,
        declared,
        interest,
        interest.headLength(),
        interest.nameSuffixes().stream()
            .map(suffix -> suffix.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new),
        lastBytes(interest));
  }

  /** By the last byte of a path, whether it may be wanted. */
  private static boolean[] lastBytes(Interest interest) {
    boolean[] last = new boolean[256];
    List<String> ends = new ArrayList<>(interest.nameSuffixes());
    ends.addAll(interest.pathGlobs());
    boolean any = ends.isEmpty();
    for (String end : ends) {
      byte[] bytes = end.getBytes(StandardCharsets.UTF_8);
      int b = bytes[bytes.length - 1];
      any |= b == '*' || b == '?';
      last[b & 0xFF] = true;
    }
    if (any) {
      Arrays.fill(last, true);
    }
    return last;
  }

  boolean isBuiltIn() {
    return origin.equals(InstalledExtractor.BUILT_IN);
  }

  /** How messages speak of it. */
  String describe() {
    return name + " (" + origin + ")";
  }

  /** Whether it may want a file of this path; of most files the last bytes tell. */
  boolean wants(byte[] path) {
    if (path.length > 0 && !lastBytes[path[path.length - 1] & 0xFF]) {
      return false;
    }
    if (suffixes.length == 0 || !interest.pathGlobs().isEmpty()) {
      return interest.matchesPath(new String(path, StandardCharsets.UTF_8));
    }
    for (byte[] suffix : suffixes) {
      int from = path.length - suffix.length;
      if (from >= 0 && Arrays.equals(path, from, path.length, suffix, 0, suffix.length)) {
        return true;
      }
    }
    return false;
  }

  /** {@link #wants(byte[])} for a path as text. */
  boolean wants(String path) {
    char last = path.isEmpty() ? 0 : path.charAt(path.length() - 1);
    return (last == 0 || last >= 0x80 || lastBytes[last]) && interest.matchesPath(path);
  }

  /** Whether it may want this file, going by its first bytes. */
  boolean wantsHead(PackageFile file) throws IOException {
    if (headLength == 0) {
      return true;
    }
    int length = (int) Math.min(headLength, file.size());
    return interest.matchesHead(file.slice(0, length));
  }
}
