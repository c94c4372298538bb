package io.packhouse.plugins.nuget;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The target frameworks of a package, as short folder names. */
final class Frameworks {

  private static final int MAX_FRAMEWORKS = 1_000;
  private static final int MAX_LENGTH = 256;

  /** The long form of a framework: {@code .NETFramework4.7.2}, or with {@code ,Version=v4.7.2}. */
  private static final Pattern LONG =
      Pattern.compile(
          "\\.?(NETFramework|NETStandard|NETCoreApp)(?:,Version=v)?([0-9]+(?:\\.[0-9]+){0,3})",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern FOLDER =
      Pattern.compile("[A-Za-z][A-Za-z0-9.+_-]*", Pattern.CASE_INSENSITIVE);

  private final Set<String> found = new TreeSet<>();

  /** Adds one that the nuspec declares. */
  void declared(@Nullable String framework) {
    if (framework != null) {
      add(shortName(framework));
    }
  }

  /**
   * Adds that of a member's folder below {@code lib} or {@code ref}, if it is in one.
   *
   * @param name of the member, names separated by {@code /}
   */
  void member(String name) {
    if (!name.startsWith("lib/") && !name.startsWith("ref/")) {
      return;
    }
    int end = name.indexOf('/', 4);
    if (end > 4 && FOLDER.matcher(name.substring(4, end)).matches()) {
      add(name.substring(4, end).toLowerCase(Locale.ROOT));
    }
  }

  /** All, sorted. */
  Set<String> names() {
    return found;
  }

  private void add(String framework) {
    if (found.size() < MAX_FRAMEWORKS && framework.length() <= MAX_LENGTH) {
      found.add(framework);
    }
  }

  /**
   * The short folder name of the frameworks that are common; others as they are, in lower case,
   * since their short names are of no rule but a table.
   */
  static String shortName(String framework) {
    Matcher parts = LONG.matcher(framework);
    if (framework.length() > MAX_LENGTH || !parts.matches()) {
      return framework.toLowerCase(Locale.ROOT);
    }
    String version = parts.group(2);
    return switch (parts.group(1).toLowerCase(Locale.ROOT)) {
      case "netframework" -> "net" + digits(version);
      case "netstandard" -> "netstandard" + version;
      // .NET 5 dropped the name Core and kept the identifier.
      default -> (major(version) >= 5 ? "net" : "netcoreapp") + version;
    };
  }

  /** {@code 4.7.2} as {@code 472}; {@code 4.0.0} as {@code 40}. */
  private static String digits(String version) {
    String digits = version.replace(".", "");
    while (digits.length() > 2 && digits.endsWith("0")) {
      digits = digits.substring(0, digits.length() - 1);
    }
    return digits;
  }

  private static int major(String version) {
    int dot = version.indexOf('.');
    String major = dot < 0 ? version : version.substring(0, dot);
    return major.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(major);
  }
}
