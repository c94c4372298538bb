package io.packhouse.fuzz;

import java.util.List;

/**
 * What Jazzer calls: the first argument of the target names it, or {@code --list} asks for the
 * names of all.
 */
public final class Fuzzer {

  private static Target target = new OpenerTarget();

  private Fuzzer() {}

  /** Chooses the target. */
  public static void fuzzerInitialize(String[] args) {
    target = Target.named(args[0]);
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    target.run(input);
  }

  /** Prints the names of all targets, one in a line. */
  public static void main(String[] args) {
    List<String> names = Target.names();
    System.out.println(String.join("\n", names));
  }
}
