package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the coordinates that a pom states of itself, its parent's group and version standing in for
 * its own. Neither document types nor entities beyond XML's own five are followed. Thread-safe.
 *
 * <p>Small poms in UTF-8 are read by a quick parser. What it does not accept, for any reason, is
 * read again by a thorough one, whose word is final: its are the limits, the errors and the
 * tolerance of wrongly encoded text that are seen from outside.
 */
final class PomReader {

  /** The largest real poms are some 200 KB. */
  private static final long MAX_SIZE = 16L << 20;

  private final QuickXml quick = new QuickXml();

  /**
   * The coordinates of a pom.
   *
   * @return null where the file is XML, but no pom
   * @throws ExtractionException where it is not well-formed, too large, or states no group or
   *     artifact
   */
  @Nullable MavenCoordinates read(PackageFile pom) throws ExtractionException, IOException {
    if (pom.size() > MAX_SIZE) {
      throw new ExtractionException(
          "pom is larger than the limit of " + MAX_SIZE + " bytes: " + pom.size());
    }
    PomValues values = read(pom, pom.size() <= QuickXml.MAX_LENGTH);
    return values == null ? null : coordinates(values);
  }

  private @Nullable PomValues read(PackageFile pom, boolean quickly)
      throws ExtractionException, IOException {
    if (quickly) {
      try {
        return readQuickly(pom);
      } catch (XMLStreamException | RuntimeException e) {
        // As promised above: the thorough parser tells what is wrong, if anything is.
      }
    }
    return readThoroughly(pom);
  }

  private @Nullable PomValues readQuickly(PackageFile pom) throws XMLStreamException, IOException {
    byte[] document = new byte[(int) pom.size()];
    pom.slice(0, document.length).get(document);
    XMLStreamReader xml = quick.open(document);
    try {
      return PomValues.read(xml);
    } finally {
      xml.close();
    }
  }

  private static @Nullable PomValues readThoroughly(PackageFile pom)
      throws ExtractionException, IOException {
    ThoroughXml thorough = new ThoroughXml(pom);
    try {
      XMLStreamReader xml = thorough.open();
      try {
        return PomValues.read(xml);
      } finally {
        xml.close();
      }
    } catch (XMLStreamException | IOException | RuntimeException e) {
      thorough.rethrowReadError();
      // The JDK's parser has thrown unchecked exceptions on malformed input.
      throw new ExtractionException("pom is not well-formed XML, or nests too deep", e);
    }
  }

  private static MavenCoordinates coordinates(PomValues values) throws ExtractionException {
    String group = values.group() == null ? values.parentGroup() : values.group();
    String artifact = values.artifact();
    String version = values.version() == null ? values.parentVersion() : values.version();
    if (group == null
        || artifact == null
        || !MavenCoordinates.isId(group)
        || !MavenCoordinates.isId(artifact)) {
      throw new ExtractionException("pom states no usable groupId or artifactId");
    }
    String usable = version != null && MavenCoordinates.isVersion(version) ? version : null;
    return new MavenCoordinates(group, artifact, usable, null, null, "pom");
  }
}
