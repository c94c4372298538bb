package io.packhouse.extraction.plugins;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an extractor in a runner is given. Archives are opened here, siblings by the host. */
final class RunnerContext implements ExtractionContext, AutoCloseable {
  /** Siblings that are remembered with their first bytes. */
  private static final int MAX_REMEMBERED = 64;

  private final Asking asking;
  private final ExtractionLimits limits;
  private final Function<ExtractionLimits, ArchiveOpener> openers;

  @GuardedBy("this")
  private final Map<String, RemoteFile> siblings = new HashMap<>();

  @GuardedBy("this")
  private @Nullable ArchiveOpener archives;

  RunnerContext(
      Asking asking, ExtractionLimits limits, Function<ExtractionLimits, ArchiveOpener> openers) {
    this.asking = asking;
    this.limits = limits;
    this.openers = openers;
  }

  @Override
  public synchronized @Nullable PackageFile sibling(String relativePath) throws IOException {
    RemoteFile before = siblings.get(relativePath);
    if (before != null) {
      return before;
    }
    RemoteFile file = asking.sibling(relativePath);
    if (file != null && siblings.size() < MAX_REMEMBERED) {
      siblings.put(relativePath, file);
    }
    return file;
  }

  @Override
  public byte @Nullable [] digest(String relativePath, String algorithm) throws IOException {
    return asking.digest(relativePath, algorithm);
  }

  @Override
  public synchronized ArchiveOpener archives() {
    if (archives == null) {
      archives = openers.apply(limits);
    }
    return archives;
  }

  @Override
  public ExtractionLimits limits() {
    return limits;
  }

  @Override
  public synchronized void close() {
    if (archives instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        System.err.println("closing what an extractor left open failed: " + e);
      }
    }
  }
}
