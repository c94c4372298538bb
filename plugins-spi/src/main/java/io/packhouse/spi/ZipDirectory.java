package io.packhouse.spi;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The central directory of a zip. Looking for members costs no read of them, and no object for
 * those that do not match. Every search counts all entries against the limit once for the file.
 */
public interface ZipDirectory {

  /** The entry that is being visited; valid until the visitor returns. */
  interface Entry {

    /**
     * Copies the name's bytes, as many as there is room for; a leading {@code ./} and trailing
     * {@code /} are left out.
     *
     * @return how many bytes the name has, which may be more than there was room for
     */
    int copyName(byte[] target);

    /** The entry as a member, which stays valid. */
    ArchiveMember member() throws ExtractionException;
  }

  /** Sees the entries of a directory. */
  @FunctionalInterface
  interface Visitor {

    /** Sees one entry. */
    void visit(Entry entry) throws ExtractionException, IOException;
  }

  /** How many entries the directory states; checked by the first search. */
  long size();

  /**
   * The member of this name; the last one where the name occurs more than once, as unzip and the
   * JDK have it.
   *
   * @param name exactly, names separated by {@code /}
   * @return null where there is none
   */
  @Nullable ArchiveMember find(String name) throws ExtractionException, IOException;

  /**
   * The members whose names begin with {@code head} and end with {@code tail}, in the directory's
   * order.
   *
   * @param maxFound more are an error
   */
  List<ArchiveMember> find(String head, String tail, int maxFound)
      throws ExtractionException, IOException;

  /** All members, in the directory's order. */
  List<ArchiveMember> members() throws ExtractionException, IOException;

  /**
   * Shows all entries to a visitor, in the directory's order: for those who ask several questions
   * of one directory. Costs an object only for those entries that are taken as members.
   */
  void visit(Visitor visitor) throws ExtractionException, IOException;
}
