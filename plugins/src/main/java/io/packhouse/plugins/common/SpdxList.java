package io.packhouse.plugins.common;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The SPDX license list and what else licenses are called. Read at the first question. Identifiers
 * that SPDX has deprecated stay what they are, since what they mean has not changed.
 */
final class SpdxList {

  /** How packages name licenses beside the list's own names, in the form of {@link #key}. */
  private static final String[][] ALIASES = {
    {"Apache-2.0", "apache 2", "apache2", "apache v2", "apache license v2", "asl 2", "al2"},
    {"Apache-2.0", "apache software license 2", "the apache software license version 2"},
    {"Apache-2.0", "apache public license 2", "apache 2 license", "al 2"},
    {"Apache-1.1", "apache software license 1.1", "asl 1.1"},
    {"MIT", "mit", "expat", "the mit license", "mit licence", "mit/x11", "mit-license"},
    {"BSD-2-Clause", "bsd 2 clause", "simplified bsd", "freebsd", "2 clause bsd", "bsd-2"},
    {"BSD-3-Clause", "bsd 3 clause", "new bsd", "revised bsd", "modified bsd", "3 clause bsd"},
    {"BSD-3-Clause", "bsd-3", "bsd new", "eclipse distribution license v1", "edl 1"},
    {"EPL-1.0", "epl 1", "epl v1", "eclipse public license v1"},
    {"EPL-2.0", "epl 2", "epl v2", "eclipse public license v2"},
    {"CDDL-1.0", "cddl 1", "cddl v1"},
    {"CDDL-1.1", "cddl 1.1", "cddl v1.1"},
    {"MPL-1.1", "mpl 1.1", "mozilla public license version 1.1"},
    {"MPL-2.0", "mpl 2", "mozilla public license version 2", "mpl v2"},
    {"LGPL-2.1-only", "lgpl 2.1", "lgpl v2.1", "lgplv2.1", "gnu lesser public license v2.1"},
    {"LGPL-2.1-only", "gnu lesser general public license v2.1"},
    {"LGPL-2.1-or-later", "lgplv2.1+", "lgpl 2.1 or later", "lgpl-2.1+"},
    {"LGPL-3.0-only", "lgpl 3", "lgpl v3", "lgplv3", "gnu lesser general public license v3"},
    {"LGPL-3.0-or-later", "lgplv3+", "lgpl-3.0+"},
    {"GPL-2.0-only", "gpl 2", "gplv2", "gpl v2", "gnu general public license v2"},
    {"GPL-2.0-or-later", "gplv2+", "gpl-2+", "gpl 2 or later"},
    {"GPL-3.0-only", "gpl 3", "gplv3", "gpl v3", "gnu general public license v3"},
    {"GPL-3.0-or-later", "gplv3+", "gpl-3+", "gpl 3 or later"},
    {"AGPL-3.0-only", "agpl 3", "agplv3", "agpl v3"},
    {"AGPL-3.0-or-later", "agplv3+"},
    {"GPL-2.0-only WITH Classpath-exception-2.0", "gpl2 w/ cpe", "gplv2 with classpath exception"},
    {"CC0-1.0", "cc0", "public domain per creative commons cc0", "cc0 1"},
    {"ISC", "isc license", "isc", "iscl"},
    {"Unlicense", "the unlicense", "unlicense"},
    {"Zlib", "zlib/libpng license", "zlib"},
    {"PSF-2.0", "psf", "python software foundation license", "psfl"},
    {"BSL-1.0", "boost", "boost software license"},
    {"WTFPL", "wtfpl"},
    {"0BSD", "0bsd", "bsd zero clause"},
    {"Artistic-2.0", "artistic 2"},
    {"UPL-1.0", "upl", "universal permissive license version 1"},
    {"MIT", "bouncy castle licence", "bouncy castle license"},
  };

  /** More characters than any name or address of a license has. */
  private static final int MAX_NAME = 200;

  private static final String PUNCTUATION = "\"“”'(),;:/_-";
  private static final Set<String> EMPTY_WORDS =
      Set.of("the", "license", "licence", "licenses", "version", "ver");
  private static final List<String> EXTENSIONS = List.of(".txt", ".html", ".php");

  private static final Map<String, String> IDS = new HashMap<>();
  private static final Map<String, String> EXCEPTIONS = new HashMap<>();
  private static final Map<String, String> NAMES = new HashMap<>();
  private static final Map<String, String> ADDRESSES = new HashMap<>();

  static {
    read();
    for (String[] alias : ALIASES) {
      for (int i = 1; i < alias.length; i++) {
        NAMES.put(key(alias[i]), alias[0]);
      }
    }
    address("http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0");
    address("http://www.apache.org/licenses/LICENSE-2.0.html", "Apache-2.0");
    address("https://opensource.org/licenses/MIT", "MIT");
    address("https://opensource.org/licenses/mit-license.php", "MIT");
    address("https://www.eclipse.org/legal/epl-v10.html", "EPL-1.0");
    address("https://www.eclipse.org/legal/epl-2.0/", "EPL-2.0");
    address("https://www.eclipse.org/org/documents/edl-v10.php", "BSD-3-Clause");
    address("https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html", "LGPL-2.1-only");
    address("https://www.gnu.org/licenses/lgpl-2.1.html", "LGPL-2.1-only");
    address("https://www.mozilla.org/MPL/2.0/", "MPL-2.0");
    address("https://www.bouncycastle.org/licence.html", "MIT");
  }

  private SpdxList() {}

  /** The identifier as SPDX writes it, null where it is none. */
  static @Nullable String id(String text) {
    return IDS.get(text.toLowerCase(Locale.ROOT));
  }

  /** The identifier of an exception as SPDX writes it, null where it is none. */
  static @Nullable String exception(String text) {
    return EXCEPTIONS.get(text.toLowerCase(Locale.ROOT));
  }

  /** The license, or expression, that is called or addressed so; null where none is known. */
  static @Nullable String idOf(String text) {
    if (text.length() > MAX_NAME) {
      return null;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return ADDRESSES.get(addressKey(lower));
    }
    return NAMES.get(key(text));
  }

  private static void read() {
    InputStream resource =
        Objects.requireNonNull(SpdxList.class.getResourceAsStream("spdx.tsv"), "spdx.tsv");
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] fields = line.split("\t", -1);
        if (fields.length == 4) {
          add(fields[0], fields[1], fields[2], fields[3]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(String kind, String id, String name, String addresses) {
    String lower = id.toLowerCase(Locale.ROOT);
    if (kind.equals("exception")) {
      EXCEPTIONS.put(lower, id);
      return;
    }
    IDS.put(lower, id);
    if (kind.equals("deprecated")) {
      return;
    }
    // Of licenses that share a name or an address with a variant, the first is the plain one.
    NAMES.putIfAbsent(key(id), id);
    if (!name.isEmpty()) {
      NAMES.putIfAbsent(key(name), id);
    }
    for (String address : addresses.split(" ", -1)) {
      if (!address.isEmpty()) {
        ADDRESSES.putIfAbsent(addressKey(address.toLowerCase(Locale.ROOT)), id);
      }
    }
  }

  private static void address(String address, String id) {
    ADDRESSES.put(addressKey(address.toLowerCase(Locale.ROOT)), id);
  }

  // Both forms without regular expressions: the whole list is made at the first license of a run,
  // by code that is cold.

  private static String addressKey(String lower) {
    int from = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : 0;
    from += from > 0 && lower.startsWith("www.", from) ? 4 : 0;
    int to = lower.length();
    if (to > from && lower.charAt(to - 1) == '/') {
      to--;
    }
    for (String extension : EXTENSIONS) {
      if (to - extension.length() >= from && lower.startsWith(extension, to - extension.length())) {
        to -= extension.length();
        break;
      }
    }
    return lower.substring(from, to);
  }

  /**
   * A name without what does not tell licenses apart: case, punctuation, articles, the words
   * license and version, and the zero of a version.
   */
  static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    StringBuilder spaced = new StringBuilder(lower.length());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      spaced.append(PUNCTUATION.indexOf(c) >= 0 ? ' ' : c);
    }
    StringBuilder words = new StringBuilder(lower.length());
    for (int at = 0; at < spaced.length(); ) {
      int end = at;
      while (end < spaced.length() && isWord(spaced.charAt(end))) {
        end++;
      }
      if (end == at) {
        words.append(spaced.charAt(at++));
      } else {
        String word = spaced.substring(at, end);
        words.append(EMPTY_WORDS.contains(word) ? " " : word);
        at = end;
      }
    }
    StringBuilder plain = new StringBuilder(lower.length());
    for (int at = 0; at < words.length(); ) {
      int version = endOfV(words, at);
      if (version > at) {
        plain.append(' ');
        at = version;
      } else if (isZero(words, at)) {
        at += 2;
      } else {
        plain.append(words.charAt(at++));
      }
    }
    return withSingleSpaces(plain.toString().strip());
  }

  /** Where the "v" of "v2", "v 2" or "v. 2" ends; {@code at} where there is none. */
  private static int endOfV(StringBuilder text, int at) {
    if (text.charAt(at) != 'v' || (at > 0 && isWord(text.charAt(at - 1)))) {
      return at;
    }
    int end = at + 1;
    end += end < text.length() && text.charAt(end) == '.' ? 1 : 0;
    end += end < text.length() && text.charAt(end) == ' ' ? 1 : 0;
    return end < text.length() && isDigit(text.charAt(end)) ? end : at;
  }

  /** Whether ".0" ends a number. */
  private static boolean isZero(StringBuilder text, int at) {
    return at > 0
        && at + 1 < text.length()
        && text.charAt(at) == '.'
        && text.charAt(at + 1) == '0'
        && isDigit(text.charAt(at - 1))
        && (at + 2 == text.length() || !isWord(text.charAt(at + 2)));
  }

  private static String withSingleSpaces(String text) {
    StringBuilder single = new StringBuilder(text.length());
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isSpace = c == ' ' || (c >= '\t' && c <= '\r');
      if (!isSpace) {
        single.append(c);
      } else if (!space) {
        single.append(' ');
      }
      space = isSpace;
    }
    return single.toString();
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
