package io.packhouse.client.command;

import io.packhouse.engine.select.TextGlob;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which packages are asked for, by purl and by license. */
final class PackageFilter {
  /** Asks for packages of which no license could be told. */
  static final String NO_LICENSE = "none";

  private static final Pattern LICENSE_SEPARATORS =
      Pattern.compile("[\\s()]+(?:(?:AND|OR|WITH)[\\s()]+)?");

  private final @Nullable TextGlob purl;
  private final @Nullable TextGlob license;
  private final boolean unlicensed;

  /**
   * @param purl a glob for the whole purl, null for any
   * @param license a glob for one identifier of the license expression in any case, or {@link
   *     #NO_LICENSE}; null for any
   */
  PackageFilter(@Nullable String purl, @Nullable String license) {
    this.purl = purl == null ? null : TextGlob.of(purl);
    this.unlicensed = NO_LICENSE.equals(license);
    this.license = license == null || unlicensed ? null : TextGlob.ignoringCase(license);
  }

  /** Whether an entry is a package that is asked for. */
  boolean admits(EntryView entry) {
    if (entry.packageType() == null) {
      return false;
    }
    String found = entry.purl();
    if (purl != null && (found == null || !purl.matches(found))) {
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
      if (license.matches(identifier)) {
        return true;
      }
    }
    return false;
  }

  /** What a line says of a package: its purl, else its type and path alone. */
  static String line(EntryView entry) {
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
