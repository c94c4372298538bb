package io.packhouse.client.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A line on a terminal that is drawn over, at most ten times a second. Where it is not shown, every
 * call does nothing. Thread-safe.
 */
public final class ProgressLine implements AutoCloseable {
  private static final long PERIOD_NANOS = 100_000_000;
  private static final int DEFAULT_COLUMNS = 80;

  private final OutputStream terminal;
  private final boolean shown;
  private final int columns;
  private final LongSupplier clock;
  private final long start;
  private long last;
  private boolean drawn;
  private boolean closed;

  /** A line on standard error, which is shown if that is a terminal that can. */
  public ProgressLine(Streams streams, boolean wanted) {
    this(streams, wanted, System::nanoTime);
  }

  ProgressLine(Streams streams, boolean wanted, LongSupplier clock) {
    this.terminal = streams.err();
    this.shown = wanted && streams.errIsTerminal() && !"dumb".equals(streams.variable("TERM"));
    this.clock = clock;
    this.start = clock.getAsLong();
    this.last = start;
    this.columns = columns(streams.variable("COLUMNS"));
  }

  private static int columns(@Nullable String value) {
    try {
      return value == null ? DEFAULT_COLUMNS : Math.clamp(Integer.parseInt(value), 20, 1_000);
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }

  /** Whether anything is to be seen of it; where not, nothing need be measured. */
  public boolean isShown() {
    return shown;
  }

  /**
   * Draws how far work is.
   *
   * @param totalBytes of all; negative where not known (yet)
   */
  public synchronized void update(String verb, long entries, long bytes, long totalBytes) {
    long now = clock.getAsLong();
    if (!shown || closed || now - last < PERIOD_NANOS) {
      return;
    }
    last = now;
    draw(text(verb, entries, bytes, totalBytes, now - start));
  }

  static String text(String verb, long entries, long bytes, long totalBytes, long elapsedNanos) {
    double seconds = elapsedNanos / 1e9;
    StringBuilder text = new StringBuilder(verb);
    text.append("  ").append(Numbers.count(entries)).append(entries == 1 ? " entry" : " entries");
    text.append("  ").append(Numbers.bytes(bytes));
    if (totalBytes >= 0) {
      text.append(" of ").append(Numbers.bytes(totalBytes));
    }
    double rate = seconds > 0 ? bytes / seconds : 0;
    text.append("  ").append(Numbers.bytes((long) rate)).append("/s");
    if (totalBytes >= bytes && rate >= 1) {
      long left = (long) Math.ceil((totalBytes - bytes) / rate);
      text.append("  ").append(Numbers.clock(left)).append(" left");
    }
    return text.toString();
  }

  private void draw(String text) {
    String cut = text.length() < columns ? text : text.substring(0, columns - 1);
    drawn = true;
    send("\r" + cut + "\u001b[K");
  }

  private void send(String text) {
    try {
      terminal.write(text.getBytes(StandardCharsets.UTF_8));
      terminal.flush();
    } catch (IOException e) {
      closed = true; // progress nobody can see is no reason to fail the work
    }
  }

  /** Wipes the line. Nothing is drawn any more. */
  @Override
  public synchronized void close() {
    if (drawn && !closed) {
      send("\r\u001b[K");
    }
    closed = true;
  }
}
