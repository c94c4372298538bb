package io.packhouse.plugins.generic;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, decoded as UTF-8, of each its first 65,536 bytes. Lines end with LF or CRLF.
 * Holds one piece of the file at a time. For one thread.
 */
final class Lines {

  private static final int MAX_LINE = 1 << 16;
  private static final int PIECE = 1 << 15;

  private final InputStream source;
  private final byte[] piece;
  private int position;
  private int limit;

  Lines(PackageFile file) {
    source = Channels.newInputStream(file.channel());
    piece = new byte[(int) Math.max(1, Math.min(PIECE, file.size()))];
  }

  /** The next line without its end; null after the last. A byte order mark is left out. */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    boolean any = false;
    while (position < limit || fill()) {
      any = true;
      int end = position;
      while (end < limit && piece[end] != '\n') {
        end++;
      }
      line.write(piece, position, Math.min(end - position, MAX_LINE - line.size()));
      position = end;
      if (end < limit) {
        position++;
        break;
      }
    }
    return any ? text(line) : null;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(source.read(piece, 0, piece.length), 0);
    return limit > 0;
  }

  private static String text(ByteArrayOutputStream line) {
    String text = line.toString(StandardCharsets.UTF_8);
    int from = !text.isEmpty() && text.charAt(0) == '\uFEFF' ? 1 : 0;
    int to = text.length() > from && text.charAt(text.length() - 1) == '\r' ? 1 : 0;
    return text.substring(from, text.length() - to);
  }
}
