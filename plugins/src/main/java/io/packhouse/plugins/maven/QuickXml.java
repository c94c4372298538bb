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
 * <p>It has no limits of its own, and a factory remembers all names of all its documents, so two
 * weaknesses are kept small here:
 *
 * <ul>
 *   <li>Its time is quadratic in the attributes of one element and in the names remembered: nothing
 *       longer than {@link #MAX_LENGTH} is given to it, and a factory is left for a new one after
 *       {@link #MAX_REMEMBERED} bytes. A hostile document then takes tens of milliseconds, some 100
 *       where the hashes of its names collide.
 *   <li>So is the memory that the names take up: some 2 MB at most.
 * </ul>
 *
 * <p>It lets pass a few faults that the JDK's parser refuses, none of which changes what the rest
 * says: U+FFFE and U+FFFF, U+0000 in an end tag, odd prefixes of namespaces, {@code UT-F8}.
 */
final class QuickXml {

  /** Nearly all poms are shorter. */
  static final int MAX_LENGTH = 64 << 10;

  /** Some 50 poms: by then a new factory, and its learning of a pom's names, costs little. */
  private static final long MAX_REMEMBERED = 64 << 10;

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
