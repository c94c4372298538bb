package io.packhouse.plugins.common;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.PushbackReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Opens XML documents for the JDK's parser with neither document types nor external entities, in
 * the encoding that they declare. A new factory for each document: they are not thread-safe.
 */
public final class XmlDocuments {

  private static final int MAX_DECLARATION = 256;
  private static final Pattern DECLARATION =
      Pattern.compile("<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']");
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private XmlDocuments() {}

  /** What is done with a document. */
  public interface Walker {

    /**
     * Reads as much as it wants.
     *
     * @param xml at the start of the document; closed by the caller
     */
    void walk(XMLStreamReader xml) throws XMLStreamException, ExtractionException;
  }

  /**
   * Lets {@code walker} read a document.
   *
   * @param what the document is, for messages
   * @throws ExtractionException where it is not well-formed, as {@code walker} throws it, or as
   *     {@code document} does, in an {@link ExtractionIOException}
   * @throws IOException as {@code document} throws it
   */
  public static void walk(String what, InputStream document, Walker walker)
      throws ExtractionException, IOException {
    FirstErrorStream bytes = new FirstErrorStream(document);
    try {
      XMLStreamReader xml = open(bytes);
      try {
        walker.walk(xml);
      } finally {
        xml.close();
      }
    } catch (XMLStreamException | IOException | RuntimeException e) {
      // The parser wraps errors of its stream, and has thrown unchecked ones on malformed input.
      rethrow(bytes.error());
      throw new ExtractionException(what + " is not well-formed XML", e);
    }
  }

  private static XMLStreamReader open(InputStream document)
      throws ExtractionException, XMLStreamException, IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    factory.setXMLResolver(
        (publicId, systemId, baseUri, namespace) -> {
          throw new XMLStreamException("external entities are not read");
        });
    PushbackInputStream bytes = new PushbackInputStream(document, MAX_DECLARATION);
    byte[] head = bytes.readNBytes(MAX_DECLARATION);
    bytes.unread(head);
    // Decoded here: the parser, given bytes that do not fit their encoding, writes to stderr.
    PushbackReader text = new PushbackReader(new InputStreamReader(bytes, charset(head)), 1);
    int first = text.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      text.unread(first);
    }
    return factory.createXMLStreamReader(text);
  }

  private static Charset charset(byte[] head) throws ExtractionException {
    if (head.length >= 2 && (head[0] & head[1] & 0xFF) == 0xFE && head[0] != head[1]) {
      return StandardCharsets.UTF_16;
    }
    Matcher declared = DECLARATION.matcher(new String(head, StandardCharsets.ISO_8859_1));
    // A declaration that could be read so is in no encoding of two bytes, whatever it says.
    if (!declared.lookingAt() || declared.group(1).regionMatches(true, 0, "UTF-16", 0, 6)) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(declared.group(1));
    } catch (IllegalArgumentException e) {
      throw new ExtractionException("XML declares an unknown encoding: " + declared.group(1), e);
    }
  }

  private static void rethrow(@Nullable IOException error) throws ExtractionException, IOException {
    if (error instanceof ExtractionIOException damage) {
      throw damage.damage();
    }
    if (error != null) {
      throw error;
    }
  }
}
