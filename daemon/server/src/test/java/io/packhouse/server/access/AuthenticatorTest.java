package io.packhouse.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Users of Unix sockets, and what is local; tokens are in {@link AccessTableTest}. */
class AuthenticatorTest {
  private static final Grant TENANT = new Grant(Role.PACK, List.of("theirs"));

  private static Authenticator authenticator(boolean insecure, Map<String, Grant> users) {
    return authenticator(insecure, users, Map.of());
  }

  private static Authenticator authenticator(
      boolean insecure, Map<String, Grant> users, Map<String, Grant> groups) {
    return new Authenticator(
        new AccessSettings(null, insecure, users, groups, Map.of()),
        Tokens.NONE,
        1_000,
        name -> name.equals("jenkins") ? 1_002 : -1,
        name -> name.equals("packers") ? 2_001 : -1,
        Clock.systemUTC());
  }

  private static Attributes user(long uid, Long... groups) {
    return Attributes.newBuilder().set(PeerUser.KEY, new PeerUser(uid, Set.of(groups))).build();
  }

  private static Attributes address(String address) throws Exception {
    return Attributes.newBuilder()
        .set(
            Grpc.TRANSPORT_ATTR_REMOTE_ADDR,
            new InetSocketAddress(InetAddress.ofLiteral(address), 1))
        .build();
  }

  private static Caller known(Authenticator authenticator, Attributes connection) {
    return ((Authenticator.Outcome.Known) authenticator.authenticate(connection, new Metadata()))
        .caller();
  }

  private static String unknown(Authenticator authenticator, Attributes connection) {
    return ((Authenticator.Outcome.Unknown) authenticator.authenticate(connection, new Metadata()))
        .refusal()
        .reason();
  }

  @Test
  void ownUserAndRootAreAdministratorsWhateverIsConfigured() {
    Authenticator authenticator = authenticator(false, Map.of("0", TENANT, "1000", TENANT));
    assertThat(known(authenticator, user(0))).isEqualTo(new Caller("uid:0", Role.ADMIN, Set.of()));
    assertThat(known(authenticator, user(1_000)).role()).isEqualTo(Role.ADMIN);
  }

  @Test
  void configuredUsersHaveTheirRoleAndFolders() {
    Authenticator authenticator = authenticator(false, Map.of("1001", TENANT, "jenkins", TENANT));
    assertThat(known(authenticator, user(1_001)))
        .isEqualTo(new Caller("uid:1001", Role.PACK, Set.of("theirs")));
    assertThat(known(authenticator, user(1_002)).role()).isEqualTo(Role.PACK);
    assertThat(unknown(authenticator, user(1_003))).isEqualTo("USER_UNKNOWN");
  }

  @Test
  void membersOfGroupsHaveTheHighestRoleOfTheirGroupsUnlessTheyAreNamedThemselves() {
    Grant readers = new Grant(Role.READ, List.of());
    Grant others = new Grant(Role.PACK, List.of("others"));
    Authenticator authenticator =
        authenticator(
            false,
            Map.of("1001", readers),
            Map.of("packers", TENANT, "2002", readers, "2003", others));
    assertThat(known(authenticator, user(1_005, 7L, 2_001L)))
        .isEqualTo(new Caller("uid:1005", Role.PACK, Set.of("theirs")));
    assertThat(known(authenticator, user(1_005, 2_002L)).role()).isEqualTo(Role.READ);
    assertThat(known(authenticator, user(1_005, 2_001L, 2_002L, 2_003L)))
        .isEqualTo(new Caller("uid:1005", Role.PACK, Set.of("theirs", "others")));
    assertThat(known(authenticator, user(1_001, 2_001L)).role()).isEqualTo(Role.READ);
    assertThat(unknown(authenticator, user(1_005, 2_004L))).isEqualTo("USER_UNKNOWN");
    assertThatThrownBy(() -> authenticator(false, Map.of(), Map.of("none", TENANT)))
        .hasMessage("there is no group \"none\"");
  }

  @Test
  void userWhomTheSystemDoesNotKnowIsNamed() {
    assertThatThrownBy(() -> authenticator(false, Map.of("nobody-here", TENANT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no user \"nobody-here\"");
  }

  @Test
  void withoutAuthenticationOnlyThisMachineIsLetIn() throws Exception {
    Authenticator open = authenticator(true, Map.of("1001", TENANT));
    assertThat(known(open, address("127.0.0.1")).id()).isEqualTo("anonymous");
    assertThat(known(open, user(1_003)).role()).isEqualTo(Role.ADMIN);
    assertThat(known(open, user(1_001)).role()).isEqualTo(Role.PACK);
    assertThat(unknown(open, address("192.0.2.1"))).isEqualTo("NO_CREDENTIALS");
    assertThat(unknown(authenticator(false, Map.of()), address("127.0.0.1")))
        .isEqualTo("NO_CREDENTIALS");
  }

  @Test
  void badTokenIsNotOverlookedForAGoodUser() {
    Metadata headers = new Metadata();
    headers.put(Authenticator.AUTHORIZATION, "Bearer pkh_x");
    assertThat(authenticator(false, Map.of()).authenticate(user(0), headers))
        .isInstanceOf(Authenticator.Outcome.Unknown.class);
    headers.put(Authenticator.AUTHORIZATION, "Bearer pkh_y");
    assertThat(authenticator(true, Map.of()).authenticate(user(0), headers))
        .isInstanceOfSatisfying(
            Authenticator.Outcome.Unknown.class,
            outcome -> assertThat(outcome.refusal().reason()).isEqualTo("TOKEN_MALFORMED"));
  }
}
