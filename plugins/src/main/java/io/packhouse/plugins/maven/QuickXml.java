package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one document of the kind that nearly all poms are: XML 1.0 in UTF-8, or in an encoding that
 * has ASCII in it and no other characters; without document type, prefixes of elements, and names
 * of other letters. Whatever else a document has, and whatever is wrong with it, it is not
 * accepted: {@link ThoroughXml} has the last word.
 *
 * <p>Goes over the bytes once, and makes objects only for what is kept, since most of a pom is not.
 * That is less code that is cold in a short run than a general parser's ({@code PomReading} in the
 * benchmarks times both). Its time and memory grow with the length alone. For one thread.
 */
final class QuickXml extends XmlBytes {

  private static final int MAX_ATTRIBUTES = 16;
  private static final int MAX_PREFIXES = 8;

  private static final byte[] CDATA = ascii("<![CDATA[");
  private static final byte[] XML = ascii("xml");
  private static final byte[] XMLNS = ascii("xmlns");

  /** Namespaces that nothing may be bound to. */
  private static final byte[][] RESERVED = {
    ascii("http://www.w3.org/XML/1998/namespace"), ascii("http://www.w3.org/2000/xmlns/")
  };

  private final String root;
  private final Set<String> skipped;

  /** The open elements: where their names are, and those that are kept. */
  private int[] nameFrom = new int[16];

  private int[] nameLength = new int[16];
  private @Nullable XmlNode[] open = new XmlNode[16];
  private int depth;
  private int skippedFrom = Integer.MAX_VALUE;
  private int nodes;
  private boolean otherRoot;
  private @Nullable XmlNode result;

  /** Attributes of one tag: names, the colons in them or −1, and values. */
  private final int[] attributes = new int[MAX_ATTRIBUTES * 5];

  private int attributeCount;

  /** Prefixes that the outermost element declares. */
  private final int[] prefixes = new int[MAX_PREFIXES * 2];

  private int prefixCount;

  /**
   * @param root the name of the outermost element
   * @param skipped elements right below that which are gone over, but not kept
   */
  QuickXml(byte[] document, String root, Set<String> skipped) {
    super(document);
    this.root = root;
    this.skipped = skipped;
  }

  /** Reads all of it, or up to an outermost element of another name; false if not accepted. */
  boolean accepts() {
    if (document.length >= 3
        && document[0] == (byte) 0xEF
        && document[1] == (byte) 0xBB
        && document[2] == (byte) 0xBF) {
      at = 3;
    }
    if (!declaration() || !besides() || peek() != '<') {
      return false;
    }
    at++;
    if (!startTag()) {
      return false;
    }
    return otherRoot || (content() && besides() && at == document.length);
  }

  /** What was accepted; null where the outermost element is another. */
  @Nullable XmlNode document() {
    return result;
  }

  /** What is in the outermost element, and its end. */
  private boolean content() {
    while (depth > 0) {
      XmlNode node = depth < skippedFrom ? open[depth - 1] : null;
      boolean goesOn = node != null && !node.text().isEmpty();
      if (!goesOn) {
        // Blanks between elements are most of the text of a document.
        blanks();
      }
      if (peek() != '<' && !text(node)) {
        return false;
      }
      if (peek(1) == '/') {
        at += 2;
        if (!endTag()) {
          return false;
        }
      } else if (peek(1) == '!') {
        if (isNext(COMMENT) ? !comment() : !isNext(CDATA) || !cdata(node)) {
          return false;
        }
      } else if (peek(1) == '?') {
        if (!instruction()) {
          return false;
        }
      } else {
        at++;
        if (!startTag()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Text up to the next tag. */
  private boolean text(@Nullable XmlNode node) {
    int from = at;
    foreign = false;
    while (at < document.length) {
      int b = document[at];
      if ((KINDS[b & 0xFF] & PLAIN) != 0) {
        at++;
      } else if (b == '<') {
        append(node, from);
        return true;
      } else if (b == '&') {
        append(node, from);
        int reference = reference();
        if (reference == 0) {
          return false;
        }
        if (node != null) {
          node.append(Character.toString(reference));
        }
        from = at;
      } else if (b == '\r') {
        append(node, from);
        from = lineEnd(node);
      } else if (b == ']') {
        if (peek(1) == ']' && peek(2) == '>') {
          return false;
        }
        at++;
      } else if (!other()) {
        return false;
      }
    }
    return false;
  }

  private boolean cdata(@Nullable XmlNode node) {
    at += CDATA.length;
    int from = at;
    foreign = false;
    while (at < document.length) {
      int b = document[at];
      if (b == ']' && peek(1) == ']' && peek(2) == '>') {
        append(node, from);
        at += 3;
        return true;
      } else if (b == '\r') {
        append(node, from);
        from = lineEnd(node);
      } else if (!any()) {
        return false;
      }
    }
    return false;
  }

  /** Goes over a line's end that becomes one character; where the text goes on. */
  private int lineEnd(@Nullable XmlNode node) {
    at++;
    if (peek() == '\n') {
      return at++;
    }
    if (node != null) {
      node.append("\n");
    }
    return at;
  }

  private void append(@Nullable XmlNode node, int from) {
    if (node != null && from < at) {
      node.append(
          new String(
              document,
              from,
              at - from,
              foreign ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    }
    foreign = false;
  }

  /** After {@code <}. */
  private boolean startTag() {
    int from = at;
    if (!name() || depth == XmlNode.MAX_DEPTH) {
      return false;
    }
    int length = at - from;
    attributeCount = 0;
    while (true) {
      boolean blank = blanks();
      int b = peek();
      if (b == '>' || b == '/') {
        break;
      }
      if (!blank || !attribute()) {
        return false;
      }
    }
    if (attributeCount > 0 && !attributesFit()) {
      return false;
    }
    boolean ends = take('/');
    if (!take('>') || !open(from, length)) {
      return false;
    }
    if (ends) {
      close();
    }
    return true;
  }

  private boolean open(int from, int length) {
    if (depth == nameFrom.length) {
      nameFrom = Arrays.copyOf(nameFrom, depth * 2);
      nameLength = Arrays.copyOf(nameLength, depth * 2);
      open = Arrays.copyOf(open, depth * 2);
    }
    nameFrom[depth] = from;
    nameLength[depth] = length;
    depth++;
    if (depth > skippedFrom) {
      return true;
    }
    String name = XmlNames.of(document, from, length);
    if (depth == 1) {
      otherRoot = !name.equals(root);
    } else if (depth == 2 && skipped.contains(name)) {
      skippedFrom = depth;
      return true;
    }
    XmlNode node = new XmlNode(name);
    XmlNode parent = depth == 1 ? null : open[depth - 2];
    if (parent != null) {
      parent.add(node);
    } else if (!otherRoot) {
      result = node;
    }
    open[depth - 1] = node;
    return ++nodes <= XmlNode.MAX_NODES;
  }

  private void close() {
    depth--;
    XmlNode node = open[depth];
    if (depth + 1 < skippedFrom && node != null) {
      node.end();
    }
    open[depth] = null;
    if (depth + 1 == skippedFrom) {
      skippedFrom = Integer.MAX_VALUE;
    }
  }

  /** After <code>&lt;/</code>. */
  private boolean endTag() {
    int length = nameLength[depth - 1];
    int from = nameFrom[depth - 1];
    if (document.length - at <= length
        || !Arrays.equals(document, at, at + length, document, from, from + length)) {
      return false;
    }
    at += length;
    blanks();
    if (!take('>')) {
      return false;
    }
    close();
    return true;
  }

  private boolean attribute() {
    if (attributeCount == MAX_ATTRIBUTES) {
      return false;
    }
    int base = attributeCount++ * 5;
    attributes[base] = at;
    attributes[base + 2] = -1;
    if (!name()) {
      return false;
    }
    if (peek() == ':') {
      attributes[base + 2] = at++;
      if (!name()) {
        return false;
      }
    }
    attributes[base + 1] = at;
    blanks();
    if (!take('=')) {
      return false;
    }
    blanks();
    int quote = peek();
    if (quote != '"' && quote != '\'') {
      return false;
    }
    attributes[base + 3] = ++at;
    while (peek() != quote) {
      if (at >= document.length || document[at] == '<' || document[at] == '&' || !any()) {
        return false;
      }
    }
    attributes[base + 4] = at++;
    return true;
  }

  /** Whether no two attributes are the same, and their prefixes are bound as they must be. */
  private boolean attributesFit() {
    for (int i = 0; i < attributeCount; i++) {
      int base = i * 5;
      int colon = attributes[base + 2];
      boolean binds = colon < 0 ? is(base, attributes[base + 1], XMLNS) : is(base, colon, XMLNS);
      if (binds && (isReserved(base) || (colon >= 0 && !declare(base)))) {
        return false;
      }
      for (int before = 0; before < base; before += 5) {
        // Two prefixes may be bound to one namespace.
        if (haveSameLocalName(before, base)
            && (attributes[before + 2] < 0) == (attributes[base + 2] < 0)) {
          return false;
        }
      }
    }
    for (int base = 0; base < attributeCount * 5; base += 5) {
      int colon = attributes[base + 2];
      if (colon >= 0
          && !is(base, colon, XMLNS)
          && !is(base, colon, XML)
          && !isDeclared(attributes[base], colon)) {
        return false;
      }
    }
    return true;
  }

  /** Remembers a prefix; only those of the outermost element are accepted. */
  private boolean declare(int base) {
    int from = attributes[base + 2] + 1;
    int to = attributes[base + 1];
    if (depth > 0
        || prefixCount == MAX_PREFIXES
        || attributes[base + 3] == attributes[base + 4]
        || (to - from >= 3 && document[from] == 'x' && document[from + 1] == 'm')) {
      return false;
    }
    prefixes[prefixCount * 2] = from;
    prefixes[prefixCount * 2 + 1] = to;
    prefixCount++;
    return true;
  }

  private boolean isDeclared(int from, int to) {
    for (int i = 0; i < prefixCount; i++) {
      if (Arrays.equals(document, from, to, document, prefixes[i * 2], prefixes[i * 2 + 1])) {
        return true;
      }
    }
    return false;
  }

  private boolean haveSameLocalName(int left, int right) {
    int leftFrom = Math.max(attributes[left], attributes[left + 2] + 1);
    int rightFrom = Math.max(attributes[right], attributes[right + 2] + 1);
    return Arrays.equals(
        document, leftFrom, attributes[left + 1], document, rightFrom, attributes[right + 1]);
  }

  private boolean isReserved(int base) {
    for (byte[] uri : RESERVED) {
      if (Arrays.equals(document, attributes[base + 3], attributes[base + 4], uri, 0, uri.length)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an attribute's name begins so, up to {@code to}. */
  private boolean is(int base, int to, byte[] expected) {
    return Arrays.equals(document, attributes[base], to, expected, 0, expected.length);
  }
}
