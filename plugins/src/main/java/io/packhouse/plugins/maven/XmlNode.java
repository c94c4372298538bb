package io.packhouse.plugins.maven;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An element of a small document: its name without prefix, its text, the elements in it. Attributes
 * are not kept.
 */
final class XmlNode {

  /** Parsers keep every open element; real poms nest plugin configurations 20 deep. */
  static final int MAX_DEPTH = 500;

  /** The largest real poms, those that list all versions of a platform, have some 60,000. */
  static final int MAX_NODES = 200_000;

  private final String name;
  private String text = "";

  /** Empty and unmodifiable until there is one: most elements have none. */
  private List<XmlNode> children = List.of();

  /** All of the text, where it came in several pieces; null where it did not. */
  private @Nullable StringBuilder pieces;

  XmlNode(String name) {
    this.name = name;
  }

  /** Adds an element at the end. */
  void add(XmlNode child) {
    if (children.isEmpty()) {
      children = new ArrayList<>(4);
    }
    children.add(child);
  }

  /** Adds to the text. */
  void append(String more) {
    if (text.isEmpty()) {
      text = more;
      return;
    }
    if (pieces == null) {
      pieces = new StringBuilder(text);
    }
    pieces.append(more);
  }

  /** Completes the text; nothing is added after it. */
  void end() {
    text = (pieces == null ? text : pieces.toString()).strip();
    pieces = null;
  }

  String name() {
    return name;
  }

  /** All text directly in it, without blanks around. */
  String text() {
    return text;
  }

  List<XmlNode> children() {
    return children;
  }

  /** The first element of a name in it. */
  @Nullable XmlNode child(String childName) {
    // Asked for by the dozen for each pom: iterators would be a twelfth of all that a pack makes.
    for (int i = 0; i < children.size(); i++) {
      XmlNode child = children.get(i);
      if (child.name.equals(childName)) {
        return child;
      }
    }
    return null;
  }

  /** The elements in the first element of a name in it; empty where there is none. */
  List<XmlNode> childrenOf(String childName) {
    XmlNode child = child(childName);
    return child == null ? List.of() : child.children;
  }

  /** The text of the first element of a name in it, null where there is none or it is empty. */
  @Nullable String textOf(String childName) {
    XmlNode child = child(childName);
    return child == null || child.text.isEmpty() ? null : child.text;
  }

  /**
   * Reads a document to its end, so that one that is damaged anywhere is told.
   *
   * @param xml at the document's start
   * @param root the name of the outermost element
   * @param skipped elements right below that which are read, but not kept
   * @return null where the outermost element is another
   * @throws XMLStreamException where the document is not well-formed, nests too deep, or has too
   *     many elements
   */
  static @Nullable XmlNode read(XMLStreamReader xml, String root, Set<String> skipped)
      throws XMLStreamException {
    List<XmlNode> open = new ArrayList<>();
    XmlNode document = null;
    int depth = 0;
    int skippedFrom = Integer.MAX_VALUE;
    int nodes = 0;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > MAX_DEPTH) {
            throw new XMLStreamException("elements nest deeper than the limit of " + MAX_DEPTH);
          }
          if (depth > skippedFrom) {
            continue;
          }
          String name = xml.getLocalName();
          if (depth == 1 && !name.equals(root)) {
            return null;
          }
          if (depth == 2 && skipped.contains(name)) {
            skippedFrom = depth;
            continue;
          }
          if (++nodes > MAX_NODES) {
            throw new XMLStreamException("more elements than the limit of " + MAX_NODES);
          }
          XmlNode node = new XmlNode(name);
          if (depth == 1) {
            document = node;
          } else {
            open.getLast().add(node);
          }
          open.add(node);
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (depth-- >= skippedFrom) {
            skippedFrom = depth + 1 == skippedFrom ? Integer.MAX_VALUE : skippedFrom;
            continue;
          }
          open.removeLast().end();
        }
        case XMLStreamConstants.CHARACTERS,
            XMLStreamConstants.CDATA,
            XMLStreamConstants.ENTITY_REFERENCE -> {
          // Blanks between elements are most of the text of a document.
          if (depth < skippedFrom
              && !open.isEmpty()
              && (!open.getLast().text.isEmpty() || !xml.isWhiteSpace())) {
            open.getLast().append(text(xml));
          }
        }
        default -> {}
      }
    }
    return document;
  }

  private static String text(XMLStreamReader xml) {
    // An entity that is not followed stays to be seen.
    return xml.getEventType() == XMLStreamConstants.ENTITY_REFERENCE
        ? "&" + xml.getLocalName() + ";"
        : xml.getText();
  }
}
