package io.packhouse.sql.worker;

import io.packhouse.sql.Frames;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/**
 * A query under way, from its text to the last batch of its result. {@link #stop} may be called
 * from any thread; the rest belongs to one.
 */
final class Query {
  private static final long BATCH_ROWS = 8_192;
  private static final long BATCH_BYTES = 3L << 20;

  private final Frames frames;
  private final SqlLimits limits;
  private final BufferAllocator allocator;
  private @Nullable PreparedStatement running;
  private @Nullable SqlException stopped;
  private long rows;
  private long bytes;

  /** When what is counted began; 0 while the caller is waited for. */
  private long since = System.nanoTime();

  private long counted;

  Query(Frames frames, SqlLimits limits, BufferAllocator allocator) {
    this.frames = frames;
    this.limits = limits;
    this.allocator = allocator;
  }

  /** Has the query end, with this for the caller. The first wins. */
  synchronized void stop(SqlException why) throws SQLException {
    if (stopped == null) {
      stopped = why;
    }
    if (running != null) {
      running.cancel();
    }
  }

  /** Until it is closed, which must be before the statement is, the statement can be cancelled. */
  private final class Running implements AutoCloseable {
    Running(PreparedStatement statement) throws SqlException {
      synchronized (Query.this) {
        throwIfStopped();
        running = statement;
      }
    }

    @Override
    public void close() {
      synchronized (Query.this) {
        running = null;
      }
    }
  }

  private synchronized void throwIfStopped() throws SqlException {
    if (stopped != null) {
      throw stopped;
    }
  }

  /** Why the query was stopped; null if it was not. */
  synchronized @Nullable SqlException stopped() {
    return stopped;
  }

  /** Nanoseconds of work, without those in which the caller was waited for. */
  private synchronized long worked() {
    return counted + (since == 0 ? 0 : System.nanoTime() - since);
  }

  private synchronized void pause() {
    counted += System.nanoTime() - since;
    since = 0;
  }

  private synchronized void resume() {
    since = System.nanoTime();
  }

  boolean isOverdue() {
    return worked() > limits.time().toNanos();
  }

  /** What to stop it with then. */
  SqlException late() {
    return SqlException.late("the query", limits.time());
  }

  /** Runs it and sends its result. */
  void run(Database database, String sql, byte[] values) throws SQLException, IOException {
    String plain = database.plan(sql).sql();
    Parameters parameters = Parameters.read(values, allocator);
    try {
      PreparedStatement statement = database.take(plain);
      boolean whole = false;
      try (Running _ = new Running(statement)) {
        send(statement, parameters);
        whole = true;
      } finally {
        if (whole) {
          database.give(plain, statement);
        } else {
          statement.close();
        }
      }
    } catch (SqlException e) {
      throw e;
    } catch (SQLException | IOException e) {
      explain(database.connection(), plain, parameters);
      throw e;
    }
  }

  private void send(PreparedStatement statement, Parameters parameters)
      throws SQLException, IOException {
    parameters.bind(statement);
    try (DuckDBResultSet result = (DuckDBResultSet) statement.executeQuery();
        ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
      send(reader);
    }
  }

  /** Runs it and writes its result as Parquet; the statement that does so is ours alone. */
  void write(Database database, String sql, Path file) throws SQLException, SqlException {
    String plain = database.plan(sql).sql();
    String copy =
        "COPY (\n"
            + plain
            + "\n) TO "
            + Tables.text(file.toString())
            + " (FORMAT parquet, COMPRESSION zstd)";
    try (PreparedStatement statement = database.connection().prepareStatement(copy);
        Running _ = new Running(statement)) {
      check(statement.executeLargeUpdate());
    }
  }

  /** Runs what failed once more: of a result that comes as it is made DuckDB tells no reason. */
  private void explain(DuckDBConnection connection, String sql, Parameters parameters)
      throws SQLException, SqlException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        Running _ = new Running(statement)) {
      parameters.bind(statement);
      statement.executeQuery().close();
    }
  }

  private void send(ArrowReader reader) throws IOException {
    try (Sending out = new Sending();
        WriteChannel channel = new WriteChannel(Channels.newChannel(out))) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      MessageSerializer.serialize(channel, root.getSchema());
      while (reader.loadNextBatch()) {
        check(root.getRowCount());
        sendRows(root, channel);
      }
      channel.writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
      channel.writeIntLittleEndian(0);
    }
  }

  private void check(long further) throws SqlException {
    throwIfStopped();
    rows += further;
    if (rows > limits.rows()) {
      throw new SqlException(
          Reason.LIMIT, "the result has more rows than its limit of " + limits.rows());
    }
  }

  /** A batch, in several where it is large: a message of gRPC has 4 MiB at most. */
  private void sendRows(VectorSchemaRoot root, WriteChannel channel) throws IOException {
    long size = root.getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
    int all = root.getRowCount();
    int step = Math.clamp(all * BATCH_BYTES / Math.max(size, 1), 1, Math.max(all, 1));
    for (int from = 0; from < all; from += step) {
      if (step >= all) {
        sendBatch(root, channel);
      } else {
        try (VectorSchemaRoot part = root.slice(from, Math.min(step, all - from))) {
          sendBatch(part, channel);
        }
      }
    }
  }

  private static void sendBatch(VectorSchemaRoot root, WriteChannel channel) throws IOException {
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      MessageSerializer.serialize(channel, batch);
    }
  }

  /** Bytes of the result, counted; while they are sent, time is not. */
  private final class Sending extends OutputStream {
    private final byte[] buffer = new byte[64 << 10];
    private int filled;

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
      for (int at = from, end = from + length; at < end; ) {
        int part = Math.min(end - at, buffer.length - filled);
        System.arraycopy(source, at, buffer, filled, part);
        filled += part;
        at += part;
        if (filled == buffer.length) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      bytes += filled;
      if (bytes > limits.bytes()) {
        throw new SqlException(
            Reason.LIMIT, "the result has more bytes than its limit of " + limits.bytes());
      }
      pause();
      try {
        frames.send(Frames.Kind.DATA, buffer, 0, filled);
      } finally {
        resume();
      }
      filled = 0;
    }

    @Override
    public void close() throws IOException {
      if (filled > 0) {
        flush();
      }
    }
  }
}
