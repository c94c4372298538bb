package io.packhouse.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the host offers to one extraction. Valid until {@link PackageExtractor#extract} returns. */
public interface ExtractionContext {

  /**
   * No siblings, no opener, and {@link ExtractionLimits#DEFAULT}: for extractors that only read the
   * file they are given.
   */
  ExtractionContext NONE =
      new ExtractionContext() {
        @Override
        public @Nullable PackageFile sibling(String relativePath) {
          return null;
        }

        @Override
        public ArchiveOpener archives() {
          throw new UnsupportedOperationException("this context opens no archives");
        }

        @Override
        public ExtractionLimits limits() {
          return ExtractionLimits.DEFAULT;
        }
      };

  /**
   * Another regular file of the same tree, such as a parent pom.
   *
   * @param relativePath relative to the directory of the file being extracted, names separated by
   *     {@code /}; {@code ..} leads up
   * @return null where there is no such file, where the path leads out of the tree, or where this
   *     host gives no siblings
   * @throws IOException where reading it fails
   */
  @Nullable PackageFile sibling(String relativePath) throws IOException;

  /** Opens archives within what is left of the limits. The same object each time. */
  ArchiveOpener archives();

  /** What this extraction may use up in all. */
  ExtractionLimits limits();
}
