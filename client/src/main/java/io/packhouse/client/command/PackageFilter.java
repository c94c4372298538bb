package io.packhouse.client.command;

import io.packhouse.engine.read.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which packages are asked for, by purl and by license. */
final class PackageFilter {
  /** Asks for packages of which no license could be told. */
  static final String NO_LICENSE = "none";

  private static final Pattern LICENSE_SEPARATORS =
      Pattern.compile("[\\s()]+(?:(?:AND|OR|WITH)[\\s()]+)?");

  private final @Nullable Pattern purl;
  private final @Nullable Pattern license;
  private final boolean unlicensed;

  /**
   * @param purl a glob for the whole purl, null for any
   * @param license a glob for one identifier of the license expression in any case, or {@link
   *     #NO_LICENSE}; null for any
   */
  PackageFilter(@Nullable String purl, @Nullable String license) {
    this.purl = purl == null ? null : glob(purl, 0);
    this.unlicensed = NO_LICENSE.equals(license);
    this.license = license == null || unlicensed ? null : glob(license, Pattern.CASE_INSENSITIVE);
  }

  /** Whether an entry is a package that is asked for. */
  boolean admits(Entry entry) {
    if (entry.packageType() == null) {
      return false;
    }
    String found = entry.purl();
    if (purl != null && (found == null || !purl.matcher(found).matches())) {
      return false;
    }
    return admitsLicense(entry.license());
  }

  private boolean admitsLicense(@Nullable String expression) {
    if (unlicensed) {
      return expression == null;
    }
    if (license == null) {
      return true;
    }
    if (expression == null) {
      return false;
    }
    for (String identifier : LICENSE_SEPARATORS.split(expression, -1)) {
      if (license.matcher(identifier).matches()) {
        return true;
      }
    }
    return false;
  }

  /** {@code *} is any run of characters, {@code ?} any one; everything else stands for itself. */
  private static Pattern glob(String glob, int flags) {
    List<String> parts = new ArrayList<>();
    for (String run : glob.split("\\*+", -1)) {
      List<String> pieces = new ArrayList<>();
      for (String piece : run.split("\\?", -1)) {
        pieces.add(piece.isEmpty() ? "" : Pattern.quote(piece));
      }
      parts.add(String.join(".", pieces));
    }
    return Pattern.compile(String.join(".*", parts), flags | Pattern.DOTALL);
  }

  /** What a line says of a package: its purl, else its type and path alone. */
  static String line(Entry entry) {
    String purl = entry.purl();
    String license = entry.license();
    return String.format(
        Locale.ROOT,
        "%s\t%s\t%s",
        purl == null ? entry.packageType() : Archives.display(bytes(purl)),
        license == null ? "-" : Archives.display(bytes(license)),
        Archives.display(entry.pathBytes()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
