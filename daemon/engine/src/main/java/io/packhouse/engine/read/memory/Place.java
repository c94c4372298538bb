package io.packhouse.engine.read.memory;

import io.packhouse.engine.format.CorruptArchiveException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A part of an archive that is being read, for messages.
 *
 * @param offset in bytes of the part
 * @param what the part is: "batch 3", "blob table"
 */
public record Place(Path path, long offset, String what) {

  /** Damage here, in a few words. */
  public CorruptArchiveException corrupt(String problem) {
    return new CorruptArchiveException(path, offset, what + ": " + problem);
  }

  /** Damage here: a field that has another value than it must. */
  public CorruptArchiveException corrupt(String field, Object expected, Object actual) {
    return new CorruptArchiveException(path, offset, what + ": " + field, expected, actual);
  }

  /** Reads a flatbuffer. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse() throws IOException;
  }

  /**
   * Runs code that reads a flatbuffer. Flatbuffer accessors trust their input: offsets out of
   * bounds, absent tables and bad text surface as unchecked exceptions, all of them damage here.
   */
  public <T> T guarded(Parser<T> parser) throws IOException {
    try {
      return parser.parse();
    } catch (RuntimeException e) {
      CorruptArchiveException damage = corrupt("malformed Arrow metadata (" + e + ")");
      damage.initCause(e);
      throw damage;
    }
  }
}
