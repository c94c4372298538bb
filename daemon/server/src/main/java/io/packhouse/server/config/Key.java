package io.packhouse.server.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a component of a settings record is written in the file: {@code drainTimeout} is {@code
 * drain-timeout}, and {@code messageBytes} is {@code message}, a size.
 *
 * @param component of a settings record
 * @param name as users write it
 */
record Key(RecordComponent component, String name) {
  private static final String SIZE_SUFFIX = "Bytes";

  /** What the value of a key may be. */
  enum Kind {
    TEXT("text"),
    NUMBER("a whole number"),
    SWITCH("true or false"),
    SIZE("a size"),
    TIME("a time"),
    PATH("an absolute path"),
    CHOICE("one of a few words"),
    LIST("a list of texts"),
    TABLE("a table"),
    TABLES("a table of tables");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** The keys of a settings record, in order. */
  static List<Key> of(Class<?> settings) {
    return java.util.Arrays.stream(settings.getRecordComponents())
        .map(component -> new Key(component, name(component)))
        .toList();
  }

  private static String name(RecordComponent component) {
    String name = component.getName();
    if (component.getType() == long.class && name.endsWith(SIZE_SUFFIX)) {
      name = name.substring(0, name.length() - SIZE_SUFFIX.length());
    }
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  Class<?> type() {
    return component.getType();
  }

  Kind kind() {
    Class<?> type = type();
    if (type == String.class) {
      return Kind.TEXT;
    } else if (type == int.class) {
      return Kind.NUMBER;
    } else if (type == boolean.class) {
      return Kind.SWITCH;
    } else if (type == long.class) {
      return Kind.SIZE;
    } else if (type == Duration.class) {
      return Kind.TIME;
    } else if (type == Path.class) {
      return Kind.PATH;
    } else if (type.isEnum()) {
      return Kind.CHOICE;
    } else if (type == List.class) {
      return Kind.LIST;
    } else if (type == Map.class) {
      return Kind.TABLES;
    } else if (type.isRecord()) {
      return Kind.TABLE;
    }
    throw new IllegalStateException("no kind of key for " + component);
  }

  /** Of {@link Kind#TABLES}, the settings record of each. */
  Class<?> elementType() {
    Type[] arguments = ((ParameterizedType) component.getGenericType()).getActualTypeArguments();
    return (Class<?>) arguments[arguments.length - 1];
  }

  /** Its value in a settings record. */
  @Nullable Object value(Object settings) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  /**
   * Makes a value of a text.
   *
   * @throws IllegalArgumentException if it is none of this kind
   */
  Object parse(String text) {
    return switch (kind()) {
      case TEXT -> text;
      case NUMBER -> {
        try {
          yield Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException("\"" + text + "\" is no whole number", e);
        }
      }
      case SWITCH ->
          switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("\"" + text + "\" is not true or false");
          };
      case SIZE -> Quantities.parseSize(text);
      case TIME -> Quantities.parseTime(text);
      case PATH -> {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
          throw new IllegalArgumentException("\"" + text + "\" is no absolute path");
        }
        yield path.normalize();
      }
      case CHOICE -> {
        Object[] choices = type().getEnumConstants();
        for (Object choice : choices) {
          if (choice.toString().equals(text)) {
            yield choice;
          }
        }
        throw new IllegalArgumentException(
            "\""
                + text
                + "\" is none of "
                + List.of(choices).toString().replaceAll("[\\[\\]]", ""));
      }
      case LIST -> text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
      case TABLE, TABLES -> throw new IllegalArgumentException("is a table");
    };
  }
}
