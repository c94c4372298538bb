package io.packhouse.client.command;

import io.packhouse.engine.fs.PathText;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path in an archive as people give it. {@code ./a}, {@code /a} and {@code a/} are {@code a}, and
 * {@code .} is the root. A path with backslashes is tried as it is first, then as the form that
 * listings show ({@link PathText#display}), which can name any bytes.
 */
final class PathArgument {
  private PathArgument() {}

  /** The path bytes that an argument may mean, the likelier first; one or two. */
  static List<byte[]> readings(String argument) throws Failure {
    String path = normalize(argument);
    List<byte[]> readings = new ArrayList<>(2);
    try {
      readings.add(PathText.bytes(path));
    } catch (IllegalArgumentException e) {
      throw Failure.usage(
          "path " + e.getMessage() + "; give it in the form that packhouse ls shows");
    }
    byte[] unescaped = path.indexOf('\\') < 0 ? null : unescape(path);
    if (unescaped != null) {
      readings.add(unescaped);
    }
    return readings;
  }

  static String normalize(String argument) {
    int start = 0;
    int end = argument.length();
    while (true) {
      if (argument.startsWith("/", start) && start < end) {
        start++;
      } else if (argument.startsWith("./", start)) {
        start += 2;
      } else {
        break;
      }
    }
    while (end > start && argument.charAt(end - 1) == '/') {
      end--;
    }
    String path = argument.substring(start, end);
    return path.equals(".") ? "" : path;
  }

  /** The bytes of a display form, or null where it is none. */
  static byte @Nullable [] unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int at = 0;
    while (at < text.length()) {
      int backslash = text.indexOf('\\', at);
      int plainEnd = backslash < 0 ? text.length() : backslash;
      bytes.writeBytes(PathText.bytes(text.substring(at, plainEnd)));
      at = plainEnd;
      if (backslash < 0) {
        break;
      }
      if (at + 1 == text.length()) {
        return null;
      }
      switch (text.charAt(at + 1)) {
        case '\\' -> bytes.write('\\');
        case 'n' -> bytes.write('\n');
        case 'r' -> bytes.write('\r');
        case 't' -> bytes.write('\t');
        case 'x' -> {
          int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
          int low = at + 3 < text.length() ? Character.digit(text.charAt(at + 3), 16) : -1;
          if (high < 0 || low < 0) {
            return null;
          }
          bytes.write(high << 4 | low);
          at += 2;
        }
        default -> {
          return null;
        }
      }
      at += 2;
    }
    return bytes.toByteArray();
  }
}
