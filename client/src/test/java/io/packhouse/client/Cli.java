package io.packhouse.client;

import io.packhouse.client.output.StandardOutput;
import io.packhouse.client.output.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the command in this process on captured streams. */
public final class Cli {
  /** What a run left behind. */
  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  public record Result(int code, byte[] bytes, String err) {
    /** Standard output as text. */
    public String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Lines of standard output. */
    public List<String> lines() {
      return out().lines().toList();
    }
  }

  private final Map<String, String> environment = new HashMap<>();
  private byte[] in = {};
  private boolean outIsTerminal;
  private boolean errIsTerminal;

  /** A terminal at standard output. */
  public Cli withTerminalOut() {
    outIsTerminal = true;
    return this;
  }

  /** A terminal at standard error. */
  public Cli withTerminalErr() {
    errIsTerminal = true;
    return this;
  }

  /** Text at standard input. */
  public Cli withInput(String text) {
    in = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** An environment variable. */
  public Cli with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Runs with arguments: texts, or whatever has a text. */
  public Result run(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(out, out, args);
  }

  /** Runs with another standard output. */
  public Result run(OutputStream stdout, ByteArrayOutputStream captured, Object... args) {
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(in),
            new StandardOutput(stdout),
            err,
            outIsTerminal,
            errIsTerminal,
            environment);
    int code = Main.run(texts, streams);
    return new Result(code, captured.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs as in a pipe, with nothing in the environment. */
  public static Result packhouse(Object... args) {
    return new Cli().run(args);
  }

  /** Packs quietly; the test fails where that does. */
  public static Path pack(Path tree, Path archive, Object... options) {
    List<Object> args = new ArrayList<>(List.of("pack", "-q"));
    args.addAll(List.of(options));
    args.add(tree);
    args.add(archive);
    Result result = packhouse(args.toArray());
    if (result.code() != 0) {
      throw new AssertionError(result.toString());
    }
    return archive;
  }
}
