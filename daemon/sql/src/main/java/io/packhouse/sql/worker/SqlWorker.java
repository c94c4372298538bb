package io.packhouse.sql.worker;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.sql.Frames;
import io.packhouse.sql.Frames.Frame;
import io.packhouse.sql.Frames.Kind;
import io.packhouse.sql.PrivateFolder;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Main of the worker's JVM. One thread reads requests, so that a cancellation and the end of the
 * caller are seen at once; another looks at the clock; the main thread does the work.
 */
public final class SqlWorker {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Path folder;
  private final Frames frames;
  private final BlockingQueue<Frame> requests = new LinkedBlockingQueue<>();
  private final BufferAllocator allocator = new RootAllocator();
  private final StatementCheck check = new StatementCheck();
  private volatile @Nullable Query query;

  private SqlWorker(Path folder, Frames frames) {
    this.folder = folder;
    this.frames = frames;
  }

  /**
   * Works until standard input ends.
   *
   * @param args folder, bytes of memory, bytes of disk, threads
   */
  public static void main(String[] args) throws Exception {
    long memory = Long.parseLong(args[1]);
    ProcessLimits.set(memory);
    Frames frames =
        new Frames(
            new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    // What a library prints is no frame.
    System.setOut(System.err);
    SqlWorker worker = new SqlWorker(Path.of(args[0]), frames);
    worker.start("packhouse-sql-requests", worker::receive);
    worker.start("packhouse-sql-clock", worker::watch);
    try (Database database =
        new Database(worker.folder, memory, Long.parseLong(args[2]), Integer.parseInt(args[3]))) {
      Tables tables = new Tables(database.connection(), worker.allocator);
      if (!database.isSealed()) {
        tables.create();
      }
      worker.work(database, tables);
    }
  }

  private void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void receive() {
    try {
      for (Frame frame = frames.receive(); frame != null; frame = frames.receive()) {
        if (frame.kind() == Kind.CANCEL) {
          stop(new SqlException(Reason.CLOSED, "cancelled"));
        } else {
          requests.add(frame);
        }
      }
      // The caller is gone, and perhaps had no time to clean up.
      PrivateFolder.delete(folder);
      Runtime.getRuntime().halt(0);
    } catch (IOException | SQLException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private void watch() {
    while (true) {
      LockSupport.parkNanos(TICK_NANOS);
      Query current = query;
      if (current != null && current.isOverdue() && current.stopped() == null) {
        try {
          stop(new SqlException(Reason.LIMIT, "the query takes longer than its limit of time"));
        } catch (SQLException e) {
          e.printStackTrace();
          Runtime.getRuntime().halt(1);
        }
      }
    }
  }

  private void stop(SqlException why) throws SQLException {
    Query current = query;
    if (current != null) {
      current.stop(why);
    }
  }

  private void work(Database database, Tables tables) throws IOException, InterruptedException {
    while (true) {
      Frame request = requests.take();
      try {
        answer(database, tables, request);
        frames.send(Kind.DONE);
      } catch (Exception e) {
        SqlException failure = failure(e);
        frames.send(Kind.ERROR, failure.reason().name(), String.valueOf(failure.getMessage()));
      } finally {
        query = null;
      }
    }
  }

  private void answer(Database database, Tables tables, Frame request)
      throws IOException, SQLException {
    switch (request.kind()) {
      case LOAD -> tables.load(request.text(), Path.of(request.text()));
      case SEAL -> {
        if (!database.isSealed()) {
          database.seal(tables);
        }
      }
      case QUERY -> {
        Duration time = Duration.ofMillis(request.payload().getLong());
        long rows = request.payload().getLong();
        SqlLimits limits = new SqlLimits(time, rows, request.payload().getLong());
        Query next = new Query(frames, limits, allocator);
        query = next;
        next.run(database, check, request.text());
      }
      case CANCEL, DONE, ERROR, DATA -> throw new IOException("no request: " + request.kind());
    }
  }

  private SqlException failure(Exception e) {
    Query current = query;
    SqlException stopped = current == null ? null : current.stopped();
    if (stopped != null) {
      return stopped;
    }
    if (e instanceof SqlException failure) {
      return failure;
    }
    if (e instanceof CorruptArchiveException) {
      return new SqlException(Reason.DAMAGED, String.valueOf(e.getMessage()), e);
    }
    String message = Messages.plain(e, folder);
    if (Messages.isMemory(message)) {
      return new SqlException(
          Reason.MEMORY,
          (current == null ? "loading" : "the query") + " needs more memory than its limit",
          e);
    }
    if (current != null && Messages.isStatement(e)) {
      return new SqlException(Reason.STATEMENT, message, e);
    }
    if (current == null && e instanceof IOException) {
      return new SqlException(Reason.ARCHIVE, message, e);
    }
    e.printStackTrace();
    return new SqlException(Reason.INTERNAL, message, e);
  }
}
