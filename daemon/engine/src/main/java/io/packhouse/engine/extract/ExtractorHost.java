package io.packhouse.engine.extract;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Offers files to extractors. Whatever an extractor throws costs that file its metadata, never the
 * pack. Thread-safe, as extractors are.
 */
public final class ExtractorHost {
  private final List<PackageExtractor> extractors;
  private final SortedMap<String, List<ColumnSpec>> columns = new TreeMap<>();

  /**
   * @param extractors in order of precedence: the first that wants a file and takes it wins
   * @throws IllegalArgumentException if two declare different columns for one package type; names
   *     both
   */
  public ExtractorHost(List<PackageExtractor> extractors) {
    this.extractors = List.copyOf(extractors);
    Map<String, String> claimants = new HashMap<>();
    for (PackageExtractor extractor : extractors) {
      String type = extractor.packageType();
      List<ColumnSpec> declared = ColumnSpec.checkDistinct(extractor.columns());
      List<ColumnSpec> other = columns.putIfAbsent(type, declared);
      String claimant = claimants.putIfAbsent(type, extractor.name());
      if (other != null && !other.equals(declared)) {
        throw new IllegalArgumentException(
            "extractors "
                + claimant
                + " and "
                + extractor.name()
                + " declare different columns for package type "
                + type);
      }
    }
  }

  /** The extractors that {@code ServiceLoader} finds on the class path, in the order of names. */
  public static List<PackageExtractor> installed() {
    List<PackageExtractor> found = new ArrayList<>();
    ServiceLoader.load(PackageExtractor.class).forEach(found::add);
    found.sort((left, right) -> left.name().compareTo(right.name()));
    return found;
  }

  /** Own columns by package type. */
  public SortedMap<String, List<ColumnSpec>> columns() {
    return new TreeMap<>(columns);
  }

  /** Whether any extractor may want a file of this path; cheap. */
  public boolean wants(String path) {
    for (PackageExtractor extractor : extractors) {
      if (extractor.interest().matchesPath(path)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Offers a file to the extractors that want it, until one takes it.
   *
   * @return null if none did
   */
  public @Nullable Extraction extract(PackageFile file) {
    for (PackageExtractor extractor : extractors) {
      if (!extractor.interest().matchesPath(file.path())) {
        continue;
      }
      String type = extractor.packageType();
      try {
        if (!headMatches(extractor, file)) {
          continue;
        }
        PackageMetadata metadata = extractor.extract(file, ExtractionContext.NONE);
        if (metadata != null) {
          ColumnSpec.checkValues(extractor.columns(), metadata.columns());
          return new Extraction(type, metadata, null);
        }
      } catch (ExtractionException e) {
        return new Extraction(type, e.partial(), e.reason());
      } catch (IOException e) {
        return new Extraction(type, null, String.valueOf(e.getMessage()));
      } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
        return new Extraction(type, null, "extractor " + extractor.name() + " failed: " + e);
      }
    }
    return null;
  }

  private static boolean headMatches(PackageExtractor extractor, PackageFile file)
      throws IOException {
    int length = (int) Math.min(extractor.interest().headLength(), file.size());
    ByteBuffer head = length == 0 ? ByteBuffer.allocate(0) : file.slice(0, length);
    return extractor.interest().matchesHead(head);
  }
}
