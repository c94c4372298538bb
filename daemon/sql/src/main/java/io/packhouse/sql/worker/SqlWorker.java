package io.packhouse.sql.worker;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.sql.Frames;
import io.packhouse.sql.Frames.Frame;
import io.packhouse.sql.Frames.Kind;
import io.packhouse.sql.Priority;
import io.packhouse.sql.PrivateFolder;
import io.packhouse.sql.Segment;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.Unready;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Main of the worker's JVM. One thread reads requests, so that a cancellation and the end of the
 * caller are seen at once; another looks at the clock; the main thread does the work.
 */
public final class SqlWorker {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Limits limits;
  private final Path orphaned;
  private final Frames frames;
  private final BlockingQueue<Frame> requests = new LinkedBlockingQueue<>();
  private final BufferAllocator allocator = new RootAllocator();
  private @Nullable SegmentWriter writer;
  private @Nullable Database database;
  private volatile @Nullable Query query;

  /** Queries that came, of the thread that reads; those begun, of the main one. */
  private long received;

  private long begun;

  /** Up to this of those that came they are cancelled, begun or not. */
  private volatile long cancelled;

  private SqlWorker(Limits limits, Path orphaned, Frames frames) {
    this.limits = limits;
    this.orphaned = orphaned;
    this.frames = frames;
  }

  /**
   * Works until standard input ends.
   *
   * @param args folder, folder to remove where the caller ends, bytes of memory, bytes of disk,
   *     threads, whether in the background
   */
  public static void main(String[] args) throws Exception {
    long memory = Long.parseLong(args[2]);
    ProcessLimits.set(memory);
    if (Boolean.parseBoolean(args[5])) {
      Priority.lower(ProcessHandle.current().pid());
    }
    Frames frames =
        new Frames(
            new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    // What a library prints is no frame.
    System.setOut(System.err);
    Limits limits =
        new Limits(Path.of(args[0]), memory, Long.parseLong(args[3]), Integer.parseInt(args[4]));
    SqlWorker worker = new SqlWorker(limits, Path.of(args[1]), frames);
    worker.start("packhouse-sql-requests", worker::receive);
    worker.start("packhouse-sql-clock", worker::watch);
    worker.work();
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
          cancelled = received;
          stop(cancellation());
        } else {
          received += isQuery(frame.kind()) ? 1 : 0;
          requests.add(frame);
        }
      }
      // The caller is gone, and perhaps had no time to clean up.
      PrivateFolder.delete(orphaned);
      Runtime.getRuntime().halt(0);
    } catch (IOException | SQLException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static boolean isQuery(Kind request) {
    return request == Kind.QUERY || request == Kind.WRITE;
  }

  private static boolean isReading(Kind request) {
    return request == Kind.OPEN || request == Kind.PLAN || request == Kind.QUERY;
  }

  private static SqlException cancellation() {
    return new SqlException(Reason.CANCELLED, "the query was cancelled");
  }

  private void watch() {
    while (true) {
      LockSupport.parkNanos(TICK_NANOS);
      Query current = query;
      if (current != null && current.isOverdue() && current.stopped() == null) {
        try {
          stop(current.late());
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

  private void work() throws IOException, InterruptedException {
    while (true) {
      Frame request = requests.take();
      try {
        answer(request);
        frames.send(Kind.DONE);
      } catch (Exception | ExceptionInInitializerError e) {
        SqlException failure = failure(e, request.kind());
        frames.send(Kind.ERROR, failure.reason().name(), String.valueOf(failure.getMessage()));
      } finally {
        query = null;
      }
    }
  }

  private void answer(Frame request) throws IOException, SQLException {
    switch (request.kind()) {
      case CREATE -> create(Path.of(request.text())).begin();
      case LOAD -> {
        String name = request.text();
        String label = request.text();
        writer().load(name, label, Path.of(request.text()), request.text());
      }
      case FINISH -> finish();
      case MERGE -> {
        long segments = request.payload().getLong();
        create(Path.of(request.text())).merge(segments(request, segments));
        finish();
      }
      case OPEN -> open(request);
      case PLAN -> {
        PlannedStatement plan = database().plan(request.text());
        for (Schema schema : List.of(plan.columns(), plan.parameters())) {
          byte[] message = serialize(schema);
          frames.send(Kind.DATA, message, 0, message.length);
        }
      }
      case QUERY -> {
        Query next = newQuery(request);
        next.run(database(), request.text(), request.bytes());
      }
      case WRITE -> {
        Query next = newQuery(request);
        String sql = request.text();
        Path file = Path.of(request.text());
        next.write(database(Objects.requireNonNull(file.getParent())), sql, file);
      }
      case CANCEL, DONE, ERROR, DATA -> throw new IOException("no request: " + request.kind());
    }
  }

  private Query newQuery(Frame request) throws SQLException {
    Duration time = Duration.ofMillis(request.payload().getLong());
    long rows = request.payload().getLong();
    SqlLimits most = new SqlLimits(time, rows, request.payload().getLong());
    Query next = new Query(frames, most, allocator);
    query = next;
    // One of the two sees the other: both are volatile, and each side writes before it reads.
    if (cancelled >= ++begun) {
      next.stop(cancellation());
    }
    return next;
  }

  /** Begins a segment; one that was not finished is given up. */
  private SegmentWriter create(Path file) throws IOException, SQLException {
    if (writer != null) {
      writer.close();
    }
    SegmentWriter next = SegmentWriter.create(limits, file, allocator);
    writer = next;
    return next;
  }

  private void finish() throws IOException, SQLException {
    writer().finish();
    writer = null;
  }

  private SegmentWriter writer() {
    return Objects.requireNonNull(writer, "no segment is made");
  }

  private Database database() {
    return Objects.requireNonNull(database, "nothing is opened");
  }

  private void open(Frame request) throws IOException, SQLException {
    long segments = request.payload().getLong();
    long archives = request.payload().getLong();
    List<Segment> files = segments(request, segments);
    List<Unready> unready = new ArrayList<>();
    for (long i = 0; i < archives; i++) {
      unready.add(new Unready(request.text(), request.text(), request.text()));
    }
    open(files, unready, null);
  }

  private void open(List<Segment> files, List<Unready> unready, @Nullable Path writable)
      throws IOException, SQLException {
    Database before = database;
    if (before != null) {
      database = null;
      before.close();
    }
    database = Database.open(limits, files, unready, writable);
  }

  /** What is opened, with a folder that it may use. */
  private Database database(Path writable) throws IOException, SQLException {
    Database present = database();
    if (!writable.equals(present.writable())) {
      open(present.segments(), present.unready(), writable);
    }
    return database();
  }

  private static List<Segment> segments(Frame request, long count) throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Path file = Path.of(request.text());
      Set<String> without = new HashSet<>();
      for (int left = Integer.parseInt(request.text()); left > 0; left--) {
        without.add(request.text());
      }
      segments.add(new Segment(file, without));
    }
    return segments;
  }

  private static byte[] serialize(Schema schema) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    return bytes.toByteArray();
  }

  private SqlException failure(Throwable e, Kind request) {
    boolean asks = request == Kind.PLAN || isQuery(request);
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
    String message = Messages.plain(e, limits.folder());
    if (Messages.isNoRoom(message)) {
      return new SqlException(
          Reason.DISK,
          (asks ? "the query needs temporary files" : "the tables are files")
              + ", and the disk that they would be on is full",
          e);
    }
    if (Messages.isMemory(message)) {
      return new SqlException(
          Reason.MEMORY, (asks ? "the query" : "loading") + " needs more memory than its limit", e);
    }
    if (isReading(request) && Messages.isOfTables(e)) {
      e.printStackTrace();
      return new SqlException(Reason.TABLES, message, e);
    }
    if (asks && Messages.isStatement(e)) {
      return new SqlException(Reason.STATEMENT, message, e);
    }
    if (!asks && e instanceof IOException) {
      return new SqlException(Reason.ARCHIVE, message, e);
    }
    e.printStackTrace();
    return new SqlException(Reason.INTERNAL, message, e);
  }
}
