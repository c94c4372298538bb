package io.packhouse.engine.fs;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Names and paths as raw bytes: their text, order and assembly. Thread-safe: no state. */
public final class PathText {

  private static final HexFormat HEX = HexFormat.of();

  private PathText() {}

  /**
   * The UTF-8 bytes of a text.
   *
   * @throws IllegalArgumentException for a text with lone surrogates, which has no UTF-8 form
   */
  public static byte[] bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // Strings encode lone surrogates as '?', silently: only then the round trip differs.
    if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
      throw new IllegalArgumentException("not encodable as UTF-8: " + display(bytes));
    }
    return bytes;
  }

  /** Whether the bytes are well-formed UTF-8: shortest forms, no surrogates, to U+10FFFF. */
  public static boolean isUtf8(byte[] bytes) {
    int offset = 0;
    while (offset < bytes.length) {
      if (bytes[offset] >= 0) {
        offset++;
        continue;
      }
      int length = sequenceLength(bytes, offset);
      if (length == 0) {
        return false;
      }
      offset += length;
    }
    return true;
  }

  /**
   * A printable form that is safe on a terminal and names exactly one byte string. Well-formed
   * UTF-8 is shown as it is, except: a backslash as {@code \\}, newline, carriage return and tab as
   * {@code \n}, {@code \r} and {@code \t}, and every byte of other control or format characters
   * (bidirectional overrides, line separators), of unassigned code points and of malformed
   * sequences as {@code \xHH}.
   */
  public static String display(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length + 16);
    for (int offset = 0; offset < bytes.length; ) {
      int length = sequenceLength(bytes, offset);
      if (length == 0) {
        appendHex(text, bytes[offset++]);
        continue;
      }
      int codePoint = codePoint(bytes, offset, length);
      switch (codePoint) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (isPrintable(codePoint)) {
            text.appendCodePoint(codePoint);
          } else {
            for (int i = 0; i < length; i++) {
              appendHex(text, bytes[offset + i]);
            }
          }
        }
      }
      offset += length;
    }
    return text.toString();
  }

  /**
   * The text of well-formed UTF-8.
   *
   * @throws CharacterCodingException where the bytes are not well-formed
   */
  public static String text(byte[] bytes) throws CharacterCodingException {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer decoded = decoder.decode(ByteBuffer.wrap(bytes));
    return decoded.toString();
  }

  /**
   * The text of bytes that may not be well-formed: every maximal part of a sequence that is cut or
   * wrong is replaced by U+FFFD. What archives and people get to see of such names.
   */
  public static String lenient(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Order by unsigned bytes, a prefix first: the order of entries in listings and archives. */
  public static int compare(byte[] left, byte[] right) {
    return Arrays.compareUnsigned(left, right);
  }

  /**
   * Whether all paths below {@code directory} are less than {@code name}. Entries are in the order
   * of whole paths, and a slash is not the least of bytes: what is in {@code a} comes after {@code
   * a-b}, and before the first sibling of which this is true.
   */
  public static boolean contentsPrecede(byte[] directory, byte[] name) {
    int differing = Arrays.mismatch(directory, name);
    if (differing < 0 || differing == name.length) {
      return false;
    }
    int before = differing < directory.length ? directory[differing] & 0xff : '/';
    return before < (name[differing] & 0xff);
  }

  /** The path of {@code name} in {@code directory}, which is empty for the root of a tree. */
  public static byte[] join(byte[] directory, byte[] name) {
    if (directory.length == 0) {
      return name.clone();
    }
    byte[] joined = Arrays.copyOf(directory, Math.addExact(directory.length, name.length + 1));
    joined[directory.length] = '/';
    System.arraycopy(name, 0, joined, directory.length + 1, name.length);
    return joined;
  }

  /**
   * Whether the bytes are one component of a path: not empty, not {@code .} or {@code ..}, and
   * without {@code /} and NUL.
   */
  public static boolean isName(byte[] name) {
    int length = name.length;
    if (length == 0 || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) {
      return false;
    }
    for (byte b : name) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    return true;
  }

  /** Refuses what {@link #isName} refuses. */
  public static byte[] requireName(byte[] name) {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a file name: \"" + display(name) + '"');
    }
    return name;
  }

  private static boolean isPrintable(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= 0x20;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Bytes of the well-formed UTF-8 sequence at the offset; 0 where there is none. */
  private static int sequenceLength(byte[] bytes, int offset) {
    int first = bytes[offset] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || length > bytes.length - offset) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((bytes[offset + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    // The second byte rules out long forms, surrogates and what lies beyond U+10FFFF.
    int second = bytes[offset + 1] & 0xff;
    boolean wrong =
        (first == 0xe0 && second < 0xa0)
            || (first == 0xed && second > 0x9f)
            || (first == 0xf0 && second < 0x90)
            || (first == 0xf4 && second > 0x8f);
    return wrong ? 0 : length;
  }

  private static int codePoint(byte[] bytes, int offset, int length) {
    int value = length == 1 ? bytes[offset] : bytes[offset] & (0xff >> (length + 1));
    for (int i = 1; i < length; i++) {
      value = value << 6 | (bytes[offset + i] & 0x3f);
    }
    return value;
  }

  private static void appendHex(StringBuilder text, byte value) {
    text.append("\\x");
    HEX.toHexDigits(text, value);
  }
}
