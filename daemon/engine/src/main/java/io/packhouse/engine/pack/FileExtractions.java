package io.packhouse.engine.pack;

import io.packhouse.engine.base.EarlierExtraction;
import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.NearbyFiles;
import io.packhouse.engine.extract.SiblingNotes;
import io.packhouse.engine.extract.SiblingRecord;
import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offers files to extractors, unless a base has what the same extractors said about the same bytes
 * at the same path, among siblings that are the same as far as they were asked for: then they would
 * say it again, since that is all they know. Thread-safe.
 */
final class FileExtractions {
  private final ExtractorHost host;
  private final List<TreeFiles> trees;
  private final boolean records;
  private final @Nullable PackBase base;

  /**
   * @param trees the files of each input
   * @param records whether the index says which siblings were asked for
   * @param base whose extractors were the same; null for none
   */
  FileExtractions(
      ExtractorHost host, List<TreeFiles> trees, boolean records, @Nullable PackBase base) {
    this.host = host;
    this.trees = trees;
    this.records = records;
    this.base = base;
  }

  /** Whether any extractor may want a file. */
  boolean wants(byte[] path) {
    return host.wants(path);
  }

  /**
   * Finds out what there is to say about a file that extractors may want.
   *
   * @param digest BLAKE3 of its contents; null where it is not known yet
   * @return whether the base had it
   */
  boolean extract(PackEntry entry, PackageFile file, byte @Nullable [] digest, NearbyFiles nearby) {
    TreeFiles tree = trees.get(entry.input);
    boolean recorded = records && PathText.isUtf8(entry.path);
    if (recorded && digest != null && take(entry, file.path(), digest, tree, nearby)) {
      return true;
    }
    SiblingNotes notes = recorded ? new SiblingNotes(tree) : null;
    entry.extraction = host.extract(file, tree, nearby, notes);
    entry.extractSiblings = notes == null ? null : notes.record(entry.path);
    return false;
  }

  /** Compares what siblings of a file are. */
  private final class Siblings implements EarlierExtraction.Check {
    private final byte[] path;
    private final TreeFiles tree;
    private final NearbyFiles nearby;

    Siblings(byte[] path, TreeFiles tree, NearbyFiles nearby) {
      this.path = path;
      this.tree = tree;
      this.nearby = nearby;
    }

    @Override
    public boolean holds(byte[] siblings) throws IOException {
      return SiblingRecord.isSame(siblings, path, tree, nearby);
    }

    @Override
    public @Nullable List<ColumnSpec> columns(String packageType) {
      return host.builtInColumns(packageType);
    }
  }

  private boolean take(
      PackEntry entry, String path, byte[] digest, TreeFiles tree, NearbyFiles nearby) {
    PackBase from = base;
    if (from == null || !from.mayHave(digest) || !host.wantsBuiltInOnly(path)) {
      return false;
    }
    EarlierExtraction earlier;
    try {
      earlier = from.extraction(entry.path, digest, new Siblings(entry.path, tree, nearby));
    } catch (IOException e) {
      return false; // extractors will meet what cannot be read, and placing a damaged base
    }
    if (earlier == null) {
      return false;
    }
    String type = earlier.packageType();
    PackageMetadata metadata = earlier.metadata();
    if (type != null && metadata != null) {
      if (!host.accepts(type, metadata, path)) {
        return false;
      }
      entry.extraction = new Extraction(type, metadata, null);
    }
    entry.extractSiblings = earlier.siblings();
    return true;
  }
}
