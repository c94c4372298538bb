package io.packhouse.client.output;

/** Numbers for people. Built by hand: {@code String.format} would cost the start-up 30 ms. */
public final class Numbers {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Numbers() {}

  /** Bytes in the largest unit that leaves at least 1: {@code 512 B}, {@code 1.5 MiB}. */
  public static String bytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative, bytes=" + bytes);
    }
    if (bytes < 1024) {
      return bytes + " B";
    }
    int unit = 0;
    double value = bytes / 1024.0;
    while (value >= 1023.95 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return decimal(value, 1) + " " + UNITS[unit];
  }

  /** A count with commas: {@code 1,234,567}. */
  public static String count(long count) {
    String digits = Long.toString(Math.abs(count));
    StringBuilder text = new StringBuilder(count < 0 ? "-" : "");
    for (int i = 0; i < digits.length(); i++) {
      if (i > 0 && (digits.length() - i) % 3 == 0) {
        text.append(',');
      }
      text.append(digits.charAt(i));
    }
    return text.toString();
  }

  /** A count and its noun: {@code 1 file}, {@code 2 files}; a noun in {@code y} gets its plural. */
  public static String count(long count, String noun) {
    String plural = noun.endsWith("y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    return count(count) + " " + (count == 1 ? noun : plural);
  }

  /** Seconds with two places: {@code 4.21}. */
  public static String seconds(long nanos) {
    return decimal(nanos / 1e9, 2);
  }

  /** A number, not negative, with this many places, rounded. */
  public static String decimal(double value, int places) {
    long scale = 1;
    for (int i = 0; i < places; i++) {
      scale *= 10;
    }
    long scaled = Math.round(value * scale);
    String fraction = Long.toString(scale + scaled % scale).substring(1);
    return count(scaled / scale) + "." + fraction;
  }

  /** Hours, minutes and seconds: {@code 0:07}, {@code 1:02:03}. */
  public static String clock(long seconds) {
    long hours = seconds / 3600;
    long minutes = seconds / 60 % 60;
    String tail = (seconds % 60 < 10 ? ":0" : ":") + seconds % 60;
    return hours == 0 ? minutes + tail : hours + (minutes < 10 ? ":0" : ":") + minutes + tail;
  }
}
