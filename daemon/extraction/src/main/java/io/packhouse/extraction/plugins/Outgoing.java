package io.packhouse.extraction.plugins;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that is being put together: its length in four bytes, its kind, then what the kind has.
 * Big-endian; a text is its length in bytes, −1 for null, and UTF-8. Reused message by message.
 */
final class Outgoing {
  private byte[] bytes = new byte[1 << 12];
  private int length;

  /** Begins a message. */
  Outgoing begin(MessageKind kind) {
    length = Integer.BYTES;
    return putByte(kind.ordinal());
  }

  Outgoing putByte(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  Outgoing putFlag(boolean value) {
    return putByte(value ? 1 : 0);
  }

  Outgoing putInt(int value) {
    room(Integer.BYTES);
    ByteBuffer.wrap(bytes).putInt(length, value);
    length += Integer.BYTES;
    return this;
  }

  Outgoing putLong(long value) {
    room(Long.BYTES);
    ByteBuffer.wrap(bytes).putLong(length, value);
    length += Long.BYTES;
    return this;
  }

  Outgoing putText(@Nullable String value) {
    if (value == null) {
      return putInt(-1);
    }
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    putInt(text.length);
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  /** Room for so many bytes at the message's end, to be filled before anything else is put. */
  ByteBuffer putRoom(int count) {
    room(count);
    ByteBuffer place = ByteBuffer.wrap(bytes, length, count);
    length += count;
    return place;
  }

  /**
   * The message as it goes over the link; valid until the next is begun.
   *
   * @throws IllegalArgumentException if it is longer than a message may be
   */
  ByteBuffer finish() {
    ByteBuffer message = ByteBuffer.wrap(bytes, 0, length);
    message.putInt(0, length - Integer.BYTES);
    return message;
  }

  private void room(int count) {
    if (count > Link.MAX_MESSAGE_BYTES + Integer.BYTES - length) {
      throw new IllegalArgumentException(
          "more than " + Link.MAX_MESSAGE_BYTES + " bytes of metadata");
    }
    if (count > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
  }
}
