package io.packhouse.plugins.maven;

import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The coordinates that a pom states, as they stand in it; null where it does not, and of each the
 * first where it does twice.
 *
 * @param group the project's own
 * @param version the project's own
 */
record PomValues(
    @Nullable String group,
    @Nullable String artifact,
    @Nullable String version,
    @Nullable String parentGroup,
    @Nullable String parentVersion) {

  /** Parsers keep every open element; real poms nest plugin configurations 20 deep. */
  private static final int MAX_DEPTH = 500;

  /**
   * Reads a document to its end, so that one that is damaged anywhere is told.
   *
   * @param xml at the document's start
   * @return null where the root is no {@code project}
   * @throws XMLStreamException where the document is not well-formed, or nests too deep
   */
  static @Nullable PomValues read(XMLStreamReader xml) throws XMLStreamException {
    String group = null;
    String artifact = null;
    String version = null;
    String parentGroup = null;
    String parentVersion = null;
    boolean inParent = false;
    int depth = 0;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
        continue;
      }
      if (event != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      if (++depth > MAX_DEPTH) {
        throw new XMLStreamException("elements nest deeper than the limit of " + MAX_DEPTH);
      }
      if (depth > 3 || (depth == 3 && !inParent)) {
        continue;
      }
      String name = xml.getLocalName();
      if (depth == 1) {
        if (!name.equals("project")) {
          return null;
        }
        continue;
      }
      boolean own = depth == 2;
      if (own) {
        inParent = name.equals("parent");
      }
      boolean wanted = true;
      switch (name) {
        case "groupId" -> {
          String text = text(xml);
          group = own && group == null ? text : group;
          parentGroup = !own && parentGroup == null ? text : parentGroup;
        }
        case "artifactId" -> {
          String text = text(xml);
          artifact = own && artifact == null ? text : artifact;
        }
        case "version" -> {
          String text = text(xml);
          version = own && version == null ? text : version;
          parentVersion = !own && parentVersion == null ? text : parentVersion;
        }
        default -> wanted = false;
      }
      if (wanted) {
        // Its text was read up to its end.
        depth--;
      }
    }
    return new PomValues(group, artifact, version, parentGroup, parentVersion);
  }

  private static String text(XMLStreamReader xml) throws XMLStreamException {
    return xml.getElementText().strip();
  }
}
