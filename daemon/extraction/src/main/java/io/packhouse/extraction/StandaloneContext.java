package io.packhouse.extraction;

import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import org.jspecify.annotations.Nullable;

/** A context for one file outside of any tree: it opens archives, and there are no siblings. */
public final class StandaloneContext implements ExtractionContext {

  private final ExtractionLimits limits;
  private final ArchiveOpener archives;

  /** A context with these limits, of which nothing is used up. */
  public StandaloneContext(ExtractionLimits limits, ArchiveOpener archives) {
    this.limits = limits;
    this.archives = archives;
  }

  /** A context for one extraction, with an opener of its own whose time starts now. */
  public static StandaloneContext of(ExtractionLimits limits) {
    return new StandaloneContext(limits, new SafeArchiveOpener(limits));
  }

  @Override
  public @Nullable PackageFile sibling(String relativePath) {
    return null;
  }

  @Override
  public ArchiveOpener archives() {
    return archives;
  }

  @Override
  public ExtractionLimits limits() {
    return limits;
  }
}
