package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the coordinates that a pom states of itself, its parent's group and version standing in for
 * its own. Neither document types nor entities beyond XML's own five are followed.
 */
final class PomReader {

  /** The largest real poms are some 200 KB. */
  private static final long MAX_SIZE = 16L << 20;

  /** The parser keeps every open element; real poms nest plugin configurations 20 deep. */
  private static final int MAX_DEPTH = 500;

  private static final int MAX_DECLARATION = 256;
  private static final Pattern DECLARATION =
      Pattern.compile("<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']");

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private PomReader() {}

  /**
   * The coordinates of a pom.
   *
   * @return null where the file is XML, but no pom
   * @throws ExtractionException where it is not well-formed, too large, or states no group or
   *     artifact
   */
  static @Nullable MavenCoordinates read(PackageFile pom) throws ExtractionException, IOException {
    if (pom.size() > MAX_SIZE) {
      throw new ExtractionException(
          "pom is larger than the limit of " + MAX_SIZE + " bytes: " + pom.size());
    }
    Map<String, String> values;
    // The parser wraps and may hide the errors of the stream, so they are kept aside.
    FirstError bytes = new FirstError(Channels.newInputStream(pom.channel()));
    Charset charset = charset(pom);
    try {
      values = values(new InputStreamReader(bytes, charset));
    } catch (XMLStreamException | IOException | RuntimeException e) {
      bytes.rethrow();
      // The JDK's parser has thrown unchecked exceptions on malformed input.
      throw new ExtractionException("pom is not well-formed XML, or nests too deep", e);
    }
    if (values == null) {
      return null;
    }
    String group = values.getOrDefault("/groupId", values.getOrDefault("/parent/groupId", ""));
    String artifact = values.getOrDefault("/artifactId", "");
    String version = values.getOrDefault("/version", values.getOrDefault("/parent/version", ""));
    if (!MavenCoordinates.isId(group) || !MavenCoordinates.isId(artifact)) {
      throw new ExtractionException("pom states no usable groupId or artifactId");
    }
    return new MavenCoordinates(
        group, artifact, MavenCoordinates.isVersion(version) ? version : null, null, null, "pom");
  }

  /** Texts of the elements wanted, by path below the root; null where the root is no project. */
  private static @Nullable Map<String, String> values(Reader text)
      throws XMLStreamException, IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setXMLResolver(
        (publicId, systemId, baseUri, namespace) -> {
          throw new XMLStreamException("external entities are not read");
        });
    PushbackReader afterMark = new PushbackReader(text, 1);
    int first = afterMark.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      afterMark.unread(first);
    }
    XMLStreamReader reader = factory.createXMLStreamReader(afterMark);
    Map<String, String> values = new HashMap<>();
    try {
      int depth = 0;
      boolean inParent = false;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.END_ELEMENT) {
          depth--;
        } else if (event == XMLStreamConstants.START_ELEMENT) {
          String name = reader.getLocalName();
          if (depth == 0 && !name.equals("project")) {
            return null;
          }
          if (depth == 1) {
            inParent = name.equals("parent");
          }
          boolean own = depth == 1 && isCoordinate(name);
          if (own || (depth == 2 && inParent && isCoordinate(name))) {
            // Reads up to the end of the element, which leaves the depth as it is.
            values.putIfAbsent((own ? "/" : "/parent/") + name, reader.getElementText().strip());
          } else if (++depth > MAX_DEPTH) {
            throw new XMLStreamException("elements nest deeper than the limit of " + MAX_DEPTH);
          }
        }
      }
    } finally {
      reader.close();
    }
    return values;
  }

  /**
   * How the pom is encoded, by its byte order mark or its declaration. Told here since the JDK's
   * parser, given bytes, writes to standard error where they do not fit their encoding; decoded so,
   * they become U+FFFD, which does no harm outside of the coordinates.
   */
  private static Charset charset(PackageFile pom) throws ExtractionException, IOException {
    byte[] head = new byte[(int) Math.min(MAX_DECLARATION, pom.size())];
    pom.slice(0, head.length).get(head);
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

  private static boolean isCoordinate(String name) {
    return name.equals("groupId") || name.equals("artifactId") || name.equals("version");
  }

  /** Remembers the first failure of a stream; errors of the text above it are not its own. */
  private static final class FirstError extends InputStream {

    private final InputStream source;
    private @Nullable IOException error;

    FirstError(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return source.read(target, offset, length);
      } catch (IOException e) {
        error = error == null ? e : error;
        throw e;
      }
    }

    void rethrow() throws IOException {
      if (error != null) {
        throw error;
      }
    }
  }
}
