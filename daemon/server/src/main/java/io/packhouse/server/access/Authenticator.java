package io.packhouse.server.access;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Tells who calls. In this order: the bearer token of the call, which must be a good one where
 * there is any; the certificate of the connection; the user at the other end of a Unix socket.
 * Immutable and thread-safe.
 */
public final class Authenticator {
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "bearer ";
  private static final int MAX_HEADER_CHARS = 1_024;
  private static final Grant ADMIN = new Grant(Role.ADMIN, List.of());

  /** Who calls, or why that cannot be told. */
  sealed interface Outcome {
    record Known(Caller caller) implements Outcome {}

    record Unknown(Refusal refusal) implements Outcome {}
  }

  private final Tokens tokens;
  private final Clock clock;
  private final Map<Long, Grant> users = new HashMap<>();
  private final Map<Long, Grant> groups = new HashMap<>();
  private final Map<String, Grant> certificates;
  private final boolean insecureNoAuth;

  /**
   * Makes one.
   *
   * @param ownUid the daemon's user, −1 where that is not known
   * @param findUser the number of a user by name, −1 for none
   * @param findGroup the number of a group by name, −1 for none
   * @throws IllegalArgumentException if the settings name a user or group that the system does not
   *     know
   */
  public Authenticator(
      AccessSettings settings,
      Tokens tokens,
      long ownUid,
      ToLongFunction<String> findUser,
      ToLongFunction<String> findGroup,
      Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
    this.certificates = settings.certificates();
    this.insecureNoAuth = settings.insecureNoAuth();
    settings.users().forEach((user, grant) -> users.put(number("user", user, findUser), grant));
    settings
        .groups()
        .forEach((group, grant) -> groups.put(number("group", group, findGroup), grant));
    users.put(0L, ADMIN);
    if (ownUid >= 0) {
      users.put(ownUid, ADMIN);
    }
  }

  private static long number(String kind, String name, ToLongFunction<String> find) {
    long number =
        name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() <= 10
            ? Long.parseLong(name)
            : find.applyAsLong(name);
    if (number < 0) {
      throw new IllegalArgumentException("there is no " + kind + " \"" + name + "\"");
    }
    return number;
  }

  Outcome authenticate(Attributes connection, Metadata headers) {
    Iterable<String> given = headers.getAll(AUTHORIZATION);
    return given != null ? byToken(given) : byConnection(connection);
  }

  /** Who calls, by the connection alone. */
  Outcome byConnection(Attributes connection) {
    Outcome byCertificate = byCertificate(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    if (byCertificate != null) {
      return byCertificate;
    }
    PeerUser user = connection.get(PeerUser.KEY);
    if (user != null) {
      Grant grant = users.get(user.uid());
      if (grant == null) {
        grant = ofGroups(user);
      }
      if (grant != null) {
        return known("uid:" + user.uid(), grant);
      }
    }
    if (insecureNoAuth && isLocal(connection, user)) {
      return known("anonymous", ADMIN);
    }
    return user == null
        ? unknown("NO_CREDENTIALS", "the call has no token: send \"authorization: Bearer TOKEN\"")
        : unknown(
            "USER_UNKNOWN",
            "user " + user.uid() + " may not call without a token: it has no role here");
  }

  /** Null where none of a user's groups has a role. */
  private @Nullable Grant ofGroups(PeerUser user) {
    Grant best = null;
    for (Long group : user.groups()) {
      Grant grant = groups.get(group);
      if (grant != null && (best == null || grant.role().includes(best.role()))) {
        best = best != null && best.role() == grant.role() ? best.and(grant) : grant;
      }
    }
    return best;
  }

  private Outcome byToken(Iterable<String> given) {
    var values = given.iterator();
    String value = values.next();
    if (values.hasNext()
        || value.length() > MAX_HEADER_CHARS
        || !value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return unknown("TOKEN_MALFORMED", "the authorization header is not one \"Bearer TOKEN\"");
    }
    Token token = tokens.find(Token.hash(value.substring(BEARER.length()).strip()));
    if (token == null) {
      return unknown("TOKEN_UNKNOWN", "the token is not known: it was revoked, or mistyped");
    }
    if (token.isExpired(clock.instant())) {
      return unknown(
          "TOKEN_EXPIRED", "the token " + token.name() + " expired at " + token.expires());
    }
    return known("token:" + token.name(), token.grant());
  }

  /** Null where the connection has no client's certificate. */
  private @Nullable Outcome byCertificate(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      String name = chain[0] instanceof X509Certificate leaf ? commonName(leaf) : null;
      Grant grant = name == null ? null : certificates.get(name);
      return grant == null
          ? unknown("CERTIFICATE_UNKNOWN", "the certificate of CN=" + name + " has no role here")
          : known("cert:CN=" + name, grant);
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private static @Nullable String commonName(X509Certificate certificate) {
    try {
      LdapName name = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn part : name.getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(part.getValue());
        }
      }
      return null;
    } catch (InvalidNameException e) {
      return null;
    }
  }

  private static boolean isLocal(Attributes connection, @Nullable PeerUser user) {
    return user != null
        || (connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address
            && address.getAddress().isLoopbackAddress());
  }

  private static Outcome known(String id, Grant grant) {
    return new Outcome.Known(grant.caller(id));
  }

  private static Outcome unknown(String reason, String message) {
    return new Outcome.Unknown(Refusal.unauthenticated(reason, message));
  }
}
