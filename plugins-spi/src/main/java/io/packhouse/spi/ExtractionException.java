package io.packhouse.spi;

import org.jspecify.annotations.Nullable;

/**
 * A package file is damaged or goes past a limit. The host records the reason as the entry's {@code
 * extract_error} and goes on.
 */
public final class ExtractionException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable PackageMetadata partial;

  /**
   * Nothing can be said about the package.
   *
   * @param reason one short line for people: what is wrong and where, without the file's path
   */
  public ExtractionException(String reason) {
    this(reason, null, null);
  }

  /** As {@link #ExtractionException(String)}, with the error that led to it. */
  public ExtractionException(String reason, Throwable cause) {
    this(reason, cause, null);
  }

  private ExtractionException(
      String reason, @Nullable Throwable cause, @Nullable PackageMetadata partial) {
    super(Text.wellFormed(reason), cause);
    this.partial = partial;
  }

  /** The same failure, with what could be told nevertheless. */
  public ExtractionException withPartial(PackageMetadata metadata) {
    return new ExtractionException(reason(), getCause(), metadata);
  }

  /** One short line for people. */
  public String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** What could be told about the package nevertheless, such as its coordinates by its path. */
  public @Nullable PackageMetadata partial() {
    return partial;
  }
}
