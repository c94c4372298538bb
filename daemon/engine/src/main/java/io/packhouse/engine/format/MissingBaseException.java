package io.packhouse.engine.format;

import java.io.IOException;
import java.nio.file.Path;

/** A base of a delta is not where it was looked for, so contents that need it cannot be read. */
public final class MissingBaseException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String id;

  /**
   * @param path of the delta
   * @param id of the base
   * @param looked where it was looked for, and what is there, in a few words
   */
  public MissingBaseException(Path path, String id, String looked) {
    super(
        path
            + ": is a delta, and its base "
            + id
            + " was not found ("
            + looked
            + "); put the base beside it, or name its place with --base");
    this.id = id;
  }

  /** Id of the base: 64 hexadecimal digits. */
  public String id() {
    return id;
  }
}
