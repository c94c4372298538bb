package io.packhouse.client.output;

/** Colours, or none. */
public enum Style {
  PLAIN,
  COLOUR;

  /** When to colour. */
  public enum When {
    AUTO,
    ALWAYS,
    NEVER
  }

  /** The style for a stream: by NO_COLOR and TERM, unless told. */
  public static Style of(When when, boolean terminal, Streams streams) {
    boolean on =
        switch (when) {
          case ALWAYS -> true;
          case NEVER -> false;
          case AUTO ->
              terminal
                  && streams.variable("NO_COLOR") == null
                  && !"dumb".equals(streams.variable("TERM"));
        };
    return on ? COLOUR : PLAIN;
  }

  /** For what is bad. */
  public String red(String text) {
    return wrap("31", text);
  }

  /** For what is good, or new. */
  public String green(String text) {
    return wrap("32", text);
  }

  /** For what has changed. */
  public String yellow(String text) {
    return wrap("33", text);
  }

  /** For directories. */
  public String blue(String text) {
    return wrap("1;34", text);
  }

  /** For links and moves. */
  public String cyan(String text) {
    return wrap("36", text);
  }

  /** For what stands out. */
  public String bold(String text) {
    return wrap("1", text);
  }

  private String wrap(String code, String text) {
    return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
