package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of elements as strings: those that most poms have are made once. */
final class XmlNames {

  private static final List<String> COMMON =
      List.of(
          "activation",
          "activeByDefault",
          "artifactId",
          "build",
          "ciManagement",
          "classifier",
          "connection",
          "contributors",
          "dependencies",
          "dependency",
          "dependencyManagement",
          "description",
          "developer",
          "developerConnection",
          "developers",
          "distribution",
          "distributionManagement",
          "email",
          "exclusion",
          "exclusions",
          "groupId",
          "id",
          "inceptionYear",
          "issueManagement",
          "jdk",
          "license",
          "licenses",
          "mailingLists",
          "modelVersion",
          "module",
          "modules",
          "name",
          "optional",
          "organization",
          "organizationUrl",
          "packaging",
          "parent",
          "pluginRepositories",
          "prerequisites",
          "profile",
          "profiles",
          "project",
          "project.build.sourceEncoding",
          "properties",
          "property",
          "relativePath",
          "reporting",
          "repositories",
          "role",
          "roles",
          "scm",
          "scope",
          "tag",
          "timezone",
          "type",
          "url",
          "version");

  /** Twice as many places as names at least, a power of two. */
  private static final int MASK = 127;

  private static final @Nullable String[] NAMES = new @Nullable String[MASK + 1];
  private static final byte[][] BYTES = new byte[MASK + 1][];

  static {
    for (String name : COMMON) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      int place = place(bytes, 0, bytes.length);
      while (NAMES[place] != null) {
        place = (place + 1) & MASK;
      }
      NAMES[place] = name;
      BYTES[place] = bytes;
    }
  }

  private XmlNames() {}

  /** The name that some bytes of ASCII spell, at least one. */
  static String of(byte[] document, int from, int length) {
    int place = place(document, from, length);
    String name = NAMES[place];
    while (name != null) {
      byte[] bytes = BYTES[place];
      if (Arrays.equals(document, from, from + length, bytes, 0, bytes.length)) {
        return name;
      }
      place = (place + 1) & MASK;
      name = NAMES[place];
    }
    return new String(document, from, length, StandardCharsets.ISO_8859_1);
  }

  private static int place(byte[] bytes, int from, int length) {
    return (length * 37
            + bytes[from] * 5
            + bytes[from + length / 2] * 11
            + bytes[from + length - 1])
        & MASK;
  }
}
