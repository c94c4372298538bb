package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds classes that people look for when they ask whether a jar holds vulnerable code: by simple
 * name, so that relocated copies are found too. The list is in docs/extractors/maven.md.
 */
final class JarMarkers {

  private static final int MAX_FOUND = 32;

  /** Names that next to nothing else bears. */
  private static final List<String> CLASSES =
      List.of(
          // log4j 2: CVE-2021-44228, CVE-2021-45046
          "JndiLookup.class",
          "JndiManager.class",
          // log4j 1: CVE-2021-4104, CVE-2022-23302, CVE-2022-23305, CVE-2019-17571
          "JMSAppender.class",
          "JMSSink.class",
          "JDBCAppender.class",
          "SocketServer.class",
          // commons-collections: CVE-2015-7501
          "InvokerTransformer.class",
          // commons-text: CVE-2022-42889
          "ScriptStringLookup.class",
          // commons-fileupload: CVE-2016-1000031
          "DiskFileItem.class",
          // struts 2: CVE-2017-5638
          "JakartaMultiPartRequest.class",
          // spring-beans: CVE-2022-22965
          "CachedIntrospectionResults.class",
          // spring-cloud-function: CVE-2022-22963
          "RoutingFunction.class",
          // xstream: CVE-2021-39144
          "XStream.class",
          // shiro: CVE-2016-4437
          "AbstractRememberMeManager.class",
          // groovy: CVE-2015-3253
          "MethodClosure.class");

  private static final byte[][][] BY_LENGTH = byLength();

  private final List<String> found = new ArrayList<>(0);

  /** Looks at the class {@code name[from, to)}. */
  void add(byte[] name, int from, int to) {
    int at = to - 1;
    while (at >= from && name[at] != '/') {
      at--;
    }
    at++;
    int length = to - at;
    if (length >= BY_LENGTH.length) {
      return;
    }
    for (byte[] marker : BY_LENGTH[length]) {
      if (name[at] == marker[0]
          && Arrays.equals(name, at, to, marker, 0, length)
          && found.size() < MAX_FOUND) {
        found.add(new String(name, 0, to, StandardCharsets.UTF_8));
      }
    }
  }

  /** Their names within the jar, in its order. */
  List<String> found() {
    return found;
  }

  private static byte[][][] byLength() {
    int longest = CLASSES.stream().mapToInt(String::length).max().orElse(0);
    byte[][][] byLength = new byte[longest + 1][][];
    for (int length = 0; length <= longest; length++) {
      int wanted = length;
      byLength[length] =
          CLASSES.stream()
              .filter(name -> name.length() == wanted)
              .map(name -> name.getBytes(StandardCharsets.US_ASCII))
              .toArray(byte[][]::new);
    }
    return byLength;
  }
}
