package io.packhouse.extraction.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin writes to standard output and error: logged line by line, and its end kept for the
 * message about its death. Read all the time, so that the plugin never waits.
 */
final class RunnerOutput {
  private static final System.Logger LOGGER = System.getLogger("io.packhouse.plugins");
  private static final int MAX_LINE = 1_000;
  private static final int MAX_LAST_WORDS = 200;
  private static final int STACK_BYTES = 128 << 10;

  private final String name;
  private final InputStream in;
  private final Thread thread;
  private final byte[] line = new byte[MAX_LINE];
  private volatile @Nullable String lastLine;

  RunnerOutput(String name, Process process) {
    this.name = name;
    this.in = process.getInputStream();
    this.thread = new Thread(null, this::read, "packhouse-plugin-" + name, STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    byte[] bytes = new byte[8 << 10];
    int length = 0;
    try (in) {
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        for (int i = 0; i < read; i++) {
          if (bytes[i] == '\n') {
            said(length);
            length = 0;
          } else if (length < MAX_LINE) {
            line[length++] = bytes[i];
          }
        }
      }
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "output of plugin " + name + " ended", e);
    }
    said(length);
  }

  private void said(int length) {
    String text = new String(line, 0, length, StandardCharsets.UTF_8).strip();
    if (!text.isEmpty()) {
      lastLine = text;
      LOGGER.log(System.Logger.Level.DEBUG, "{0}: {1}", name, text);
    }
  }

  /** Waits until all is read, for a while. */
  void await(long millis) throws InterruptedException {
    thread.join(millis);
  }

  /** The last line, as the end of a message; empty if there is none. */
  String lastWords() {
    String text = lastLine;
    if (text == null) {
      return "";
    }
    return "; its last line was: "
        + (text.length() <= MAX_LAST_WORDS ? text : text.substring(0, MAX_LAST_WORDS) + "…");
  }
}
