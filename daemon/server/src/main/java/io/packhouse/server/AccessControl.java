package io.packhouse.server;

import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.server.access.AccessInterceptor;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Authenticator;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.access.RefusalListener;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Who may call this daemon, by its configuration and the system. */
final class AccessControl {
  private final Tokens sessionTokens;
  private final Clock clock;
  private final AccessInterceptor interceptor;

  /**
   * Reads what the settings name.
   *
   * @throws IOException if the file of tokens cannot be used
   * @throws IllegalArgumentException if the settings name a user or group that the system does not
   *     know
   */
  AccessControl(
      AccessSettings settings,
      MethodRules rules,
      Tokens sessionTokens,
      Clock clock,
      RefusalListener refusals)
      throws IOException {
    this.sessionTokens = sessionTokens;
    this.clock = clock;
    this.interceptor = new AccessInterceptor(rules, authenticator(settings), refusals);
  }

  AccessInterceptor interceptor() {
    return interceptor;
  }

  /** Goes by other settings, as the constructor; or by the old ones if it throws. */
  void use(AccessSettings settings) throws IOException {
    interceptor.use(authenticator(settings));
  }

  private Authenticator authenticator(AccessSettings settings) throws IOException {
    Path file = settings.tokens();
    Tokens tokens = file == null ? Tokens.NONE : TokenFile.open(file, clock);
    return new Authenticator(
        settings,
        tokens.or(sessionTokens),
        ownUid(),
        SystemFileAccess.instance()::findUser,
        SystemFileAccess.instance()::findGroup,
        clock);
  }

  /** The daemon's user, −1 where the system does not tell. */
  private static long ownUid() {
    try {
      return Integer.toUnsignedLong(
          (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return -1;
    }
  }

  /**
   * Refuses endpoints that would let in more people, or fewer, than anybody can want.
   *
   * @param endpoints where the daemon is to listen
   * @throws IllegalArgumentException if there is such a one
   * @throws IOException if a host has no address
   */
  static void check(List<Endpoint> endpoints, Configuration configuration, Tokens sessionTokens)
      throws IOException {
    AccessSettings access = configuration.access();
    for (Endpoint endpoint : endpoints) {
      if (!(endpoint instanceof Endpoint.Tcp tcp)) {
        continue;
      }
      boolean loopback = tcp.isLoopback();
      if (!loopback && access.insecureNoAuth()) {
        throw new IllegalArgumentException(
            endpoint
                + ": insecure-no-auth is for loopback only, where other machines do not reach");
      }
      if (!loopback && !configuration.tls().isOn()) {
        throw new IllegalArgumentException(
            endpoint
                + ": other machines reach this address, so it needs TLS: set tls.certificate and"
                + " tls.key, or listen at tcp://127.0.0.1:"
                + tcp.port());
      }
      if (!access.insecureNoAuth()
          && access.tokens() == null
          && access.certificates().isEmpty()
          && sessionTokens.equals(Tokens.NONE)) {
        throw new IllegalArgumentException(
            endpoint + ": nobody could call: set access.tokens, or access.certificates and tls");
      }
    }
  }
}
