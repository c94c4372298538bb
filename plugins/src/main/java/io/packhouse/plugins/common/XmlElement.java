package io.packhouse.plugins.common;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An element of a small XML document that is wanted whole. Namespaces are left out: real documents
 * of one kind have many, or none.
 */
public final class XmlElement {

  private static final int MAX_ELEMENTS = 200_000;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_TEXT = 1 << 16;

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<XmlElement> children = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private XmlElement(String name) {
    this.name = name;
  }

  /**
   * Reads a document to its end.
   *
   * @param what the document is, for messages
   * @return its root
   * @throws ExtractionException where it is not well-formed, or too large
   * @throws IOException as {@code document} throws it
   */
  public static XmlElement parse(String what, InputStream document)
      throws ExtractionException, IOException {
    XmlElement[] root = new XmlElement[1];
    XmlDocuments.walk(what, document, xml -> root[0] = read(what, xml));
    return root[0];
  }

  private static XmlElement read(String what, XMLStreamReader xml)
      throws XMLStreamException, ExtractionException {
    Deque<XmlElement> open = new ArrayDeque<>();
    XmlElement root = null;
    int count = 0;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++count > MAX_ELEMENTS || open.size() == MAX_DEPTH) {
            throw new ExtractionException(
                "%s has more than %d elements or nests deeper than %d"
                    .formatted(what, MAX_ELEMENTS, MAX_DEPTH));
          }
          XmlElement element = new XmlElement(xml.getLocalName());
          for (int i = 0; i < xml.getAttributeCount(); i++) {
            element.attributes.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
          }
          XmlElement parent = open.peek();
          if (parent == null) {
            root = element;
          } else {
            parent.children.add(element);
          }
          open.push(element);
        }
        case XMLStreamConstants.END_ELEMENT -> open.pop();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          XmlElement element = open.peek();
          if (element != null) {
            int room = Math.min(MAX_TEXT - element.text.length(), xml.getTextLength());
            element.text.append(xml.getTextCharacters(), xml.getTextStart(), room);
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new ExtractionException(what + " refers to an entity that it does not define");
        default -> {}
      }
    }
    if (root == null) {
      throw new ExtractionException(what + " has no element");
    }
    return root;
  }

  /** Its name without a prefix. */
  public String name() {
    return name;
  }

  /** Its child elements, in order. */
  public List<XmlElement> children() {
    return Collections.unmodifiableList(children);
  }

  /** Its child elements of a name, in order. */
  public List<XmlElement> children(String childName) {
    List<XmlElement> found = new ArrayList<>();
    for (XmlElement child : children) {
      if (child.name.equals(childName)) {
        found.add(child);
      }
    }
    return found;
  }

  /** Its first child element of a name; null where there is none. */
  public @Nullable XmlElement child(String childName) {
    for (XmlElement child : children) {
      if (child.name.equals(childName)) {
        return child;
      }
    }
    return null;
  }

  /** The text of its first child element of a name, stripped; null where none or blank. */
  public @Nullable String childText(String childName) {
    XmlElement child = child(childName);
    return child == null ? null : child.text();
  }

  /** The text right in it, stripped, its first 65,536 characters; null where blank. */
  public @Nullable String text() {
    String stripped = text.toString().strip();
    return stripped.isEmpty() ? null : stripped;
  }

  /** An attribute's value, stripped; null where there is none or it is blank. */
  public @Nullable String attribute(String attributeName) {
    String value = attributes.get(attributeName);
    if (value == null) {
      return null;
    }
    String stripped = value.strip();
    return stripped.isEmpty() ? null : stripped;
  }
}
