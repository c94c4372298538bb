package io.packhouse.plugins.deb;

import io.packhouse.plugins.common.Rfc822Headers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells the distribution that a package was built for, which no field has to say. */
final class DebVendor {

  private record Vendor(String name, List<String> domains) {}

  private static final List<Vendor> VENDORS =
      List.of(
          new Vendor("ubuntu", List.of("ubuntu.com", "canonical.com")),
          new Vendor("debian", List.of("debian.org", "debian.net")),
          new Vendor("kali", List.of("kali.org")),
          new Vendor("raspbian", List.of("raspbian.org")),
          new Vendor("devuan", List.of("devuan.org")),
          new Vendor("linuxmint", List.of("linuxmint.com")));

  /** Of security and stable updates, backports and local rebuilds for a release. */
  private static final Pattern DEBIAN_VERSION = Pattern.compile("[+~](deb|bpo)[0-9]+[u+~0-9].*");

  private DebVendor() {}

  /**
   * The vendor as a purl has it, by the first of: {@code Origin}, {@code Bugs}, the domain of
   * {@code Maintainer}, what Debian and Ubuntu put into versions.
   *
   * @return null where none of these tells it
   */
  static @Nullable String of(Rfc822Headers control, String version) {
    String origin = control.first("Origin");
    if (origin != null) {
      String name = origin.toLowerCase(Locale.ROOT);
      for (Vendor vendor : VENDORS) {
        if (vendor.name.equals(name)) {
          return name;
        }
      }
    }
    String bugs = control.first("Bugs");
    String byBugs = bugs == null ? null : byDomain(bugs.replaceFirst("^[a-z]+://", ""));
    if (byBugs != null) {
      return byBugs;
    }
    String maintainer = control.first("Maintainer");
    if (maintainer != null) {
      int at = maintainer.lastIndexOf('@');
      String byMaintainer = at < 0 ? null : byDomain(maintainer.substring(at + 1));
      if (byMaintainer != null) {
        return byMaintainer;
      }
    }
    int revision = version.lastIndexOf('-');
    if (revision >= 0 && version.indexOf("ubuntu", revision) >= 0) {
      return "ubuntu";
    }
    return revision >= 0 && DEBIAN_VERSION.matcher(version.substring(revision)).find()
        ? "debian"
        : null;
  }

  /** By a domain at the beginning of {@code text}. */
  private static @Nullable String byDomain(String text) {
    int end = 0;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || ".-".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    String domain = text.substring(0, end).toLowerCase(Locale.ROOT);
    for (Vendor vendor : VENDORS) {
      for (String known : vendor.domains) {
        if (domain.equals(known) || domain.endsWith("." + known)) {
          return vendor.name;
        }
      }
    }
    return null;
  }
}
