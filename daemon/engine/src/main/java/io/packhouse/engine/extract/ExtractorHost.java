package io.packhouse.engine.extract;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Offers files to extractors. Whatever an extractor throws or returns costs that file its metadata,
 * never the pack. Thread-safe, as extractors are.
 */
public final class ExtractorHost {

  /** What an extractor says of itself, asked once. */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  private record Candidate(
      PackageExtractor extractor,
      String name,
      String packageType,
      List<ColumnSpec> columns,
      Interest interest,
      int headLength,
      byte[][] suffixes) {

    /** Whether it may want a file of this path; of most files the last bytes tell. */
    boolean wants(byte[] path) {
      if (suffixes.length == 0 || !interest.pathGlobs().isEmpty()) {
        return interest.matchesPath(new String(path, StandardCharsets.UTF_8));
      }
      for (byte[] suffix : suffixes) {
        int from = path.length - suffix.length;
        if (from >= 0 && Arrays.equals(path, from, path.length, suffix, 0, suffix.length)) {
          return true;
        }
      }
      return false;
    }
  }

  /** An array, since it is gone through for each file of a tree. */
  private final Candidate[] candidates;

  private final SortedMap<String, List<ColumnSpec>> columns = new TreeMap<>();

  /**
   * @param extractors in order of precedence: the first that wants a file and takes it wins
   * @throws IllegalArgumentException if two declare different columns for one package type; names
   *     both
   */
  public ExtractorHost(List<PackageExtractor> extractors) {
    List<Candidate> found = new ArrayList<>();
    Map<String, String> claimants = new HashMap<>();
    for (PackageExtractor extractor : extractors) {
      String type = extractor.packageType();
      String name = extractor.name();
      List<ColumnSpec> declared = ColumnSpec.checkDistinct(extractor.columns());
      Interest interest = extractor.interest();
      found.add(
          new Candidate(
              extractor,
              name,
              type,
              declared,
              interest,
              interest.headLength(),
              interest.nameSuffixes().stream()
                  .map(suffix -> suffix.getBytes(StandardCharsets.UTF_8))
                  .toArray(byte[][]::new)));
      List<ColumnSpec> other = columns.putIfAbsent(type, declared);
      String claimant = claimants.putIfAbsent(type, name);
      if (other != null && !other.equals(declared)) {
        throw new IllegalArgumentException(
            "extractors "
                + claimant
                + " and "
                + name
                + " declare different columns for package type "
                + type);
      }
    }
    candidates = found.toArray(new Candidate[0]);
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
   * @return null if none did
   */
  public @Nullable Extraction extract(PackageFile file) {
    for (Candidate candidate : candidates) {
      if (candidate.interest.matchesPath(file.path())) {
        Extraction extraction = extract(candidate, file);
        if (extraction != null) {
          return extraction;
        }
      }
    }
    return null;
  }

  // Extractors are other people's code: not even their errors may end the pack.
  private static @Nullable Extraction extract(Candidate candidate, PackageFile file) {
    String type = candidate.packageType;
    try {
      if (!headMatches(candidate, file)) {
        return null;
      }
      PackageMetadata metadata = candidate.extractor.extract(file, ExtractionContext.NONE);
      if (metadata == null) {
        return null;
      }
      MetadataCheck.check(candidate.columns, metadata, file.path());
      return new Extraction(type, metadata, null);
    } catch (ExtractionException e) {
      return failure(candidate, e.partial(), e.reason(), file.path());
    } catch (IOException e) {
      return new Extraction(type, null, message(e));
    } catch (Throwable e) {
      String name = e.getClass().getName();
      return new Extraction(
          type, null, "extractor " + candidate.name + " failed: " + name + ": " + message(e));
    }
  }

  /** Keeps what a failed extractor could tell, unless that is wrong too. */
  private static Extraction failure(
      Candidate candidate, @Nullable PackageMetadata partial, String reason, String path) {
    PackageMetadata kept = partial;
    String error = MetadataCheck.clip(reason);
    if (partial != null) {
      try {
        MetadataCheck.check(candidate.columns, partial, path);
      } catch (IllegalArgumentException e) {
        kept = null;
        error += "; what it could tell is wrong: " + message(e);
      }
    }
    return new Extraction(candidate.packageType, kept, error);
  }

  /** The message, whatever {@code getMessage} of an exception that is not ours does. */
  private static String message(Throwable e) {
    try {
      return MetadataCheck.clip(String.valueOf(e.getMessage()));
    } catch (Throwable again) {
      return "no message";
    }
  }

  private static boolean headMatches(Candidate candidate, PackageFile file) throws IOException {
    if (candidate.headLength == 0) {
      return true;
    }
    int length = (int) Math.min(candidate.headLength, file.size());
    return candidate.interest.matchesHead(file.slice(0, length));
  }
}
