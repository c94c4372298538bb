package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads poms and the like. Neither document types nor entities beyond XML's own five are followed.
 * Thread-safe.
 *
 * <p>Most documents are read by a quick parser. What it does not accept, for any reason, is read
 * again by a thorough one, whose word is final: its are the limits, the errors and the tolerance of
 * wrongly encoded text that are seen from outside.
 *
 * <p>Poms read lately are remembered by their bytes, since most are asked for several times: by
 * themselves, by their jar, and by all poms whose parent they are.
 */
final class PomReader {

  /** The largest real poms are some 200 KB. */
  private static final long MAX_SIZE = 16L << 20;

  private final PomCache cache = new PomCache();

  /**
   * What a pom states.
   *
   * @return null where the file is XML, but no pom
   * @throws ExtractionException where it is not well-formed or too large
   */
  @Nullable PomModel read(PackageFile pom) throws ExtractionException, IOException {
    checkSize(pom, "pom");
    ByteBuffer bytes = pom.slice(0, (int) pom.size());
    PomModel known = cache.find(bytes);
    if (known != null) {
      return known;
    }
    byte[] document = new byte[(int) pom.size()];
    bytes.get(0, document);
    XmlNode project = read(pom, document, "pom", "project", PomModel.SKIPPED);
    if (project == null) {
      return null;
    }
    PomModel model = PomModel.of(project);
    cache.put(document, model);
    return model;
  }

  /**
   * The elements of a document.
   *
   * @param what it should be, for messages
   * @param root the name of its outermost element
   * @return null where that is another
   * @throws ExtractionException where it is not well-formed or too large
   */
  @Nullable XmlNode read(PackageFile file, String what, String root)
      throws ExtractionException, IOException {
    checkSize(file, what);
    byte[] document = new byte[(int) file.size()];
    file.slice(0, document.length).get(document);
    return read(file, document, what, root, Set.of());
  }

  private static void checkSize(PackageFile file, String what) throws ExtractionException {
    if (file.size() > MAX_SIZE) {
      throw new ExtractionException(
          what + " is larger than the limit of " + MAX_SIZE + " bytes: " + file.size());
    }
  }

  private @Nullable XmlNode read(
      PackageFile file, byte[] document, String what, String root, Set<String> skipped)
      throws ExtractionException, IOException {
    QuickXml quick = new QuickXml(document, root, skipped);
    return quick.accepts() ? quick.document() : readThoroughly(file, what, root, skipped);
  }

  /** As {@link #read}, by the parser that has the last word. */
  static @Nullable XmlNode readThoroughly(
      PackageFile file, String what, String root, Set<String> skipped)
      throws ExtractionException, IOException {
    ThoroughXml thorough = new ThoroughXml(file);
    try {
      XMLStreamReader xml = thorough.open();
      try {
        return XmlNode.read(xml, root, skipped);
      } finally {
        xml.close();
      }
    } catch (XMLStreamException | IOException | RuntimeException e) {
      thorough.rethrowReadError();
      // The JDK's parser has thrown unchecked exceptions on malformed input.
      throw new ExtractionException(what + " is not well-formed XML, or nests too deep", e);
    }
  }
}
