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
   * Starts a daemon thread that loads everything, so that a process that will need it can do
   * something else meanwhile. What cannot be loaded is for its first user to find.
   */
  public static void preload() {
    Thread thread = new Thread(NativeCode::load, "packhouse-preload");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load() {
    try {
      SystemFileAccess.instance();
      Blake3.system();
      Zstd.maxCompressionLevel();
    } catch (RuntimeException | LinkageError e) {
      System.getLogger(NativeCode.class.getName())
          .log(System.Logger.Level.DEBUG, "preloading failed", e);
    }
  }
}
