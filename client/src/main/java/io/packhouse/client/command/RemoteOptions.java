package io.packhouse.client.command;

import io.packhouse.client.output.Streams;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a daemon, as far as it can be told without the libraries that do so: those are
 * loaded by {@link Remote} alone.
 */
final class RemoteOptions {
  static final String HEADING = "At a daemon";

  /** Works here, whatever the environment says. */
  private static final String NONE = "none";

  /** The socket at which a daemon listens that is not told otherwise. */
  static final String AUTO = "auto";

  private @Nullable String daemon;
  private @Nullable Path tokenFile;
  private @Nullable Path ca;
  private @Nullable Path cert;
  private @Nullable Path key;

  /** Options of a verb that works here without a daemon. */
  void describeOptional(Syntax syntax) {
    describe(
        syntax.group(HEADING),
        "Let the daemon at ADDRESS do it: unix:/PATH, tcp://HOST:PORT, or auto for the"
            + " socket in the user's runtime folder. Archives are then those of its catalog, as"
            + " releases/m2.pkh [PACKHOUSE_DAEMON; none works here]");
  }

  /** Options of a verb that is about daemons. */
  void describeRequired(Syntax syntax) {
    describe(
        syntax.group(HEADING),
        "Where it listens: unix:/PATH or tcp://HOST:PORT [PACKHOUSE_DAEMON, else auto: the socket"
            + " in the user's runtime folder]");
  }

  private void describe(Syntax syntax, String meaning) {
    syntax
        .option("--daemon", "ADDRESS", String.class, meaning, value -> daemon = value)
        .option(
            "--token-file",
            "FILE",
            Path.class,
            "Send the token in FILE's first line [PACKHOUSE_TOKEN, the token itself]",
            value -> tokenFile = value)
        .option(
            "--ca",
            "PEM",
            Path.class,
            "Trust these authorities instead of the system's [PACKHOUSE_CA]",
            value -> ca = value)
        .option(
            "--cert",
            "PEM",
            Path.class,
            "Show this certificate [PACKHOUSE_CERT]",
            value -> cert = value)
        .option(
            "--key",
            "PEM",
            Path.class,
            "Its private key, PKCS #8 [PACKHOUSE_KEY]",
            value -> key = value)
        .endGroup();
  }

  /** Whether a daemon is to do the work. */
  boolean isRemote(Streams streams) {
    String address = address(streams);
    return address != null && !address.equals(NONE);
  }

  /** Where the daemon is; null where nobody says. */
  @Nullable String address(Streams streams) {
    return daemon == null ? streams.variable("PACKHOUSE_DAEMON") : daemon;
  }

  @Nullable Path tokenFile() {
    return tokenFile;
  }

  @Nullable Path ca(Streams streams) {
    return file(ca, streams, "PACKHOUSE_CA");
  }

  @Nullable Path cert(Streams streams) {
    return file(cert, streams, "PACKHOUSE_CERT");
  }

  @Nullable Path key(Streams streams) {
    return file(key, streams, "PACKHOUSE_KEY");
  }

  private static @Nullable Path file(@Nullable Path given, Streams streams, String variable) {
    String value = streams.variable(variable);
    return given != null || value == null ? given : Path.of(value);
  }

  /**
   * Refuses an option that says how this process is to work, where a daemon works.
   *
   * @param given the option's value; null where it was not given
   */
  static void refuse(@Nullable Object given, String option) throws Failure {
    if (given != null) {
      throw Failure.usage(option + " is for the daemon to say; leave it out with --daemon");
    }
  }
}
