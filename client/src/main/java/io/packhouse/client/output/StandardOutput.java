package io.packhouse.client.output;

import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Standard output as a stream and a channel, unbuffered. Every failure is an {@link
 * OutputException}. Used by one thread at a time.
 */
public final class StandardOutput extends OutputStream implements WritableByteChannel {
  private static final int BUFFER_CHARS = 1 << 15;

  private final OutputStream stream;
  private final WritableByteChannel channel;

  /** Writes to a stream, through its channel where it has one. */
  public StandardOutput(OutputStream stream) {
    this.stream = stream;
    this.channel =
        stream instanceof FileOutputStream file ? file.getChannel() : Channels.newChannel(stream);
  }

  /** A buffered writer in UTF-8; whoever takes it flushes it. */
  public Writer newWriter() {
    return new BufferedWriter(new OutputStreamWriter(this, StandardCharsets.UTF_8), BUFFER_CHARS);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    try {
      return channel.write(bytes);
    } catch (IOException e) {
      throw new OutputException(e);
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      stream.write(bytes, offset, length);
    } catch (IOException e) {
      throw new OutputException(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      stream.flush();
    } catch (IOException e) {
      throw new OutputException(e);
    }
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Flushes; the stream stays open, since it is the process's. */
  @Override
  public void close() throws IOException {
    flush();
  }
}
