package io.packhouse.engine.extract;

import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionLimits;

/** Makes the openers of archives that extractors are given. Thread-safe. */
@FunctionalInterface
public interface ArchiveOpeners {

  /** For hosts whose extractors open none: they end with an error where they try. */
  ArchiveOpeners NONE = limits -> ExtractionContext.NONE.archives();

  /**
   * An opener for one extraction, of whose limits nothing is used up; the time runs from now on.
   * One that is {@link AutoCloseable} is closed when the extraction has ended.
   */
  ArchiveOpener open(ExtractionLimits limits);
}
