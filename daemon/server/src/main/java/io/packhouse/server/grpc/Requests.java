package io.packhouse.server.grpc;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.select.PathGlob;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.v1.Priority;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What several services read from requests in the same way. */
final class Requests {
  private static final int MAX_REQUEST_ID = 128;
  private static final int MAX_GLOBS = 10_000;

  private Requests() {}

  /** An archive's name, or null with a note of what is wrong with it. */
  static @Nullable ArchiveName archive(String field, String text, Violations violations) {
    return violations.parse(field, () -> ArchiveName.parse(text));
  }

  static void requestId(String id, Violations violations) {
    violations.require(
        id.length() <= MAX_REQUEST_ID,
        "request_id",
        "has " + id.length() + " characters, limit " + MAX_REQUEST_ID);
  }

  static void priority(Priority priority, Caller caller, Violations violations) {
    violations.require(
        priority != Priority.PRIORITY_HIGH || caller.may(Role.ADMIN),
        "priority",
        "PRIORITY_HIGH needs the role admin");
  }

  /** Checks numbers of pack options, which the engine takes within bounds only. */
  static void packOptions(io.packhouse.v1.PackOptions options, Violations violations) {
    long blob = blobBytes(options);
    violations
        .require(
            !options.hasLevel()
                || (options.getLevel() >= PackOptions.MIN_LEVEL
                    && options.getLevel() <= PackOptions.MAX_LEVEL),
            "options.level",
            "must be 1 to 22, is " + options.getLevel())
        .require(
            blob >= PackOptions.MIN_BLOB_BYTES
                && blob <= PackOptions.MAX_BLOB_BYTES
                && Long.bitCount(blob) == 1,
            "options.blob_bytes",
            "must be a power of two from 64 KiB to 64 MiB, is " + blob)
        .require(
            !options.hasFrameBytes()
                || (options.getFrameBytes() >= PackOptions.MIN_BLOB_BYTES
                    && options.getFrameBytes() <= blob),
            "options.frame_bytes",
            "must be 64 KiB to blob_bytes, is " + options.getFrameBytes())
        .require(
            options.getSharing() != io.packhouse.v1.PackOptions.Sharing.UNRECOGNIZED,
            "options.sharing",
            "must be one of the enum, is " + options.getSharingValue())
        .require(
            sharingBytes(options) >= SharingOptions.LEAST_MEMORY
                && sharingBytes(options) <= SharingOptions.MOST_MEMORY,
            "options.sharing_memory_bytes",
            "must be 16 MiB to 1 GiB, is " + sharingBytes(options))
        .require(
            !options.hasClampMtimeNanos() || options.getReproducible(),
            "options.clamp_mtime_nanos",
            "goes with reproducible only");
    for (int i = 0; i < options.getDigestsCount(); i++) {
      String name = options.getDigests(i);
      violations.require(
          DigestAlgorithm.ofColumn(name) != null,
          "options.digests[" + i + "]",
          "must be sha1, sha256 or sha512, is " + name);
    }
  }

  /** The digests to record besides BLAKE3, of those that {@link #packOptions} lets through. */
  static Set<DigestAlgorithm> digests(io.packhouse.v1.PackOptions options) {
    Set<DigestAlgorithm> digests = EnumSet.noneOf(DigestAlgorithm.class);
    for (String name : options.getDigestsList()) {
      DigestAlgorithm algorithm = DigestAlgorithm.ofColumn(name);
      if (algorithm != null) {
        digests.add(algorithm);
      }
    }
    return digests;
  }

  /**
   * Checks the name of the directory that takes a tree.
   *
   * @param taken by other trees; this one's is added
   * @return whether it is one
   */
  static boolean mount(String field, String mount, Set<String> taken, Violations violations) {
    boolean name = PathText.isName(PathText.bytes(mount));
    violations
        .require(name, field, "is no file name: " + mount)
        .require(taken.add(mount), field, "is that of another input");
    return name;
  }

  static int level(io.packhouse.v1.PackOptions options) {
    return options.hasLevel()
        ? options.getLevel()
        : options.getFast() ? PackOptions.FAST_LEVEL : PackOptions.DEFAULT_LEVEL;
  }

  /** How parts of files are shared, by options that {@link #packOptions} lets through. */
  static SharingOptions sharing(io.packhouse.v1.PackOptions options) {
    return switch (options.getSharing()) {
      case SHARING_UNSPECIFIED, SHARING_AUTO, UNRECOGNIZED ->
          new SharingOptions(SharingOptions.Mode.AUTO, sharingBytes(options));
      case SHARING_ON -> new SharingOptions(SharingOptions.Mode.ON, sharingBytes(options));
      case SHARING_OFF -> SharingOptions.OFF;
    };
  }

  private static long sharingBytes(io.packhouse.v1.PackOptions options) {
    return options.hasSharingMemoryBytes()
        ? options.getSharingMemoryBytes()
        : SharingOptions.DEFAULT_MEMORY;
  }

  /** Slices of big files, in bytes. */
  static long blobBytes(io.packhouse.v1.PackOptions options) {
    return options.hasBlobBytes() ? options.getBlobBytes() : PackOptions.DEFAULT_BLOB_BYTES;
  }

  /** Most that small files which share a frame take, in bytes. */
  static long frameBytes(io.packhouse.v1.PackOptions options) {
    return options.hasFrameBytes()
        ? options.getFrameBytes()
        : Math.min(PackOptions.DEFAULT_FRAME_BYTES, blobBytes(options));
  }

  /** The filter of globs, with a note of each that is wrong. */
  static PathFilter filter(io.packhouse.v1.PackOptions options, Violations violations) {
    List<PathGlob> includes = globs("options.includes", options.getIncludesList(), violations);
    List<PathGlob> excludes = globs("options.excludes", options.getExcludesList(), violations);
    return includes.isEmpty() && excludes.isEmpty()
        ? PathFilter.ALL
        : new PathFilter(includes, excludes);
  }

  private static List<PathGlob> globs(String field, List<String> texts, Violations violations) {
    List<PathGlob> globs = new ArrayList<>();
    violations.require(
        texts.size() <= MAX_GLOBS, field, "are " + texts.size() + ", limit " + MAX_GLOBS);
    for (int i = 0; i < Math.min(texts.size(), MAX_GLOBS); i++) {
      String text = texts.get(i);
      PathGlob glob = violations.parse(field + "[" + i + "]", () -> PathGlob.of(text));
      if (glob != null) {
        globs.add(glob);
      }
    }
    return globs;
  }
}
