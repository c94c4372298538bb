package io.packhouse.engine.format;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A base of a delta, as the delta's footer names it: a line each, the nearest first.
 *
 * @param id of the base: 64 hexadecimal digits
 * @param blobs that the base itself has
 */
public record BaseId(String id, long blobs) {
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) (0|[1-9][0-9]{0,9})");

  public BaseId {
    if (!LINE.matcher(id + " " + blobs).matches() || blobs > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no base, id=" + id + ", blobs=" + blobs);
    }
  }

  /**
   * Reads the value of {@link ArchiveFormat#KEY_BASES}.
   *
   * @throws IllegalArgumentException if it is no such value; says why
   */
  public static List<BaseId> parse(String value) {
    String[] lines = value.split("\n", ArchiveFormat.MAX_BASES + 1);
    if (lines.length > ArchiveFormat.MAX_BASES) {
      throw new IllegalArgumentException("more than " + ArchiveFormat.MAX_BASES + " bases");
    }
    List<BaseId> bases = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (String line : lines) {
      Matcher fields = LINE.matcher(line);
      if (!fields.matches()) {
        throw new IllegalArgumentException("a base must be an id and a number of blobs");
      }
      if (!ids.add(fields.group(1))) {
        throw new IllegalArgumentException("base " + fields.group(1) + " is there twice");
      }
      bases.add(new BaseId(fields.group(1), Long.parseLong(fields.group(2))));
    }
    return List.copyOf(bases);
  }

  /** The value of {@link ArchiveFormat#KEY_BASES}. */
  public static String text(List<BaseId> bases) {
    return bases.stream().map(base -> base.id + " " + base.blobs).collect(Collectors.joining("\n"));
  }

  /** Blobs of all bases together. */
  public static long blobs(List<BaseId> bases) {
    return bases.stream().mapToLong(BaseId::blobs).sum();
  }
}
