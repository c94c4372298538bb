package io.packhouse.sql;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What engine and worker say to each other: frames of a byte that tells the kind, an int of the
 * length, and so many bytes, big-endian. Texts in them are an int of the length and UTF-8.
 */
public final class Frames implements Closeable {
  /** Kinds of frames. */
  public enum Kind {
    /** To the worker: path of a segment to make; archives follow. */
    CREATE,
    /** To the worker: name, label, path and id of an archive for the segment. */
    LOAD,
    /** To the worker: the segment has all archives. */
    FINISH,
    /** To the worker: path of a segment to make of others, which follow as in OPEN. */
    MERGE,
    /**
     * To the worker: what queries are to see. The number of segments and of archives that are not
     * ready; of each segment its path, the number of archives that do not count, and their names;
     * of each archive its name, state and problem.
     */
    OPEN,
    /** To the worker: a statement to plan; the schemas of result and parameters come as DATA. */
    PLAN,
    /** To the worker: milliseconds, rows, bytes that a query may take, its SQL, its parameters. */
    QUERY,
    /** To the worker: as QUERY, but the result becomes a Parquet file of this path. */
    WRITE,
    /** To the worker: end the query that is under way, if there is one. */
    CANCEL,
    /** From the worker: what was asked is done. */
    DONE,
    /** From the worker: the name of a {@link SqlException.Reason}, and a message. */
    ERROR,
    /** From the worker: bytes of an Arrow IPC stream. */
    DATA
  }

  /** A frame's payload. */
  public static final int MAX_LENGTH = 64 << 20;

  private static final Kind[] KINDS = Kind.values();

  /** A frame that was read. */
  public record Frame(Kind kind, ByteBuffer payload) {
    /** The next text of the payload. */
    public String text() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The next text of the payload, or what is sent as such, as bytes. */
    public byte[] bytes() throws IOException {
      if (payload.remaining() < Integer.BYTES) {
        throw new EOFException("a frame ends before its text");
      }
      int length = payload.getInt();
      if (length < 0 || length > payload.remaining()) {
        throw new IOException("a text of " + length + " bytes in a frame of less");
      }
      byte[] bytes = new byte[length];
      payload.get(bytes);
      return bytes;
    }
  }

  private final DataInputStream in;
  private final DataOutputStream out;

  public Frames(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = new DataOutputStream(out);
  }

  /** Sends a frame of numbers and then texts. */
  public void send(Kind kind, long[] numbers, String... texts) throws IOException {
    byte[][] encoded = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    send(kind, numbers, encoded);
  }

  /** Sends a frame of numbers and then texts, or what is sent as such. */
  public void send(Kind kind, long[] numbers, byte[]... encoded) throws IOException {
    int length = numbers.length * Long.BYTES;
    for (byte[] text : encoded) {
      length = Math.addExact(length, Integer.BYTES + text.length);
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    for (long number : numbers) {
      payload.putLong(number);
    }
    for (byte[] text : encoded) {
      payload.putInt(text.length).put(text);
    }
    send(kind, payload.array(), 0, length);
  }

  /** Sends a frame of texts. */
  public void send(Kind kind, String... texts) throws IOException {
    send(kind, new long[0], texts);
  }

  /** Sends a frame of bytes. */
  public synchronized void send(Kind kind, byte[] bytes, int from, int length) throws IOException {
    out.writeByte(kind.ordinal());
    out.writeInt(length);
    out.write(bytes, from, length);
    out.flush();
  }

  /** Reads a frame; null at the end of the stream. */
  public @Nullable Frame receive() throws IOException {
    int kind = in.read();
    if (kind < 0) {
      return null;
    }
    int length = in.readInt();
    if (kind >= KINDS.length || length < 0 || length > MAX_LENGTH) {
      throw new IOException("no frame of ours: kind " + kind + ", length " + length);
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new Frame(KINDS[kind], ByteBuffer.wrap(bytes));
  }

  @Override
  public void close() throws IOException {
    try (in) {
      out.close();
    }
  }
}
