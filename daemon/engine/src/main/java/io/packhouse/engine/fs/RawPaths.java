package io.packhouse.engine.fs;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Raw bytes of {@link Path}s of the default file system. On Unix a path keeps its bytes, but its
 * text loses those that the locale cannot decode; its URI escapes them one by one, both ways.
 */
public final class RawPaths {

  private static final boolean UNIX = File.separatorChar == '/';

  private RawPaths() {}

  /** The bytes of a path; made absolute where its text is not ASCII. */
  public static byte[] bytes(Path path) {
    String text = path.toString();
    if (isAscii(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    return UNIX ? unescaped(path.toUri().getRawPath()) : PathText.bytes(text);
  }

  /** The bytes of a path's last component. */
  public static byte[] name(Path path) {
    Path last = path.getFileName();
    if (last == null) {
      throw new IllegalArgumentException("path has no name: " + path);
    }
    byte[] bytes = bytes(last);
    int from = bytes.length;
    while (from > 0 && bytes[from - 1] != '/') {
      from--;
    }
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  /**
   * The path of one component.
   *
   * @throws InvalidPathException where the system has no such name
   */
  public static Path ofName(byte[] name) {
    String text = new String(name, StandardCharsets.ISO_8859_1);
    if (isAscii(text)) {
      return Path.of(text);
    }
    if (!UNIX) {
      return Path.of(new String(name, StandardCharsets.UTF_8));
    }
    StringBuilder escaped = new StringBuilder("file:///");
    for (byte b : name) {
      escaped.append('%');
      HexFormat.of().toHexDigits(escaped, b);
    }
    return Path.of(URI.create(escaped.toString())).getFileName();
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static byte[] unescaped(String escaped) {
    // A directory's URI ends in a slash, which is no part of its name.
    boolean slash = escaped.length() > 1 && escaped.endsWith("/");
    String path = slash ? escaped.substring(0, escaped.length() - 1) : escaped;
    byte[] bytes = new byte[path.length()];
    int length = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        c = (char) Integer.parseInt(path, i + 1, i + 3, 16);
        i += 2;
      }
      bytes[length++] = (byte) c;
    }
    return Arrays.copyOf(bytes, length);
  }
}
