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
  private static final int MAX_DEPTH = 500;

  /** The largest real poms, those that list all versions of a platform, have some 60,000. */
  private static final int MAX_NODES = 200_000;

  private final String name;
  private final List<XmlNode> children = new ArrayList<>(0);
  private String text = "";

  private XmlNode(String name) {
    this.name = name;
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
    for (XmlNode child : children) {
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
    List<@Nullable StringBuilder> texts = new ArrayList<>();
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
            open.getLast().children.add(node);
          }
          open.add(node);
          texts.add(null);
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (depth-- >= skippedFrom) {
            skippedFrom = depth + 1 == skippedFrom ? Integer.MAX_VALUE : skippedFrom;
            continue;
          }
          StringBuilder more = texts.removeLast();
          XmlNode node = open.removeLast();
          node.text = (more == null ? node.text : more.toString()).strip();
        }
        case XMLStreamConstants.CHARACTERS,
            XMLStreamConstants.CDATA,
            XMLStreamConstants.ENTITY_REFERENCE -> {
          // Blanks between elements are most of the text of a document.
          if (depth < skippedFrom
              && !open.isEmpty()
              && (!open.getLast().text.isEmpty() || !xml.isWhiteSpace())) {
            append(xml, open.getLast(), texts);
          }
        }
        default -> {}
      }
    }
    return document;
  }

  private static void append(
      XMLStreamReader xml, XmlNode node, List<@Nullable StringBuilder> texts) {
    // An entity that is not followed stays to be seen.
    String more =
        xml.getEventType() == XMLStreamConstants.ENTITY_REFERENCE
            ? "&" + xml.getLocalName() + ";"
            : xml.getText();
    StringBuilder text = texts.getLast();
    if (text != null) {
      text.append(more);
    } else if (node.text.isEmpty()) {
      node.text = more;
    } else {
      texts.set(texts.size() - 1, new StringBuilder(node.text).append(more));
    }
  }
}
