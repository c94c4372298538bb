package io.packhouse.plugins.generic;

import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a checksum or checksum list.
 *
 * @param format plain (a digest alone), gnu, bsd or gpg
 * @param algorithm as the own column has it
 * @param digest in lower-case hexadecimal digits
 * @param name the file it is of; null where the line does not say
 */
record ChecksumLine(String format, String algorithm, String digest, @Nullable String name) {

  private static final int MAX_LENGTH = 8_192;

  /** {@code digest}, {@code digest name}, {@code digest *name}; a \ before escaped names. */
  private static final Pattern GNU =
      Pattern.compile("(\\\\?)((?:[0-9a-fA-F]{2}){16,64})(?:[ \\t]+[*]?(\\S.*))?");

  /** {@code SHA256 (name) = digest}. */
  private static final Pattern BSD =
      Pattern.compile(
          "(MD5|SHA-?1|SHA-?(?:2-)?256|SHA-?(?:2-)?384|SHA-?(?:2-)?512)\\s*\\((.+)\\)\\s*="
              + "\\s*([0-9a-fA-F]{32,128})",
          Pattern.CASE_INSENSITIVE);

  /** {@code name: 4FCB F1…}, which {@code gpg --print-md} writes, on several lines where long. */
  private static final Pattern GPG = Pattern.compile("([^:]+):([0-9A-Fa-f\\s]+)");

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /**
   * The digest of a file that has nothing else in it, in lower case: most checksums of a Maven
   * repository, and not worth an expression.
   *
   * @return null where it is not that
   */
  static @Nullable ChecksumLine plain(PackageFile file, String algorithm) throws IOException {
    int length = length(algorithm);
    if (file.size() != length && file.size() != length + 1) {
      return null;
    }
    ByteBuffer bytes = file.slice(0, (int) file.size());
    byte[] digits = new byte[length];
    bytes.get(digits);
    for (byte digit : digits) {
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return null;
      }
    }
    return bytes.hasRemaining() && bytes.get() != '\n'
        ? null
        : new ChecksumLine("plain", algorithm, new String(digits, StandardCharsets.US_ASCII), null);
  }

  private static int length(String algorithm) {
    return switch (algorithm) {
      case "md5" -> 32;
      case "sha1" -> 40;
      case "sha256" -> 64;
      case "sha384" -> 96;
      default -> 128;
    };
  }

  /**
   * Parses a line.
   *
   * @return null where it has no digest, or one of an unknown length
   */
  static @Nullable ChecksumLine parse(String line) {
    String text = line.strip();
    if (text.length() < 32 || text.length() > MAX_LENGTH) {
      return null;
    }
    Matcher gnu = GNU.matcher(text);
    if (gnu.matches()) {
      String name = gnu.group(3);
      if (name != null && !gnu.group(1).isEmpty()) {
        name = unescape(name);
      }
      return of(name == null ? "plain" : "gnu", gnu.group(2), name);
    }
    Matcher bsd = BSD.matcher(text);
    return bsd.matches() ? of("bsd", bsd.group(3), bsd.group(2)) : null;
  }

  /** Parses what {@code gpg --print-md} writes; null where it is not that. */
  static @Nullable ChecksumLine parseGpg(String text) {
    Matcher gpg = text.length() > MAX_LENGTH ? null : GPG.matcher(text.strip());
    return gpg != null && gpg.matches()
        ? of("gpg", BLANKS.matcher(gpg.group(2)).replaceAll(""), gpg.group(1).strip())
        : null;
  }

  private static @Nullable ChecksumLine of(String format, String digest, @Nullable String name) {
    String algorithm =
        switch (digest.length()) {
          case 32 -> "md5";
          case 40 -> "sha1";
          case 64 -> "sha256";
          case 96 -> "sha384";
          case 128 -> "sha512";
          default -> null;
        };
    return algorithm == null
        ? null
        : new ChecksumLine(format, algorithm, digest.toLowerCase(Locale.ROOT), name);
  }

  private static String unescape(String name) {
    return name.replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\");
  }
}
