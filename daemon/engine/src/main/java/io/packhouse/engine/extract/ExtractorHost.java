package io.packhouse.engine.extract;

import io.packhouse.engine.index.IndexSchema;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Offers files to extractors. Whatever an extractor throws or returns costs that file its metadata,
 * never the pack. Thread-safe, as extractors are.
 */
public final class ExtractorHost {

  /** A host of no extractors: every file is none of its business. */
  public static final ExtractorHost NONE = of(List.of());

  private final List<InstalledExtractor> extractors;
  private final ArchiveOpeners openers;
  private final ExtractionLimits limits;

  /** An array, since it is gone through for each file of a tree. */
  private final Candidate[] candidates;

  private final SortedMap<String, List<ColumnSpec>> columns = new TreeMap<>();

  /** Null until somebody asks. */
  private volatile @Nullable ExtractorIdentity identity;

  /**
   * @param extractors in order of precedence: the first that wants a file and takes it wins
   * @throws IllegalArgumentException if two claim one package type or name, or one claims a type
   *     that is the name of an index column; names them and where they came from
   */
  public ExtractorHost(
      List<InstalledExtractor> extractors, ArchiveOpeners openers, ExtractionLimits limits) {
    this.extractors = List.copyOf(extractors);
    this.openers = openers;
    this.limits = limits;
    List<Candidate> found = new ArrayList<>();
    Map<String, Candidate> byType = new HashMap<>();
    Map<String, Candidate> byName = new HashMap<>();
    Set<String> indexColumns = IndexSchema.commonColumns();
    for (InstalledExtractor installed : extractors) {
      Candidate candidate = Candidate.of(installed);
      String type = candidate.packageType();
      if (indexColumns.contains(type)) {
        throw new IllegalArgumentException(
            "extractor "
                + candidate.describe()
                + " claims the package type "
                + type
                + ", which is the name of an index column");
      }
      checkFree("package type", type, byType.putIfAbsent(type, candidate), candidate);
      checkFree(
          "name", candidate.name(), byName.putIfAbsent(candidate.name(), candidate), candidate);
      columns.put(type, candidate.columns());
      found.add(candidate);
    }
    candidates = found.toArray(new Candidate[0]);
  }

  private static void checkFree(
      String what, String value, @Nullable Candidate other, Candidate candidate) {
    if (other != null) {
      throw new IllegalArgumentException(
          "two extractors claim the "
              + what
              + " "
              + value
              + ": "
              + other.describe()
              + " and "
              + candidate.describe());
    }
  }

  /** A host of extractors that open no archives, in the default limits; for tests and the like. */
  public static ExtractorHost of(List<? extends PackageExtractor> extractors) {
    List<InstalledExtractor> installed = new ArrayList<>();
    for (PackageExtractor extractor : extractors) {
      installed.add(new InstalledExtractor(extractor, InstalledExtractor.BUILT_IN));
    }
    return new ExtractorHost(installed, ArchiveOpeners.NONE, ExtractionLimits.DEFAULT);
  }

  /** The extractors that {@code ServiceLoader} finds on the class path, in the order of names. */
  public static List<InstalledExtractor> builtIn() {
    List<PackageExtractor> found = new ArrayList<>();
    ServiceLoader.load(PackageExtractor.class).forEach(found::add);
    found.sort((left, right) -> left.name().compareTo(right.name()));
    List<InstalledExtractor> installed = new ArrayList<>();
    for (PackageExtractor extractor : found) {
      installed.add(new InstalledExtractor(extractor, InstalledExtractor.BUILT_IN));
    }
    return installed;
  }

  /** The extractors, in order of precedence. */
  public List<InstalledExtractor> extractors() {
    return extractors;
  }

  /** Own columns by package type. */
  public SortedMap<String, List<ColumnSpec>> columns() {
    return new TreeMap<>(columns);
  }

  /**
   * Whether any extractor may want a file; cheap, and allocates nothing where suffixes tell.
   *
   * @param path its path's bytes
   */
  public boolean wants(byte[] path) {
    for (Candidate candidate : candidates) {
      if (candidate.wants(path)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Offers a file to the extractors that want it, until one takes it.
   *
   * @param tree where its siblings are; null where it has none
   * @return null if none did
   */
  public @Nullable Extraction extract(PackageFile file, @Nullable TreeFiles tree) {
    return extract(file, tree, NearbyFiles.NONE);
  }

  /**
   * Offers a file to the extractors that want it, until one takes it.
   *
   * @param tree where its siblings are; null where it has none
   * @param nearby those of them that need not be read
   * @return null if none did
   */
  public @Nullable Extraction extract(
      PackageFile file, @Nullable TreeFiles tree, NearbyFiles nearby) {
    return extract(file, tree, nearby, null);
  }

  /**
   * Likewise.
   *
   * @param notes takes which siblings were asked for; null where nobody wants to know
   */
  public @Nullable Extraction extract(
      PackageFile file,
      @Nullable TreeFiles tree,
      NearbyFiles nearby,
      @Nullable SiblingNotes notes) {
    for (Candidate candidate : candidates) {
      if (candidate.wants(file.path())) {
        if (notes != null && !candidate.isBuiltIn()) {
          notes.giveUp();
        }
        Extraction extraction = extract(candidate, file, tree, nearby, notes);
        if (extraction != null) {
          if (notes != null && extraction.error() != null) {
            notes.giveUp(); // what went wrong may have been time, or a disk
          }
          return extraction;
        }
      }
    }
    return null;
  }

  /** Whether none but built-in extractors, which {@link #identity} stands for, may want a file. */
  public boolean wantsBuiltInOnly(String path) {
    for (Candidate candidate : candidates) {
      if (!candidate.isBuiltIn() && candidate.wants(path)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether metadata that was not extracted here could have been, by a built-in extractor.
   *
   * @param path of the file that it describes
   */
  public boolean accepts(String packageType, PackageMetadata metadata, String path) {
    List<ColumnSpec> own = builtInColumns(packageType);
    if (own == null) {
      return false;
    }
    try {
      MetadataCheck.check(own, metadata, path);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The own columns of a built-in extractor's package type; null where there is no such. */
  public @Nullable List<ColumnSpec> builtInColumns(String packageType) {
    for (Candidate candidate : candidates) {
      if (candidate.isBuiltIn() && candidate.packageType().equals(packageType)) {
        return candidate.columns();
      }
    }
    return null;
  }

  /**
   * What stands for the built-in extractors and all they use: hosts of the same identity extract
   * the same.
   *
   * @return null where it cannot be told
   */
  public @Nullable String identity() {
    ExtractorIdentity known = identity;
    if (known == null) {
      known = ExtractorIdentity.of(extractors, openers, limits);
      identity = known;
    }
    return known.value();
  }

  /** The same host of another identity; for tests and the like, whose code changes unseen. */
  public ExtractorHost identifiedBy(@Nullable String value) {
    ExtractorHost same = new ExtractorHost(extractors, openers, limits);
    same.identity = new ExtractorIdentity(value);
    return same;
  }

  // Extractors are other people's code: not even their errors may end the pack.
  private @Nullable Extraction extract(
      Candidate candidate,
      PackageFile file,
      @Nullable TreeFiles tree,
      NearbyFiles nearby,
      @Nullable SiblingNotes notes) {
    String type = candidate.packageType();
    try {
      if (!candidate.wantsHead(file)) {
        return null;
      }
      PackageMetadata metadata;
      try (HostContext context =
          new HostContext(file.path(), openers, limits, tree, nearby, notes)) {
        metadata = candidate.extractor().extract(file, context);
      }
      if (metadata == null) {
        return null;
      }
      MetadataCheck.check(candidate.columns(), metadata, file.path());
      return new Extraction(type, metadata, null);
    } catch (ExtractionException e) {
      return failure(candidate, e.partial(), e.reason(), file.path());
    } catch (ExtractionIOException e) {
      return failure(candidate, e.damage().partial(), e.damage().reason(), file.path());
    } catch (IOException e) {
      return new Extraction(type, null, message(e));
    } catch (Throwable e) {
      String name = e.getClass().getName();
      return new Extraction(
          type, null, "extractor " + candidate.name() + " failed: " + name + ": " + message(e));
    }
  }

  /** Keeps what a failed extractor could tell, unless that is wrong too. */
  private static Extraction failure(
      Candidate candidate, @Nullable PackageMetadata partial, String reason, String path) {
    PackageMetadata kept = partial;
    String error = MetadataCheck.clip(reason);
    if (partial != null) {
      try {
        MetadataCheck.check(candidate.columns(), partial, path);
      } catch (IllegalArgumentException e) {
        kept = null;
        error += "; what it could tell is wrong: " + message(e);
      }
    }
    return new Extraction(candidate.packageType(), kept, error);
  }

  /** The message, whatever {@code getMessage} of an exception that is not ours does. */
  private static String message(Throwable e) {
    try {
      return MetadataCheck.clip(String.valueOf(e.getMessage()));
    } catch (Throwable again) {
      return "no message";
    }
  }
}
