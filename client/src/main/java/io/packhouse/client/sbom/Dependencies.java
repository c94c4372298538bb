package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The packages of a bill by their URLs, and by names and versions.
 *
 * <p>Of several files with one URL the first counts; for a URL without qualifiers, a file whose URL
 * has none before others.
 *
 * <p>What is known is in temporary files. The versions of a name are a list, the latest first:
 *
 * <pre>
 * the next, int64; 0 at the end | ordinal, int32 | so many of the list, int32 | 1 where the URL has
 * no qualifiers, byte | length, byte | version
 * </pre>
 *
 * Used by one thread.
 */
final class Dependencies implements Closeable {
  /** Versions of a name that are told apart. */
  static final int MOST_VERSIONS = 1_000;

  /** Bytes of a version that is told apart. */
  private static final int MOST_LENGTH = 127;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int ORDINAL = 8;
  private static final int COUNT = 12;
  private static final int PLAIN = 16;
  private static final int LENGTH = 17;
  private static final int HEAD = 18;

  /** A version of a name, and the package that has it. */
  record Version(String version, int ordinal) {}

  private final Arena arena = Arena.ofConfined();
  private final PurlTable table;
  private final MemorySegment versions;
  private long end = HEAD;

  /**
   * Without packages.
   *
   * @param most packages that will come
   */
  Dependencies(long most) throws IOException {
    // Three keys each: the URL, without qualifiers, without a version.
    table = new PurlTable(Math.multiplyExact(3, most));
    versions = PurlTable.map(arena, HEAD + most * (HEAD + MOST_LENGTH));
  }

  /** Adds a package; packages come in the order of their ordinals. */
  void add(int ordinal, String purl) throws IOException {
    putIfAbsent(purl, ordinal);
    String versioned = withoutQualifiers(purl);
    boolean plain = versioned.length() == purl.length();
    if (!plain) {
      putIfAbsent(versioned + '?', ordinal);
    }
    String key = withoutVersion(versioned);
    if (key.length() < versioned.length()) {
      add(key, versioned.substring(key.length() + 1), ordinal, plain);
    }
  }

  private void putIfAbsent(String purl, int ordinal) throws IOException {
    if (table.get(purl) == 0) {
      table.put(purl, ordinal + 1L);
    }
  }

  private void add(String key, String version, int ordinal, boolean plain) throws IOException {
    byte[] text = version.getBytes(StandardCharsets.UTF_8);
    String name = '@' + key;
    long first = table.get(name);
    int count = first == 0 ? 0 : versions.get(INT, first + COUNT);
    if (count == MOST_VERSIONS) {
      return;
    }
    for (long at = first; at != 0; at = versions.get(LONG, at)) {
      if (version.equals(version(at))) {
        if (plain && versions.get(ValueLayout.JAVA_BYTE, at + PLAIN) == 0) {
          versions.set(INT, at + ORDINAL, ordinal);
          versions.set(ValueLayout.JAVA_BYTE, at + PLAIN, (byte) 1);
        }
        return;
      }
    }
    // One that is too long to be told apart is one of too many.
    boolean tooLong = text.length > MOST_LENGTH;
    versions.set(LONG, end, first);
    versions.set(INT, end + ORDINAL, ordinal);
    versions.set(INT, end + COUNT, tooLong ? MOST_VERSIONS : count + 1);
    versions.set(ValueLayout.JAVA_BYTE, end + PLAIN, (byte) (plain ? 1 : 0));
    int length = tooLong ? 0 : text.length;
    versions.set(ValueLayout.JAVA_BYTE, end + LENGTH, (byte) length);
    MemorySegment.copy(text, 0, versions, ValueLayout.JAVA_BYTE, end + HEAD, length);
    table.put(name, end);
    end += HEAD + length;
  }

  private String version(long at) {
    byte[] text = new byte[versions.get(ValueLayout.JAVA_BYTE, at + LENGTH)];
    MemorySegment.copy(versions, ValueLayout.JAVA_BYTE, at + HEAD, text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The ordinal of the package that has this URL, or it and qualifiers; −1 where there is none. */
  int find(String purl) {
    long ordinal = table.get(purl);
    return (int) (ordinal == 0 ? table.get(purl + '?') : ordinal) - 1;
  }

  /** The versions of what a URL without one names; none where they are too many. */
  List<Version> versions(String purl) {
    List<Version> all = new ArrayList<>();
    long first = table.get('@' + purl);
    if (first != 0 && versions.get(INT, first + COUNT) < MOST_VERSIONS) {
      for (long at = first; at != 0; at = versions.get(LONG, at)) {
        all.add(new Version(version(at), versions.get(INT, at + ORDINAL)));
      }
    }
    return all;
  }

  /** Whether a URL names a version. */
  static boolean hasVersion(String purl) {
    return purl.indexOf('@') >= 0;
  }

  private static String withoutQualifiers(String purl) {
    int end = purl.length();
    for (char mark : new char[] {'?', '#'}) {
      int at = purl.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    return purl.substring(0, end);
  }

  /** In canonical URLs an {@code @} that is not before a version is encoded. */
  private static String withoutVersion(String purl) {
    int at = purl.indexOf('@');
    return at < 0 ? purl : purl.substring(0, at);
  }

  @Override
  public void close() {
    table.close();
    arena.close();
  }
}
