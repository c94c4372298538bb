package io.packhouse.plugins.maven;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses the group of a jar that has neither layout nor pom, from its manifest and packages. As
 * Syft does it ({@code syft/pkg/cataloger/internal/cpegenerate/java.go}): well-known artifacts
 * first, then the manifest's primary attributes, then its secondary ones; here with what looks like
 * the artifact cut off, and at last the package that all classes share.
 */
final class GroupGuess {

  /** Homes of many projects: no group is just this. */
  private static final Set<String> UMBRELLAS =
      Set.of(
          "org.apache",
          "com.google",
          "org.eclipse",
          "com.sun",
          "net.sourceforge",
          "com.github",
          "io.github",
          "org.codehaus",
          "com.oracle",
          "com.ibm");

  private static final Set<String> DOMAINS =
      Set.of(
          "com", "org", "net", "io", "de", "dev", "fr", "uk", "be", "ch", "eu", "me", "ru", "cn",
          "jp", "edu", "gov", "javax", "jakarta", "tools", "co", "us", "at", "nl", "br", "it");

  /**
   * Artifacts that do not tell their group in any way.
   *
   * @param artifact whole, or its beginning where it ends with {@code -}
   * @param fromMajor the major version from which on
   */
  private record Known(String artifact, int fromMajor, String group) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known("spring-boot", 0, "org.springframework.boot"),
          new Known("spring-boot-", 0, "org.springframework.boot"),
          new Known("spring-security-", 0, "org.springframework.security"),
          new Known("spring-data-", 0, "org.springframework.data"),
          new Known("spring-cloud-", 0, "org.springframework.cloud"),
          new Known("spring-batch-", 0, "org.springframework.batch"),
          new Known("spring-integration-", 0, "org.springframework.integration"),
          new Known("spring-kafka", 0, "org.springframework.kafka"),
          new Known("spring-", 0, "org.springframework"),
          new Known("junit-jupiter", 0, "org.junit.jupiter"),
          new Known("junit-jupiter-", 0, "org.junit.jupiter"),
          new Known("junit-platform-", 0, "org.junit.platform"),
          new Known("junit-vintage-", 0, "org.junit.vintage"),
          new Known("kotlin-", 0, "org.jetbrains.kotlin"),
          new Known("kotlinx-", 0, "org.jetbrains.kotlinx"),
          new Known("asm", 4, "org.ow2.asm"),
          new Known("asm-", 4, "org.ow2.asm"),
          new Known("groovy", 4, "org.apache.groovy"),
          new Known("groovy-", 4, "org.apache.groovy"),
          new Known("groovy", 0, "org.codehaus.groovy"),
          new Known("groovy-", 0, "org.codehaus.groovy"),
          new Known("lucene-", 0, "org.apache.lucene"),
          new Known("tomcat-embed-", 0, "org.apache.tomcat.embed"),
          new Known("jackson-core-asl", 0, "org.codehaus.jackson"),
          new Known("jackson-mapper-asl", 0, "org.codehaus.jackson"),
          new Known("protobuf-java", 0, "com.google.protobuf"),
          new Known("hibernate-core", 6, "org.hibernate.orm"),
          new Known("hibernate-core", 0, "org.hibernate"),
          new Known("dom4j", 2, "org.dom4j"),
          new Known("dom4j", 0, "dom4j"),
          new Known("antlr", 0, "antlr"),
          new Known("oro", 0, "oro"),
          new Known("junit", 0, "junit"),
          new Known("javax.inject", 0, "javax.inject"),
          new Known("jsr250-api", 0, "javax.annotation"),
          new Known("jsp-api", 0, "javax.servlet.jsp"),
          new Known("servlet-api", 0, "javax.servlet"),
          new Known("velocity", 0, "org.apache.velocity"),
          new Known("velocity-tools", 0, "org.apache.velocity"),
          new Known("commons-beanutils", 0, "commons-beanutils"),
          new Known("commons-chain", 0, "commons-chain"),
          new Known("commons-codec", 0, "commons-codec"),
          new Known("commons-collections", 0, "commons-collections"),
          new Known("commons-digester", 0, "commons-digester"),
          new Known("commons-fileupload", 0, "commons-fileupload"),
          new Known("commons-io", 0, "commons-io"),
          new Known("commons-lang", 0, "commons-lang"),
          new Known("commons-logging", 0, "commons-logging"),
          new Known("commons-validator", 0, "commons-validator"));

  private GroupGuess() {}

  /**
   * The group of an artifact.
   *
   * @param common the package that all its classes lie in or below
   * @return null where nothing tells
   */
  static @Nullable String of(
      String artifact, @Nullable String version, JarManifest manifest, String common) {
    for (String attribute : List.of("Group-Id", "Nar-Group", "Implementation-Group-Id")) {
      String stated = manifest.value(attribute);
      if (stated != null && MavenCoordinates.isId(stated)) {
        return stated;
      }
    }
    String title = manifest.value("Implementation-Title");
    int hash = title == null ? -1 : title.indexOf('#');
    if (title != null && hash > 0 && title.startsWith(artifact + ";", hash + 1)) {
      // What Gradle's plugin for publishing writes: group#artifact;version.
      String stated = title.substring(0, hash);
      if (MavenCoordinates.isId(stated)) {
        return stated;
      }
    }
    for (Known known : KNOWN) {
      boolean same =
          known.artifact.endsWith("-")
              ? artifact.startsWith(known.artifact)
              : artifact.equals(known.artifact);
      if (same && major(version) >= known.fromMajor) {
        return known.group;
      }
    }
    String symbolic = manifest.plainValue("Bundle-SymbolicName");
    if (symbolic != null) {
      if (symbolic.endsWith("." + artifact)) {
        String before = symbolic.substring(0, symbolic.length() - artifact.length() - 1);
        if (isGroup(before)) {
          return before;
        }
      }
      if (symbolic.equals(artifact) && isGroup(cut(symbolic))) {
        return cut(symbolic);
      }
    }
    String vendor = manifest.value("Implementation-Vendor-Id");
    if (vendor != null && isGroup(vendor)) {
      return vendor;
    }
    for (String attribute : List.of("Bundle-SymbolicName", "Automatic-Module-Name")) {
      String guess = shortened(manifest.plainValue(attribute), artifact);
      if (guess != null) {
        return guess;
      }
    }
    return shortened(common, artifact);
  }

  /** A name with what is of the artifact taken off its end. */
  private static @Nullable String shortened(@Nullable String name, String artifact) {
    if (name == null || !isGroup(name)) {
      return null;
    }
    List<String> words = Arrays.asList(artifact.split("[-_.]"));
    String group = name;
    while (true) {
      String last = group.substring(group.lastIndexOf('.') + 1);
      String next = cut(group);
      if (!isGroup(next) || !words.contains(last)) {
        return group;
      }
      group = next;
    }
  }

  private static String cut(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(0, dot);
  }

  private static boolean isGroup(String name) {
    int dot = name.indexOf('.');
    return dot > 0
        && DOMAINS.contains(name.substring(0, dot))
        && MavenCoordinates.isId(name)
        && !UMBRELLAS.contains(name);
  }

  private static int major(@Nullable String version) {
    int major = 0;
    if (version != null) {
      for (int i = 0; i < Math.min(4, version.length()) && version.charAt(i) != '.'; i++) {
        char c = version.charAt(i);
        major = c >= '0' && c <= '9' ? major * 10 + c - '0' : major;
      }
    }
    return major;
  }
}
