package io.packhouse.extraction.plugins;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One end of the socket between host and runner. One thread at a time, but for {@link #close},
 * which ends what another thread waits for.
 */
final class Link implements Closeable {
  /** More than any metadata that a host takes. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** What a message takes before it has come: the rest is taken as it comes. */
  private static final int FIRST_BYTES = 128 << 10;

  private final SocketChannel channel;
  private final ByteBuffer socketBytes = ByteBuffer.allocateDirect(FIRST_BYTES).limit(0);
  private final Outgoing outgoing = new Outgoing();
  private byte[] message = new byte[FIRST_BYTES];

  /** Over a connected, blocking channel, which it closes. */
  Link(SocketChannel channel) {
    this.channel = channel;
  }

  /** Begins a message, to be sent by {@link #send}. */
  Outgoing begin(MessageKind kind) {
    return outgoing.begin(kind);
  }

  /** Sends what was begun last. */
  void send() throws IOException {
    ByteBuffer bytes = outgoing.finish();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Waits for a message.
   *
   * @return valid until the next is waited for
   * @throws EOFException if the other end is gone
   * @throws LinkException if it is no message
   */
  Incoming receive() throws IOException {
    fill(message, 0, Integer.BYTES);
    int length = ByteBuffer.wrap(message).getInt();
    if (length < 1 || length > MAX_MESSAGE_BYTES) {
      throw new LinkException("a message of " + length + " bytes");
    }
    if (message.length > FIRST_BYTES && length <= FIRST_BYTES) {
      message = new byte[FIRST_BYTES];
    }
    int filled = 0;
    while (filled < length) {
      if (filled == message.length) {
        message = Arrays.copyOf(message, Math.min(2 * message.length, MAX_MESSAGE_BYTES));
      }
      int part = Math.min(length, message.length) - filled;
      fill(message, filled, part);
      filled += part;
    }
    return new Incoming(ByteBuffer.wrap(message, 0, length));
  }

  private void fill(byte[] target, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (!socketBytes.hasRemaining()) {
        socketBytes.clear();
        int read = channel.read(socketBytes);
        socketBytes.flip();
        if (read < 0) {
          throw new EOFException("the other end is gone");
        }
      }
      int part = Math.min(socketBytes.remaining(), end - at);
      socketBytes.get(target, at, part);
      at += part;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
