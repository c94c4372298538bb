package io.packhouse.client.doctor;

import java.util.Locale;

/**
 * What was found of one thing that was looked at.
 *
 * @param check what was looked at, a word
 * @param level how bad it is
 * @param text what was found
 * @param remedy what to do about it; empty where nothing has to be done
 */
public record Finding(String check, Level level, String text, String remedy) {
  /** How bad it is, from nothing to what does not work. */
  public enum Level {
    OK,
    /** Good to know. */
    NOTE,
    /** It works, but slowly, or not for long. */
    WARNING,
    /** Something does not work. */
    PROBLEM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
