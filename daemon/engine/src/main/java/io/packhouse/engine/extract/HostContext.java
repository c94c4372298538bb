package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.TreeAccess.UnseenException;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one extraction is given. Makes what is asked for only then. */
final class HostContext implements ExtractionContext, AutoCloseable {
  /** Files too large for the cache that one extraction may have open. */
  private static final int MAX_OPEN_SIBLINGS = 32;

  private final String path;
  private final ArchiveOpeners openers;
  private final ExtractionLimits limits;
  private final @Nullable TreeFiles tree;
  private final NearbyFiles nearby;
  private final List<Closeable> held = new ArrayList<>();
  private final Map<String, PackageFile> opened = new HashMap<>();
  private @Nullable ArchiveOpener archives;
  private SiblingDigests.@Nullable Budget digestBudget;
  private boolean missed;
  private boolean closed;

  HostContext(
      String path,
      ArchiveOpeners openers,
      ExtractionLimits limits,
      @Nullable TreeFiles tree,
      NearbyFiles nearby) {
    this.path = path;
    this.openers = openers;
    this.limits = limits;
    this.tree = tree;
    this.nearby = nearby;
  }

  @Override
  public synchronized @Nullable PackageFile sibling(String relativePath) throws IOException {
    checkOpen();
    String sibling = tree == null ? null : tree.resolve(path, relativePath);
    if (tree == null || sibling == null) {
      return null;
    }
    PackageFile before = opened.get(sibling);
    if (before != null) {
      return before;
    }
    // Those in memory count alike: what is extracted must not depend on what is near.
    if (opened.size() == MAX_OPEN_SIBLINGS) {
      throw new IOException("more than " + MAX_OPEN_SIBLINGS + " large siblings were asked for");
    }
    PackageFile file = nearby.find(sibling);
    if (file == null) {
      try {
        file = tree.open(sibling, held);
      } catch (UnseenException e) {
        noteUnseen(tree);
        return null;
      }
    }
    if (file != null && file.size() > TreeFiles.MAX_CACHED_BYTES) {
      opened.put(sibling, file);
    }
    return file;
  }

  @Override
  public synchronized byte @Nullable [] digest(String relativePath, String algorithm)
      throws IOException {
    checkOpen();
    DigestAlgorithm known = DigestAlgorithm.ofLabel(algorithm);
    String sibling = tree == null ? null : tree.resolve(path, relativePath);
    if (tree == null || sibling == null || known == null) {
      return null;
    }
    if (digestBudget == null) {
      digestBudget = tree.newDigestBudget();
    }
    try {
      return tree.digest(sibling, nearby, known, digestBudget);
    } catch (UnseenException e) {
      noteUnseen(tree);
      return null;
    }
  }

  /** Counts the extraction, once. */
  private void noteUnseen(TreeFiles from) {
    if (!missed) {
      missed = true;
      from.addUnseen();
    }
  }

  @Override
  public synchronized ArchiveOpener archives() {
    checkOpen();
    if (archives == null) {
      archives = openers.open(limits);
    }
    return archives;
  }

  @Override
  public ExtractionLimits limits() {
    return limits;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the extraction has ended, path=" + path);
    }
  }

  /** Lets go of all that was opened; failures of closing what was only read mean nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Closeable file : held) {
      closeQuietly(file);
    }
    held.clear();
    opened.clear();
    if (archives instanceof AutoCloseable closeable) {
      closeQuietly(closeable);
    }
    archives = null;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      System.getLogger(HostContext.class.getName())
          .log(System.Logger.Level.DEBUG, "closing after an extraction failed", e);
    }
  }
}
