package io.packhouse.extraction.plugins;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message that came. The other end is not believed: every length is checked against what is left
 * of the message, and so is what the values take once they are objects.
 */
final class Incoming {
  /** Objects that one message may become; each takes some tens of bytes. */
  private static final int MAX_VALUES = 500_000;

  private final ByteBuffer bytes;
  private final MessageKind kind;
  private int values;

  /** Reads a message's body, of which {@code bytes} is a view. */
  Incoming(ByteBuffer bytes) throws LinkException {
    this.bytes = bytes;
    this.kind = MessageKind.of(takeByte());
  }

  MessageKind kind() {
    return kind;
  }

  byte takeByte() throws LinkException {
    need(1);
    return bytes.get();
  }

  boolean takeFlag() throws LinkException {
    byte value = takeByte();
    if (value != 0 && value != 1) {
      throw new LinkException("a flag of " + value);
    }
    return value == 1;
  }

  int takeInt() throws LinkException {
    need(Integer.BYTES);
    return bytes.getInt();
  }

  long takeLong() throws LinkException {
    need(Long.BYTES);
    return bytes.getLong();
  }

  /** How many values follow, of which each takes a byte at least. */
  int takeCount() throws LinkException {
    int count = takeInt();
    if (count < 0 || count > bytes.remaining()) {
      throw new LinkException("a count of " + count + " with " + bytes.remaining() + " bytes left");
    }
    count(count);
    return count;
  }

  String takeText() throws LinkException {
    String text = takeTextOrNull();
    if (text == null) {
      throw new LinkException("no text where one must be");
    }
    return text;
  }

  @Nullable String takeTextOrNull() throws LinkException {
    int length = takeInt();
    if (length == -1) {
      return null;
    }
    if (length < 0) {
      throw new LinkException("a text of length " + length);
    }
    need(length);
    count(1);
    String text = StandardCharsets.UTF_8.decode(bytes.slice(bytes.position(), length)).toString();
    bytes.position(bytes.position() + length);
    return text;
  }

  /** All that is left; a view. */
  ByteBuffer takeRest() {
    ByteBuffer rest = bytes.slice();
    bytes.position(bytes.limit());
    return rest;
  }

  /** The message must be used up. */
  void end() throws LinkException {
    if (bytes.hasRemaining()) {
      throw new LinkException(bytes.remaining() + " bytes too many in " + kind);
    }
  }

  private void count(int more) throws LinkException {
    values += more;
    if (values > MAX_VALUES) {
      throw new LinkException("more than " + MAX_VALUES + " values in one answer");
    }
  }

  private void need(int length) throws LinkException {
    if (length > bytes.remaining()) {
      throw new LinkException("a message that ends early, at " + bytes.limit());
    }
  }
}
