package io.packhouse.engine.read.sharing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What files share. A byte of a blob belongs to the first file, in path order, that has it; all
 * other files that have it take it from that one.
 *
 * @param files with contents
 * @param bytes of these
 * @param holeBytes zeros that are not stored
 * @param baseBytes that are in the bases of a delta
 * @param wholeBytes of files all of whose bytes are others'
 * @param partBytes others' bytes of all other files
 * @param extents of all files
 * @param mostExtents of one file
 * @param splitFiles of more than one extent
 * @param takers files that take most, the first has most
 * @param givers files that others take most of, the first gives most
 */
public record SharingReport(
    long files,
    long bytes,
    long holeBytes,
    long baseBytes,
    long wholeBytes,
    long partBytes,
    long extents,
    long mostExtents,
    long splitFiles,
    List<Taker> takers,
    List<Giver> givers) {

  /**
   * A file that has others' bytes.
   *
   * @param path display path
   * @param size of the file
   * @param taken bytes that are others'
   * @param from display path of the file that most of these are of; null where that is not known
   * @param fromBytes how many these are
   */
  public record Taker(String path, long size, long taken, @Nullable String from, long fromBytes) {}

  /**
   * A file that others have bytes of.
   *
   * @param path display path
   * @param size of the file
   * @param given bytes that others have, counted once for each of them
   */
  public record Giver(String path, long size, long given) {}

  public SharingReport {
    takers = List.copyOf(takers);
    givers = List.copyOf(givers);
  }
}
