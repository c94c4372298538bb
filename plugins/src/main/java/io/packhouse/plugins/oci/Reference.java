package io.packhouse.plugins.oci;

import io.packhouse.plugins.purl.Purl;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name that an image goes by: {@code host/path/name:tag}.
 *
 * @param repository without tag and digest; null where only a tag is known
 * @param tag null for none
 */
record Reference(@Nullable String repository, @Nullable String tag) {

  private static final int MAX_LENGTH = 1_024;
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  static final Reference NONE = new Reference(null, null);

  /** Of {@code name:tag}, {@code host:5000/name}, {@code name@sha256:…}; by its form alone. */
  static Reference parse(@Nullable String text) {
    if (text == null || text.isBlank() || text.length() > MAX_LENGTH) {
      return NONE;
    }
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    int colon = name.lastIndexOf(':');
    if (colon < 0 || name.indexOf('/', colon) >= 0) {
      return new Reference(blankToNull(name), null);
    }
    String tag = name.substring(colon + 1);
    return new Reference(blankToNull(name.substring(0, colon)), isTag(tag) ? tag : null);
  }

  /**
   * Of the annotation {@code org.opencontainers.image.ref.name}: a tag alone by the specification's
   * custom, a whole name by some tools.
   */
  static Reference ofRefName(@Nullable String text) {
    return text != null && isTag(text) ? new Reference(null, text) : parse(text);
  }

  private static boolean isTag(String text) {
    return text.length() <= 128 && TAG.matcher(text).matches();
  }

  private static @Nullable String blankToNull(String text) {
    return text.isBlank() ? null : text;
  }

  /** The last part of the repository, in lower case, as the purl has it; null for none. */
  @Nullable String name() {
    if (repository == null) {
      return null;
    }
    String name = Purl.name("oci", repository.substring(repository.lastIndexOf('/') + 1));
    return name.isEmpty() ? null : name;
  }

  /**
   * The purl of what has this reference.
   *
   * @param digest of the manifest or index; null where there is none, as of docker-archive
   * @return null where the repository is not known
   */
  @Nullable String purl(@Nullable String digest, @Nullable String architecture) {
    String name = name();
    if (name == null) {
      return null;
    }
    SortedMap<String, String> qualifiers = new TreeMap<>();
    qualifiers.put("arch", architecture == null ? "" : architecture);
    // A name without a slash says nothing of where the image may be found.
    boolean located = repository != null && repository.indexOf('/') >= 0;
    qualifiers.put("repository_url", located && repository != null ? repository : "");
    qualifiers.put("tag", tag == null ? "" : tag);
    return Purl.of("oci", null, name, digest, qualifiers);
  }
}
