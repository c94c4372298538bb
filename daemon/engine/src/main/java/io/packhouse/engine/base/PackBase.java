package io.packhouse.engine.base;

import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.share.EarlierFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An archive that a delta is packed against, with its own bases. One pack uses it; {@link
 * #mayHave}, {@link #mayHaveLength} and {@link #extraction} are for any thread, the rest for one at
 * a time.
 *
 * <p>What it says is as true as the base is: its index is checked against its id, its contents are
 * not read to tell that a file is there.
 */
public interface PackBase extends EarlierFiles, Closeable {
  /** The bases of the delta: this one first, then its own. */
  List<BaseId> ids();

  /** The archive, as it was given to open. */
  Path path();

  /**
   * Where the contents of a file are, by the delta's numbers.
   *
   * @param digest BLAKE3 of the contents
   * @param length of the contents, at least 1
   * @return extents as triples; null where the base has no such file
   * @throws IOException if the base is damaged or cannot be read
   */
  long @Nullable [] find(byte[] digest, long length) throws IOException;

  /**
   * What the archive says of the extractors that looked at its files; null where it says nothing,
   * or not what these asked for.
   */
  @Nullable String extractors();

  /**
   * What the extractors said about the file of this path and these contents. For any thread.
   *
   * @param path valid UTF-8
   * @param digest BLAKE3 of the contents
   * @return null where it has no such file, that is not known, or does not hold
   * @throws IOException if the base is damaged or cannot be read
   */
  @Nullable EarlierExtraction extraction(byte[] path, byte[] digest, EarlierExtraction.Check check)
      throws IOException;

  /** Whether some file of the base may have this length, as far as it can be told cheaply. */
  boolean mayHaveLength(long length);

  /**
   * Fails where the base's path leads to another archive by now: the delta would need one that is
   * not there.
   */
  void checkUnchanged() throws IOException;
}
