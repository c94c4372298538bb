package io.packhouse.client.sbom;

import io.packhouse.sql.version.VersionOrder;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.RandomAccess;

/**
 * The packages of a bill by their URLs, and by names and versions.
 *
 * <p>Of several files with one URL the first counts; for a URL without qualifiers, a file whose URL
 * has none before others.
 *
 * <p>What is known is in temporary files. The versions of a name are a list, the latest first; once
 * they were asked for, an array in their order:
 *
 * <pre>
 * the next, int64; 0 at the end | so many of the list, int32 | length, byte | version
 * so many, int32 | where each is, int64
 * </pre>
 *
 * A package takes a few looks into a table, however many there are; the first question for a name
 * sorts its versions. Used by one thread.
 */
final class Dependencies implements Closeable {
  /** Versions of a name that are told apart. */
  static final int MOST_VERSIONS = 1_000;

  /** Bytes of a version that is told apart. */
  private static final int MOST_LENGTH = 127;

  /** What an archive calls a URL is none of a name, whatever it says. */
  private static final String URL = "=";

  private static final String NAME = "@";

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int COUNT = 8;
  private static final int LENGTH = 12;
  private static final int HEAD = 13;

  /**
   * The versions of a name in their order, as they are outside of a URL; of equal ones that of the
   * first package is the last. Read where it is asked.
   */
  final class Versions extends AbstractList<String> implements RandomAccess {
    private final String name;
    private final long array;

    private Versions(String name, long array) {
      this.name = name;
      this.array = array;
    }

    @Override
    public String get(int position) {
      return decoded(version(at(position)));
    }

    /** The package that has a version. */
    int ordinal(int position) {
      return find(name + '@' + version(at(position)));
    }

    private long at(int position) {
      return versions.get(LONG, array + Integer.BYTES + (long) position * Long.BYTES);
    }

    @Override
    public int size() {
      return array == 0 ? 0 : versions.get(INT, array);
    }
  }

  private final PurlTable table;
  private final TemporaryFile file;
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
    try {
      // A name's array has a head, and there are no more names than versions.
      file = new TemporaryFile(HEAD + most * (HEAD + MOST_LENGTH + Integer.BYTES + Long.BYTES));
    } catch (IOException e) {
      table.close();
      throw e;
    }
    versions = file.bytes();
  }

  /** Adds a package; packages come in the order of their ordinals. */
  void add(int ordinal, String purl) throws IOException {
    String versioned = withoutQualifiers(purl);
    boolean known = find(versioned) >= 0;
    table.putIfAbsent(URL + purl, ordinal + 1L);
    if (versioned.length() < purl.length()) {
      table.putIfAbsent(URL + versioned + '?', ordinal + 1L);
    }
    String name = withoutVersion(versioned);
    if (!known && name.length() < versioned.length()) {
      addVersion(name, versioned.substring(name.length() + 1));
    }
  }

  private void addVersion(String name, String version) throws IOException {
    byte[] text = version.getBytes(StandardCharsets.UTF_8);
    // One that is too long to be told apart is one of too many.
    boolean tooLong = text.length > MOST_LENGTH;
    int length = tooLong ? 0 : text.length;
    file.reserve(end + HEAD + length);
    long next = table.put(NAME + name, end);
    int before = next == 0 ? 0 : versions.get(INT, next + COUNT);
    versions.set(LONG, end, next);
    versions.set(INT, end + COUNT, tooLong ? MOST_VERSIONS : Math.min(MOST_VERSIONS, before + 1));
    versions.set(ValueLayout.JAVA_BYTE, end + LENGTH, (byte) length);
    MemorySegment.copy(text, 0, versions, ValueLayout.JAVA_BYTE, end + HEAD, length);
    end += HEAD + length;
  }

  private String version(long at) {
    byte[] text = new byte[versions.get(ValueLayout.JAVA_BYTE, at + LENGTH)];
    MemorySegment.copy(versions, ValueLayout.JAVA_BYTE, at + HEAD, text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static String decoded(String version) {
    try {
      return URLDecoder.decode(version.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // What an archive says need not be a package URL.
      return version;
    }
  }

  /** The ordinal of the package that has this URL, or it and qualifiers; −1 where there is none. */
  int find(String purl) {
    long ordinal = table.get(URL + purl);
    return (int) (ordinal == 0 ? table.get(URL + purl + '?') : ordinal) - 1;
  }

  /**
   * The versions of what a URL without one names; none where they are too many. No packages are
   * added any more.
   *
   * @param order the same for a name each time
   */
  <K extends Comparable<K>> Versions versions(String name, VersionOrder<K> order)
      throws IOException {
    long first = table.get(NAME + name);
    if (first > 0) {
      boolean tooMany = versions.get(INT, first + COUNT) >= MOST_VERSIONS;
      first = tooMany ? 0 : -sort(name, first, order);
    }
    return new Versions(name, -first);
  }

  private record Sorted<K extends Comparable<K>>(VersionOrder.Version<K> version, long at) {}

  /** Makes a name's list an array, in whose place it is from now on; gives where it is. */
  private <K extends Comparable<K>> long sort(String name, long first, VersionOrder<K> order)
      throws IOException {
    List<Sorted<K>> all = new ArrayList<>(versions.get(INT, first + COUNT));
    for (long at = first; at != 0; at = versions.get(LONG, at)) {
      all.add(new Sorted<>(order.version(decoded(version(at))), at));
    }
    all.sort(
        Comparator.comparing(Sorted<K>::version)
            .thenComparingInt(sorted -> -find(name + '@' + version(sorted.at))));
    long array = end;
    file.reserve(array + Integer.BYTES + (long) all.size() * Long.BYTES);
    versions.set(INT, array, all.size());
    end += Integer.BYTES;
    for (Sorted<K> sorted : all) {
      versions.set(LONG, end, sorted.at);
      end += Long.BYTES;
    }
    table.put(NAME + name, -array);
    return array;
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
  public void close() throws IOException {
    try (table) {
      file.close();
    }
  }
}
