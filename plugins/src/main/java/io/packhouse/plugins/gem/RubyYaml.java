package io.packhouse.plugins.gem;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/**
 * Reads YAML event by event into maps, lists and text, whatever the tags say: nothing is
 * constructed and no number or date guessed ({@code 1.10} stays that). An alias is the node that it
 * names, not a copy; one to a node that is not complete is null, so nothing holds itself. Whoever
 * reads the result goes to fixed depths, so aliases that multiply cost nothing.
 */
final class RubyYaml {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_NODES = 500_000;

  private final Iterator<Event> events;
  private final String name;
  private final Map<String, Object> anchors = new HashMap<>();
  private int nodes;

  private RubyYaml(Iterator<Event> events, String name) {
    this.events = events;
    this.name = name;
  }

  /**
   * The first document.
   *
   * @return a {@link Map} from text, a {@link List} or text; null where there is none
   * @throws ExtractionException where it is no YAML, or nests too deep, or has too many nodes
   */
  static @Nullable Object read(byte[] bytes, String name) throws ExtractionException {
    LoadSettings settings =
        LoadSettings.builder().setLabel(name).setCodePointLimit(Limits.METADATA_BYTES).build();
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      RubyYaml yaml = new RubyYaml(new Parse(settings).parseString(text).iterator(), name);
      while (yaml.events.hasNext()) {
        Event event = yaml.events.next();
        if (event instanceof NodeEvent) {
          return yaml.node(event, 0);
        }
      }
      return null;
    } catch (NoSuchElementException e) {
      throw new ExtractionException(name + " ends early", e);
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      String line = message.lines().findFirst().orElse("");
      throw new ExtractionException(name + " is not valid YAML: " + line, e);
    } catch (StackOverflowError e) {
      throw new ExtractionException(name + " nests too deep", e);
    }
  }

  private @Nullable Object node(Event event, int depth) throws ExtractionException {
    if (depth > MAX_DEPTH) {
      throw new ExtractionException(name + " nests deeper than " + MAX_DEPTH);
    }
    if (++nodes > MAX_NODES) {
      throw new ExtractionException(name + " has more than " + MAX_NODES + " nodes");
    }
    Object value =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent start -> list(depth);
          case MappingStartEvent start -> map(depth);
          case AliasEvent alias -> anchors.get(alias.getAlias().getValue());
          default -> null;
        };
    if (value != null && event instanceof NodeEvent anchored && !(event instanceof AliasEvent)) {
      anchored.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), value));
    }
    return value;
  }

  private static @Nullable Object scalar(ScalarEvent scalar) {
    String value = scalar.getValue();
    boolean none =
        scalar.isPlain() && (value.isEmpty() || value.equals("~") || value.equals("null"));
    return none ? null : value;
  }

  private List<Object> list(int depth) throws ExtractionException {
    List<Object> list = new ArrayList<>();
    for (Event event = events.next(); event instanceof NodeEvent; event = events.next()) {
      Object item = node(event, depth + 1);
      if (item != null) {
        list.add(item);
      }
    }
    return list;
  }

  private Map<String, Object> map(int depth) throws ExtractionException {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Event event = events.next(); event instanceof NodeEvent; event = events.next()) {
      Object key = node(event, depth + 1);
      Object value = node(events.next(), depth + 1);
      if (key instanceof String text && value != null) {
        map.put(text, value);
      }
    }
    return map;
  }
}
