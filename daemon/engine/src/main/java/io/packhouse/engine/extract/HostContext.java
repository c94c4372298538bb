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
  private final @Nullable SiblingNotes notes;
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
      NearbyFiles nearby,
      @Nullable SiblingNotes notes) {
    this.path = path;
    this.openers = openers;
    this.limits = limits;
    this.tree = tree;
    this.nearby = nearby;
    this.notes = notes;
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
    try {
      // Those in memory count alike: what is extracted must not depend on what is near.
      if (opened.size() == MAX_OPEN_SIBLINGS) {
        throw new IOException("more than " + MAX_OPEN_SIBLINGS + " large siblings were asked for");
      }
      PackageFile near = nearby.find(sibling);
      TreeFiles.Sibling found =
          near == null
              ? tree.open(sibling, held)
              : new TreeFiles.Sibling(near, nearby.blake3(sibling));
      PackageFile file = note(tree, sibling, found);
      if (file != null && file.size() > TreeFiles.MAX_CACHED_BYTES) {
        opened.put(sibling, file);
      }
      return file;
    } catch (UnseenException e) {
      noteUnseen(tree);
      return null;
    } catch (IOException | RuntimeException e) {
      giveUpNotes();
      throw e;
    }
  }

  /** Notes what a sibling is; what is looked at in large ones could not be told again. */
  private @Nullable PackageFile note(
      TreeFiles from, String sibling, TreeFiles.@Nullable Sibling found) {
    SiblingNotes into = notes;
    if (into == null) {
      return found == null ? null : found.file();
    }
    if (!from.isTold()) {
      into.giveUp();
    }
    if (found == null) {
      into.note(sibling, SiblingNotes.State.NONE);
      return null;
    }
    boolean large = found.file().size() > TreeFiles.MAX_CACHED_BYTES;
    return into.watch(found.file(), large ? null : found.blake3());
  }

  private void giveUpNotes() {
    if (notes != null) {
      notes.giveUp();
    }
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
      TreeFiles.Digested found = tree.digest(sibling, nearby, known, digestBudget);
      note(tree, sibling, found);
      byte[] digest = found == null ? null : found.digest();
      return digest == null ? null : digest.clone();
    } catch (UnseenException e) {
      noteUnseen(tree);
      return null;
    } catch (IOException | RuntimeException e) {
      giveUpNotes();
      throw e;
    }
  }

  private void note(TreeFiles from, String sibling, TreeFiles.@Nullable Digested found) {
    SiblingNotes into = notes;
    if (into == null) {
      return;
    }
    // Whether a large file's BLAKE3 is known as well depends on what was read before.
    if (!from.isTold() || (found != null && isUnknown(found))) {
      into.giveUp();
      return;
    }
    into.note(
        sibling,
        found == null
            ? SiblingNotes.State.NONE
            : new SiblingNotes.State(found.size(), found.blake3()));
  }

  private static boolean isUnknown(TreeFiles.Digested found) {
    return found.digest() != null
        && (found.size() > SiblingDigests.DEFAULT_FILE_BYTES || found.blake3() == null);
  }

  /** Counts the extraction, once. What is there may be seen another time. */
  private void noteUnseen(TreeFiles from) {
    giveUpNotes();
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
