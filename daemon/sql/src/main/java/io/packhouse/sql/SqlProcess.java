package io.packhouse.sql;

import io.packhouse.sql.Frames.Frame;
import io.packhouse.sql.Frames.Kind;
import io.packhouse.sql.SqlException.Reason;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A process with DuckDB in it, which makes segments and answers queries over them. It does one
 * thing at a time, for one thread at a time; {@link #close} may be called by any.
 *
 * <p>Where it is told that its process is no more ({@link #isUsable}), another has to be started.
 * All methods throw {@link SqlException}.
 */
public final class SqlProcess implements Closeable {
  private static final System.Logger LOGGER = System.getLogger(SqlProcess.class.getName());

  /** What a worker has to end by itself what it does, before it is ended. */
  static final Duration GRACE = Duration.ofSeconds(2);

  private static final String LOG = "worker.log";
  private static final String CRASH = "crash.log";

  /** Bytes of each that an exception has. */
  private static final int MAX_WORDS = 4_096;

  private final Path folder;
  private final Process process;
  private final Frames frames;

  private volatile @Nullable SqlException ended;
  private volatile boolean background;
  private volatile boolean strained;

  private SqlProcess(Path folder, Process process, boolean background) {
    this.folder = folder;
    this.process = process;
    this.background = background;
    this.frames =
        new Frames(
            new BufferedInputStream(process.getInputStream(), 1 << 16), process.getOutputStream());
  }

  /**
   * Starts one. It has nothing of our environment.
   *
   * @param folder of its own, that is there and empty, for temporary files; it is removed in the
   *     end
   * @param orphaned a folder that is removed when we end and close nothing
   */
  public static SqlProcess start(Path folder, Path orphaned, SqlOptions options)
      throws IOException {
    return start(folder, orphaned, options, null);
  }

  private static SqlProcess start(
      Path folder, Path orphaned, SqlOptions options, @Nullable Path trained) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            WorkerCommand.of(folder, folder.resolve(CRASH), orphaned, options, trained));
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("TZ", "UTC");
    environment.put("HOME", folder.toString());
    builder.redirectError(folder.resolve(LOG).toFile());
    return new SqlProcess(folder, builder.start(), options.background());
  }

  /** Starts one in a new folder of its own. */
  public static SqlProcess startBelow(Path folder, SqlOptions options) throws IOException {
    Path own = PrivateFolder.create(folder, "process-");
    return start(own, own, options);
  }

  /**
   * Starts one that learns: what is asked of it until it {@linkplain #leave leaves} is what others
   * are asked, and what they need for that they find in a cache of classes.
   *
   * @param cache the file to make
   */
  public static SqlProcess startTraining(Path folder, SqlOptions options, Path cache)
      throws IOException {
    return start(folder, folder, options, cache);
  }

  /**
   * Has it end by itself, and waits for that. Nothing may be under way.
   *
   * @throws IOException with what it said, if it failed
   */
  public void leave() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (process.waitFor() != 0) {
      throw lastWords(null);
    }
  }

  /** Whether more can be asked of it. */
  public boolean isUsable() {
    return ended == null && process.isAlive();
  }

  /** Whether what it was asked last has taken much CPU time. */
  public boolean wasStrained() {
    return strained;
  }

  /** What it is asked takes much CPU time, or what it is asked now does not yet. */
  void setStrained(boolean much) {
    strained = much;
    if (much) {
      goToBackground();
    }
  }

  /**
   * Whether all else on the machine goes before it: it was started so, or was sent there, or has
   * had a request that took much CPU time. It stays there.
   */
  public boolean isInBackground() {
    return background;
  }

  /** Has all else on the machine go before it, from now on. May be called by any thread. */
  public void goToBackground() {
    if (background) {
      return;
    }
    background = true;
    try {
      Priority.lower(pid());
    } catch (IOException e) {
      // It answers all the same.
      LOGGER.log(System.Logger.Level.WARNING, "a process of SQL keeps its priority", e);
    }
  }

  /** CPU time that it has taken; zero where the system does not tell. */
  Duration computed() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  private void send(Kind kind, long[] numbers, String... texts) throws IOException {
    try {
      frames.send(kind, numbers, texts);
    } catch (IOException e) {
      throw gone("the query", e);
    }
  }

  private void ask(String what, Kind kind, long[] numbers, String... texts) throws IOException {
    send(kind, numbers, texts);
    if (receive(what).kind() != Kind.DONE) {
      throw new SqlException(Reason.INTERNAL, what + ": the worker answers what was not asked");
    }
  }

  /**
   * Begins a segment of archives.
   *
   * @param file that is not there
   */
  public void create(Path file) throws IOException {
    ask("making tables", Kind.CREATE, new long[0], file.toString());
  }

  /**
   * Adds the tables of an archive to the segment; where that fails, it has nothing of the archive.
   *
   * @param name for its rows
   * @param label what it is called in {@code archives.path}
   * @param id that it must have; any, if empty
   */
  public void load(String name, String label, Path archive, String id) throws IOException {
    ask("loading " + label, Kind.LOAD, new long[0], name, label, archive.toString(), id);
  }

  /** Ends the segment: its file is there now. */
  public void finish() throws IOException {
    ask("finishing the tables", Kind.FINISH, new long[0]);
  }

  /** Makes a segment of others, without what does not count. */
  public void merge(Path file, List<Segment> segments) throws IOException {
    List<String> texts = new ArrayList<>(List.of(file.toString()));
    add(segments, texts);
    ask("merging tables", Kind.MERGE, new long[] {segments.size()}, texts.toArray(String[]::new));
  }

  /** Has queries see these segments and no others. */
  public void open(List<Segment> segments, List<Unready> unready) throws IOException {
    List<String> texts = new ArrayList<>();
    add(segments, texts);
    for (Unready archive : unready) {
      texts.addAll(List.of(archive.archive(), archive.state(), archive.problem()));
    }
    ask(
        "opening the tables",
        Kind.OPEN,
        new long[] {segments.size(), unready.size()},
        texts.toArray(String[]::new));
  }

  private static void add(List<Segment> segments, List<String> texts) {
    for (Segment segment : segments) {
      texts.add(segment.file().toString());
      texts.add(String.valueOf(segment.without().size()));
      texts.addAll(segment.without());
    }
  }

  /**
   * Checks and plans a statement; nothing of it is run.
   *
   * @param time that this may take: what has no column in it DuckDB computes when it plans
   * @param unwanted whether nobody waits for it any more: it has two seconds then
   */
  public StatementPlan plan(String sql, Duration time, BooleanSupplier unwanted)
      throws IOException {
    try (Watch watch = new Watch(this, "planning", time, Duration.ZERO, unwanted)) {
      watch.beginWait();
      send(Kind.PLAN, new long[0], sql);
      byte[] columns = data();
      byte[] parameters = data();
      if (answer("planning").kind() != Kind.DONE) {
        throw new SqlException(Reason.INTERNAL, "the worker answers what was not asked");
      }
      return new StatementPlan(columns, parameters);
    }
  }

  private byte[] data() throws IOException {
    ByteBuffer payload = answer("planning").payload();
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  /**
   * Runs a statement.
   *
   * @param parameters an Arrow IPC stream of one row; nothing for none
   * @return the result as an Arrow IPC stream, which fails with {@link SqlException} where the
   *     query does; until it was read or closed nothing else can be asked. Closed before its end,
   *     it cancels the query
   */
  public InputStream query(String sql, byte[] parameters, SqlLimits limits) throws IOException {
    return run(Kind.QUERY, sql, parameters, limits);
  }

  /**
   * Runs a statement and writes its result as Parquet. From then on DuckDB may use the file's
   * folder, and what is in it, for whatever is asked of this process.
   *
   * @param file in a folder that has nothing else
   * @return nothing: its end is that of the query, and it fails where that does
   */
  public InputStream write(String sql, Path file, SqlLimits limits) throws IOException {
    return run(Kind.WRITE, sql, file.toString().getBytes(StandardCharsets.UTF_8), limits);
  }

  private InputStream run(Kind kind, String sql, byte[] more, SqlLimits limits) throws IOException {
    long[] numbers = {limits.time().toMillis(), limits.rows(), limits.bytes()};
    try {
      frames.send(kind, numbers, sql.getBytes(StandardCharsets.UTF_8), more);
    } catch (IOException e) {
      throw gone("the query", e);
    }
    return new Result(new Watch(this, "the query", limits.time(), GRACE, () -> false));
  }

  /** The next frame; an error is thrown. */
  private Frame receive(String what) throws IOException {
    Frame frame;
    try {
      frame = frames.receive();
    } catch (IOException e) {
      throw gone(what, e);
    }
    if (frame == null) {
      throw gone(what, null);
    }
    if (frame.kind() == Kind.ERROR) {
      SqlException error = new SqlException(Reason.valueOf(frame.text()), frame.text());
      if (error.reason() == Reason.MEMORY) {
        // What it has freed is not all given back, and the next query would have less.
        end(error);
      }
      throw error;
    }
    return frame;
  }

  /** The next frame of what reads tables; where that fails the process is of no more use. */
  private Frame answer(String what) throws IOException {
    try {
      return receive(what);
    } catch (SqlException e) {
      if (e.reason() == Reason.TABLES) {
        end(e);
      }
      throw e;
    }
  }

  /** What the end of the worker means to the caller. */
  private SqlException gone(String what, @Nullable IOException cause) {
    SqlException why = ended;
    if (why == null) {
      why =
          new SqlException(
              Reason.MEMORY,
              what + " ended its process, which is what happens where memory is at its limit",
              lastWords(cause));
      // Its pipes are closed a while before the system reports its end.
      end(why);
    }
    return why;
  }

  /** What the process has left for who looks for the reason. */
  private IOException lastWords(@Nullable IOException cause) {
    StringBuilder words = new StringBuilder();
    try {
      words.append(
          process.waitFor(1, TimeUnit.SECONDS)
              ? "exit code " + process.exitValue()
              : "it has not ended");
      for (String name : List.of(LOG, CRASH)) {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
          try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_WORDS);
            words.append("; ").append(name).append(": ");
            words.append(new String(bytes, StandardCharsets.UTF_8));
          }
        }
      }
    } catch (IOException e) {
      words.append("; and no more is known: ").append(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new IOException(words.toString(), cause);
  }

  /** Ends it, with this for who waits for it. */
  void end(SqlException why) {
    ended = why;
    process.destroyForcibly();
  }

  @Override
  public void close() throws IOException {
    if (ended == null) {
      end(new SqlException(Reason.CLOSED, "the SQL engine is closed"));
    }
    try {
      // Killed, it is gone at once, and lets go of its files before they are removed.
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      frames.close();
    } catch (IOException e) {
      // A pipe to a process that is gone.
      process.exitValue();
    }
    PrivateFolder.delete(folder);
  }

  /**
   * The result of a query, as it comes. Read by one thread; another may close it meanwhile, which
   * ends that read, and then waits for it.
   */
  private final class Result extends InputStream {
    private final Watch watch;

    /** Held by who reads; guards the next two. */
    private final Object reading = new Object();

    private byte[] bytes = {};
    private int at;

    /** Written with this held, so that nothing is cancelled that comes after. */
    private volatile boolean over;

    Result(Watch watch) {
      this.watch = watch;
    }

    private boolean fill() throws IOException {
      while (at == bytes.length && !over) {
        watch.beginWait();
        try {
          Frame frame = answer("the query");
          if (frame.kind() == Kind.DONE) {
            finish();
          } else {
            bytes = new byte[frame.payload().remaining()];
            frame.payload().get(bytes);
            at = 0;
          }
        } catch (IOException e) {
          finish();
          throw e;
        } finally {
          watch.endWait();
        }
      }
      return !over || at < bytes.length;
    }

    private synchronized void finish() {
      over = true;
      watch.close();
    }

    @Override
    public int read() throws IOException {
      synchronized (reading) {
        return fill() ? bytes[at++] & 0xff : -1;
      }
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      synchronized (reading) {
        if (!fill()) {
          return -1;
        }
        int part = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, target, from, part);
        at += part;
        return part;
      }
    }

    /** Cancels what is not over. A worker that does not react is ended. */
    @Override
    public void close() throws IOException {
      try {
        synchronized (this) {
          if (over) {
            return;
          }
          watch.hurry(GRACE);
          send(Kind.CANCEL, new long[0]);
        }
        synchronized (reading) {
          while (fill()) {
            at = bytes.length;
          }
        }
      } catch (SqlException e) {
        if (e.reason() == Reason.INTERNAL) {
          throw e;
        }
      } finally {
        finish();
      }
    }
  }
}
