package io.packhouse.client.command;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes with an optional unit, case ignored: K, M, G, T and KiB, MiB, GiB, TiB are
 * powers of 1,024; KB, MB, GB, TB powers of 1,000.
 */
final class ByteSize implements ITypeConverter<Long> {
  private static final String UNITS = "kmgt";

  @Override
  public Long convert(String value) {
    return parse(value);
  }

  static long parse(String value) {
    String text = value.strip().toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    String unit = text.substring(digits).strip();
    try {
      return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factor(unit));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + value + "' is not a size in bytes, such as 268435456, 256M, 256MiB or 1GB");
    }
  }

  private static long factor(String unit) {
    if (unit.isEmpty() || unit.equals("b")) {
      return 1;
    }
    int power = UNITS.indexOf(unit.charAt(0)) + 1;
    long base =
        switch (unit.substring(1)) {
          case "", "ib" -> 1_024;
          case "b" -> 1_000;
          default -> throw new IllegalArgumentException(unit);
        };
    if (power == 0) {
      throw new IllegalArgumentException(unit);
    }
    long factor = 1;
    for (int i = 0; i < power; i++) {
      factor *= base;
    }
    return factor;
  }
}
