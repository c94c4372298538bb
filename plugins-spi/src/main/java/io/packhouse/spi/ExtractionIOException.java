package io.packhouse.spi;

import java.io.IOException;

/**
 * An {@link ExtractionException} on its way through a stream: the bytes are damaged or go past a
 * limit, unlike other {@link IOException}s, for which reading failed. Hosts treat it as the {@link
 * ExtractionException} that it carries.
 */
public final class ExtractionIOException extends IOException {

  private static final long serialVersionUID = 1L;

  private final ExtractionException damage;

  /** Carries {@code damage}. */
  public ExtractionIOException(ExtractionException damage) {
    super(damage.reason(), damage);
    this.damage = damage;
  }

  /** What was wrong. */
  public ExtractionException damage() {
    return damage;
  }
}
