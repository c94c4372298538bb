package io.packhouse.server.catalog;

/**
 * Name of an archive in the catalog: a folder, and a path in it that ends in {@code .pkh}.
 *
 * @param folder one of the configured folders
 * @param path relative, {@code /} between names
 */
public record ArchiveName(String folder, String path) implements Comparable<ArchiveName> {
  private static final String SUFFIX = ".pkh";
  private static final int MAX_LENGTH = 1_024;
  private static final int MAX_NAME_BYTES = 255;

  /**
   * Parses {@code folder/path}.
   *
   * @throws IllegalArgumentException if it is no such name; the message says why
   */
  public static ArchiveName parse(String text) {
    int slash = text.indexOf('/');
    if (text.length() > MAX_LENGTH) {
      throw problem(text.substring(0, 40) + "...", "is longer than " + MAX_LENGTH + " characters");
    }
    if (slash <= 0) {
      throw problem(text, "has no folder; name it as FOLDER/PATH" + SUFFIX);
    }
    String path = text.substring(slash + 1);
    for (String name : text.split("/", -1)) {
      if (name.isEmpty() || name.startsWith(".")) {
        throw problem(text, "has an empty or hidden name in it");
      }
      if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw problem(text, "has a name of more than " + MAX_NAME_BYTES + " bytes");
      }
    }
    if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\' || c == 0xFFFD)) {
      throw problem(text, "has characters that no archive's name may have");
    }
    if (!path.endsWith(SUFFIX)) {
      throw problem(text, "does not end in " + SUFFIX);
    }
    return new ArchiveName(text.substring(0, slash), path);
  }

  private static IllegalArgumentException problem(String text, String why) {
    return new IllegalArgumentException("archive \"" + text + "\" " + why);
  }

  @Override
  public int compareTo(ArchiveName other) {
    return toString().compareTo(other.toString());
  }

  /** {@code folder/path}. */
  @Override
  public String toString() {
    return folder + "/" + path;
  }
}
