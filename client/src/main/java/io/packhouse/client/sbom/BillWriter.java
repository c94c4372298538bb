package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;

/**
 * Writes a bill as it is told of it; closed, it gives back what it needed for that. Used by one
 * thread.
 */
interface BillWriter extends Closeable {
  /** An archive; until its end what it holds, packages before files. */
  void beginArchive(Bill.Archive archive) throws IOException;

  /**
   * A package; until its end those nested in it.
   *
   * @param parent ordinal of the package that it is in, or −1 where that is the archive
   */
  void beginPackage(int ordinal, int parent, PackageFacts facts, Collection<Edge> edges)
      throws IOException;

  void endPackage() throws IOException;

  /**
   * A file that is no package.
   *
   * @param ordinal among such files
   */
  void file(int ordinal, PackageFacts facts) throws IOException;

  void endArchive() throws IOException;

  /** Nothing more comes. */
  void end(Bill.Counts counts) throws IOException;
}
