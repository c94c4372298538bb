package io.packhouse.plugins.maven;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Opens documents for a parser that is quick because it trusts them: Aalto, which takes a sixth of
 * the JDK's time for small poms ({@code PomReading} in the benchmarks). Thread-safe.
 *
 * <p>It has no limits of its own, so both its weaknesses are kept small here:
 *
 * <ul>
 *   <li>Its time is quadratic in the attributes of one element: nothing longer than {@link
 *       #MAX_LENGTH} is given to it.
 *   <li>A factory remembers all names of all its documents: it is left for a new one after {@link
 *       #MAX_REMEMBERED} bytes.
 * </ul>
 */
final class QuickXml {

  /** Nearly all poms are shorter. The worst of this length takes some 50 ms. */
  static final int MAX_LENGTH = 64 << 10;

  /** If all of it were names, they would take up some 20 MB; the next factory costs 20 µs. */
  private static final long MAX_REMEMBERED = 1 << 20;

  private final AtomicLong untilRenewal = new AtomicLong(MAX_REMEMBERED);
  private volatile XMLInputFactory factory = newFactory();

  /**
   * A reader of a document in UTF-8. It follows no entities but XML's own, and throws where there
   * are others.
   *
   * @param document at most {@link #MAX_LENGTH} bytes
   * @throws XMLStreamException where the document does not begin as XML, or is in another encoding
   */
  XMLStreamReader open(byte[] document) throws XMLStreamException {
    if (untilRenewal.addAndGet(-document.length) < 0) {
      untilRenewal.set(MAX_REMEMBERED);
      factory = newFactory();
    }
    XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
    String encoding = reader.getEncoding();
    if (!"UTF-8".equals(encoding) && !"US-ASCII".equals(encoding)) {
      reader.close();
      throw new XMLStreamException("not in UTF-8 but " + encoding);
    }
    return reader;
  }

  private static XMLInputFactory newFactory() {
    XMLInputFactory factory = new InputFactoryImpl();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setXMLResolver(
        (publicId, systemId, baseUri, namespace) -> {
          throw new XMLStreamException("external entities are not read");
        });
    return factory;
  }
}
