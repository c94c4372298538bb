package io.packhouse.plugins.maven;

import io.packhouse.plugins.common.FirstErrorStream;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.nio.channels.Channels;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Opens documents of any size and encoding for the JDK's parser, which has limits for names,
 * attributes and more. A new factory for each document: they are not thread-safe.
 */
final class ThoroughXml {

  private static final int MAX_DECLARATION = 256;
  private static final Pattern DECLARATION =
      Pattern.compile("<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']");

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Charset charset;
  // The parser wraps and may hide the errors of the stream, so they are kept aside.
  private final FirstErrorStream bytes;

  /**
   * @throws ExtractionException where the file declares an encoding that is unknown
   */
  ThoroughXml(PackageFile file) throws ExtractionException, IOException {
    this.charset = charset(file);
    this.bytes = new FirstErrorStream(Channels.newInputStream(file.channel()));
  }

  /**
   * A reader of the file, once. It follows neither document types nor entities.
   *
   * @throws XMLStreamException where it does not begin as XML
   */
  XMLStreamReader open() throws XMLStreamException, IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    // Old poms have entities of HTML that they do not declare, mostly in names of people.
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setXMLResolver(
        (publicId, systemId, baseUri, namespace) -> {
          throw new XMLStreamException("external entities are not read");
        });
    PushbackReader afterMark = new PushbackReader(new InputStreamReader(bytes, charset), 1);
    int first = afterMark.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      afterMark.unread(first);
    }
    return factory.createXMLStreamReader(afterMark);
  }

  /** Throws the first error of reading the file's bytes, if there was one. */
  void rethrowReadError() throws IOException {
    IOException error = bytes.error();
    if (error != null) {
      throw error;
    }
  }

  /**
   * How the file is encoded, by its byte order mark or its declaration. Told here since the JDK's
   * parser, given bytes, writes to standard error where they do not fit their encoding; decoded so,
   * they become U+FFFD, which does no harm outside of the coordinates.
   */
  private static Charset charset(PackageFile file) throws ExtractionException, IOException {
    byte[] head = new byte[(int) Math.min(MAX_DECLARATION, file.size())];
    file.slice(0, head.length).get(head);
    if (head.length >= 2 && (head[0] & head[1] & 0xFF) == 0xFE && head[0] != head[1]) {
      return StandardCharsets.UTF_16;
    }
    Matcher declared = DECLARATION.matcher(new String(head, StandardCharsets.ISO_8859_1));
    if (!declared.lookingAt()) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(declared.group(1));
    } catch (IllegalArgumentException e) {
      throw new ExtractionException("pom declares an unknown encoding: " + declared.group(1), e);
    }
  }
}
