package io.packhouse.client.sbom;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds the packages of a bill that meet dependencies, by package URL.
 *
 * <p>A dependency on one version has that version in its URL: it is met by that version. One on a
 * range of versions, or on any, has none: it is met by name where the bill has just one version of
 * that; whether the range has it is not looked at, since each ecosystem writes ranges in its own
 * way. Of several files with one URL the first counts; for a URL without qualifiers, a file whose
 * URL has none before others.
 */
final class Dependencies {
  /** A name's only version, as far as is known. */
  private static final class Name {
    final String version;
    int ordinal;
    boolean plain;
    boolean several;

    Name(String version, int ordinal, boolean plain) {
      this.version = version;
      this.ordinal = ordinal;
      this.plain = plain;
    }
  }

  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Name> names = new HashMap<>();

  /** Adds a package; packages come in the order of their ordinals. */
  void add(int ordinal, String purl) {
    exact.putIfAbsent(purl, ordinal);
    String versioned = withoutQualifiers(purl);
    boolean plain = versioned.length() == purl.length();
    if (!plain) {
      exact.putIfAbsent(versioned + '?', ordinal);
    }
    String key = withoutVersion(versioned);
    if (key.length() == versioned.length()) {
      return;
    }
    String version = versioned.substring(key.length() + 1);
    Name name = names.get(key);
    if (name == null) {
      names.put(key, new Name(version, ordinal, plain));
    } else if (!name.version.equals(version)) {
      name.several = true;
    } else if (plain && !name.plain) {
      name.ordinal = ordinal;
      name.plain = true;
    }
  }

  /** The ordinal of the package that meets a dependency of this URL, or −1 where none is known. */
  int find(String purl) {
    Integer ordinal = exact.get(purl);
    if (ordinal == null) {
      ordinal = exact.get(purl + '?');
    }
    if (ordinal != null) {
      return ordinal;
    }
    Name name = names.get(purl);
    return name == null || name.several ? -1 : name.ordinal;
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
}
