package io.packhouse.plugins.common;

import io.packhouse.spi.ExtractionException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads YAML 1.2 into maps, lists and scalars. Constructs nothing else, whatever the tags say, and
 * follows few aliases. Helpers take whatever has another type than expected for absent.
 */
public final class Yaml {

  private static final int MAX_ALIASES = 100;
  private static final int MAX_DEPTH = 100;

  private Yaml() {}

  private static LoadSettings settings(String name) {
    return LoadSettings.builder()
        .setLabel(name)
        .setAllowDuplicateKeys(true)
        .setAllowRecursiveKeys(false)
        .setMaxAliasesForCollections(MAX_ALIASES)
        .setCodePointLimit(Limits.METADATA_BYTES)
        .build();
  }

  /**
   * Reads the first document.
   *
   * @param name what is read, for the message: {@code Chart.yaml}
   * @return a {@link Map}, {@link List}, text, number or truth; null where the document is empty
   * @throws ExtractionException where it is no YAML, or has a tag that asks for an object
   */
  public static @Nullable Object read(byte[] bytes, String name) throws ExtractionException {
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      Load load = new Load(settings(name));
      for (Object document : load.loadAllFromString(text)) {
        checkDepth(document, 0, name, new IdentityHashMap<>());
        return document;
      }
      return null;
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      String line = message.lines().findFirst().orElse("");
      throw new ExtractionException(name + " is not valid YAML: " + line, e);
    } catch (StackOverflowError e) {
      throw new ExtractionException(name + " nests too deep");
    }
  }

  /**
   * Refuses what nests deep or, by aliases, holds itself. Each collection is gone into once, since
   * a few aliases make some lines stand for billions of items.
   *
   * @param open by collection, whether it is one of those around {@code value}
   */
  private static void checkDepth(
      @Nullable Object value, int depth, String name, Map<Object, Boolean> open)
      throws ExtractionException {
    if (depth == MAX_DEPTH) {
      throw new ExtractionException(name + " nests deeper than " + MAX_DEPTH);
    }
    Collection<?> items =
        switch (value) {
          case Map<?, ?> map -> map.values();
          case List<?> list -> list;
          case null, default -> List.of();
        };
    if (value == null || items.isEmpty()) {
      return;
    }
    Boolean state = open.putIfAbsent(value, true);
    if (state != null) {
      if (state) {
        throw new ExtractionException(name + " has a collection that holds itself");
      }
      return;
    }
    for (Object item : items) {
      checkDepth(item, depth + 1, name, open);
    }
    open.put(value, false);
  }

  /** A value of a map; null where that is no map, or has none. */
  public static @Nullable Object get(@Nullable Object node, String key) {
    return node instanceof Map<?, ?> map ? map.get(key) : null;
  }

  /** A text, number or truth of a map as it is written; else null. */
  public static @Nullable String text(@Nullable Object node, String key) {
    return scalar(get(node, key));
  }

  /** A text, number or truth as it is written; else null. */
  public static @Nullable String scalar(@Nullable Object value) {
    return switch (value) {
      case String text -> Limits.text(text);
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case null, default -> null;
    };
  }

  /** The items of a list; none where it is no list. */
  public static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  /** The scalars of a list, or a scalar by itself. */
  public static List<String> texts(@Nullable Object value) {
    List<String> texts = new ArrayList<>();
    for (Object item : value instanceof List<?> list ? list : asList(value)) {
      String text = scalar(item);
      if (text != null && texts.size() < Limits.ITEMS) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static List<?> asList(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }
}
