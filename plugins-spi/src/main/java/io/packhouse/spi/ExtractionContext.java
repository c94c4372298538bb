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

  /**
   * The digest of another regular file of the same tree, which the host computes: faster than an
   * extractor could, and of files that it reads anyway at no cost.
   *
   * @param relativePath as of {@link #sibling}
   * @param algorithm {@code md5}, {@code sha1}, {@code sha256}, {@code sha384} or {@code sha512}
   * @return null where there is no such file, where it or all that were asked for in this
   *     extraction are larger than the host will read for it, and where the host computes none, as
   *     those do that do not implement this. {@link #sibling} tells which it is.
   * @throws IOException where reading it fails
   */
  default byte @Nullable [] digest(String relativePath, String algorithm) throws IOException {
    return null;
  }

  /** Opens archives within what is left of the limits. The same object each time. */
  ArchiveOpener archives();

  /** What this extraction may use up in all. */
  ExtractionLimits limits();
}
