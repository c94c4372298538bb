package io.packhouse.engine.codec;

import com.github.luben.zstd.Zstd;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.fs.system.SystemFileAccess;

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
