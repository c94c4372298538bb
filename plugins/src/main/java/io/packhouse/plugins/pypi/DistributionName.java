package io.packhouse.plugins.pypi;

import io.packhouse.plugins.purl.Purl;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a distribution file says.
 *
 * @param name of the project, as written
 * @param version as written
 * @param build a wheel's build tag
 * @param tags a wheel's tags, or an egg's, of which only Python and platform are known
 */
record DistributionName(String name, String version, @Nullable String build, List<Tag> tags) {

  private static final int MAX_LENGTH = 512;
  private static final int MAX_TAGS = 1_000;

  private static final Pattern PART = Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{N}._]*)");

  /** Where a version may begin: what follows does so with a digit. */
  private static final Pattern VERSION =
      Pattern.compile("v?\\d[A-Za-z0-9.!+_]*(?:-[A-Za-z0-9.!+_]+)*");

  /** A version of PEP 440 in any of the spellings that it takes. */
  private static final Pattern EXACT_VERSION =
      Pattern.compile(
          "v?(?:\\d+!)?\\d+(?:\\.\\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\\d*)?"
              + "(?:-\\d+|[-_.]?(?:post|rev|r)[-_.]?\\d*)?(?:[-_.]?dev[-_.]?\\d*)?"
              + "(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern EGG_PYTHON = Pattern.compile("-py(\\d[\\d.]*)(?:-(.+))?$");

  /**
   * What a wheel runs on.
   *
   * @param abi null in eggs
   */
  record Tag(String python, @Nullable String abi, @Nullable String platform) {}

  /** {@code name-version[-build]-python-abi-platform}; null for any other stem. */
  static @Nullable DistributionName wheel(String stem) {
    if (stem.length() > MAX_LENGTH) {
      return null;
    }
    String[] parts = stem.split("-", -1);
    if (parts.length != 5 && parts.length != 6) {
      return null;
    }
    String build = parts.length == 6 ? parts[2] : null;
    if (!PART.matcher(parts[0]).matches()
        || parts[1].isEmpty()
        || (build != null && (build.isEmpty() || !Character.isDigit(build.charAt(0))))) {
      return null;
    }
    int at = parts.length - 3;
    String expanded = parts[at] + "-" + parts[at + 1] + "-" + parts[at + 2];
    return new DistributionName(parts[0], parts[1], build, tags(List.of(expanded)));
  }

  /** {@code name-version[-pyX.Y[-platform]]}, with {@code _} for each {@code -} of the two. */
  static @Nullable DistributionName egg(String stem) {
    if (stem.length() > MAX_LENGTH) {
      return null;
    }
    Matcher python = EGG_PYTHON.matcher(stem);
    List<Tag> tags = List.of();
    String rest = stem;
    if (python.find()) {
      tags = List.of(new Tag("py" + python.group(1), null, python.group(2)));
      rest = stem.substring(0, python.start());
    }
    int dash = rest.indexOf('-');
    return dash <= 0 || !PART.matcher(rest.substring(0, dash)).matches()
        ? null
        : of(rest, dash, tags);
  }

  /**
   * {@code name-version}, told apart at the first {@code -} behind which all is a version of PEP
   * 440, or else looks like one: old names have {@code -} of their own, and so have old versions.
   */
  static @Nullable DistributionName sdist(String stem) {
    if (stem.length() > MAX_LENGTH) {
      return null;
    }
    DistributionName found = null;
    for (int dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
      DistributionName here = of(stem, dash, List.of());
      if (here != null && EXACT_VERSION.matcher(here.version()).matches()) {
        return here;
      }
      found = found == null ? here : found;
    }
    return found;
  }

  private static @Nullable DistributionName of(String stem, int dash, List<Tag> tags) {
    String version = stem.substring(dash + 1);
    return VERSION.matcher(version).matches()
        ? new DistributionName(stem.substring(0, dash), version, null, tags)
        : null;
  }

  /** Tags as {@code WHEEL} and file names have them, compressed sets written out. */
  static List<Tag> tags(List<String> texts) {
    Set<Tag> tags = new LinkedHashSet<>();
    for (String text : texts) {
      String[] sets = text.strip().split("-", -1);
      if (sets.length == 3 && text.length() <= MAX_LENGTH) {
        expand(sets, tags);
      }
    }
    return List.copyOf(tags);
  }

  private static void expand(String[] sets, Set<Tag> tags) {
    for (String python : sets[0].split("\\.", -1)) {
      for (String abi : sets[1].split("\\.", -1)) {
        for (String platform : sets[2].split("\\.", -1)) {
          if (tags.size() == MAX_TAGS) {
            return;
          }
          tags.add(new Tag(python, abi, platform));
        }
      }
    }
  }

  /** The name as purls have it: lower case, {@code -} for {@code _}. */
  static String canonical(String name) {
    return Purl.name("pypi", name);
  }

  /** Whether two names or versions are the same where runs of {@code - _ .} are not told apart. */
  static boolean same(String one, String other) {
    return folded(one).equals(folded(other));
  }

  private static String folded(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '-' && c != '_' && c != '.') {
        folded.append(Character.toLowerCase(c));
      } else if (folded.isEmpty() || folded.charAt(folded.length() - 1) != '-') {
        folded.append('-');
      }
    }
    return folded.toString();
  }
}
