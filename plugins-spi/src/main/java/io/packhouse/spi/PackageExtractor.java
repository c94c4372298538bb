package io.packhouse.spi;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the metadata of one package type from package files.
 *
 * <p>Implementations are public, have a public constructor without parameters, and are named in
 * {@code META-INF/services/io.packhouse.spi.PackageExtractor}. One instance serves all threads of a
 * host: it holds no mutable state. The answers of all methods but {@link #extract} never change.
 */
public interface PackageExtractor {

  /**
   * The purl type of the packages this extractor describes, such as {@code maven}; also the name of
   * the struct column that holds {@link #columns()}. Lower-case ASCII letters, digits, {@code .}
   * and {@code -}, beginning with a letter.
   */
  String packageType();

  /** A short name for messages and listings, unique among the extractors of a host. */
  String name();

  /** The type's own columns, in the order in which they appear in the index; names are unique. */
  List<ColumnSpec> columns();

  /** Which files this extractor wants to see. */
  Interest interest();

  /**
   * Describes the package in {@code file}.
   *
   * <p>The result depends on nothing but the bytes and path of the file, its siblings, and the
   * context's limits: no clock, no network, no file system. The file, the context and buffers taken
   * from them are not used after the call returns.
   *
   * @return the metadata, or null where the file turns out not to be a package of this type
   * @throws ExtractionException where the file is such a package but is damaged, or goes past a
   *     limit of the context
   * @throws IOException where reading the file or a sibling fails; never for what the bytes say
   */
  @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException;
}
