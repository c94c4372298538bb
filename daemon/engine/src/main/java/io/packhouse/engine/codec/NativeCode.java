package io.packhouse.engine.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.util.Native;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.fs.system.SystemFileAccess;
import org.jspecify.annotations.Nullable;

/**
 * Loads native code ahead of its first use, which takes a tenth of a second in all. Thread-safe.
 */
public final class NativeCode {
  private NativeCode() {}

  /**
   * Starts a daemon thread that loads what packing needs, so that the process can do something else
   * meanwhile. What cannot be loaded is for its first user to find.
   */
  public static void preloadForPacking() {
    start(
        () -> {
          SystemFileAccess.instance();
          Blake3.system();
          Zstd.maxCompressionLevel();
        });
  }

  /**
   * Likewise what reading needs. An archive cannot be opened without a digest, and its index not
   * decoded without zstd: so these are loaded side by side.
   *
   * @param files whether files are written, or read beside the archive
   */
  public static void preloadForReading(boolean files) {
    start(
        () -> {
          Blake3.system();
          if (files) {
            SystemFileAccess.instance();
          }
        });
    start(Zstd::maxCompressionLevel);
  }

  /**
   * Why zstd's library, without which nothing works, cannot be loaded. Null where it is there. Who
   * needs it gets a {@link LinkageError} first, and later ones that tell nothing.
   */
  public static @Nullable String zstdProblem() {
    try {
      Native.load();
      return null;
    } catch (LinkageError | RuntimeException e) {
      return "its library cannot be loaded: " + e.getMessage();
    }
  }

  /** What to do about it. */
  public static String zstdRemedy() {
    return "it is unpacked to "
        + System.getProperty("java.io.tmpdir")
        + ", which must have 2 MB of room, be writable and not mounted noexec; set another by"
        + " PACKHOUSE_JAVA_OPTS=-Djava.io.tmpdir=DIR";
  }

  private static void start(Runnable loading) {
    Thread thread = new Thread(() -> load(loading), "packhouse-preload");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load(Runnable loading) {
    try {
      loading.run();
    } catch (RuntimeException | LinkageError e) {
      System.getLogger(NativeCode.class.getName())
          .log(System.Logger.Level.DEBUG, "preloading failed", e);
    }
  }
}
