package io.packhouse.server;

import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.FolderSettings;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.roots.RootSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code packhoused}.
 *
 * @param help whether help is asked for
 * @param version whether the version is asked for
 * @param checkConfig whether the configuration is only to be checked
 * @param reload whether the daemon that runs is to be told to read its configuration
 * @param verify whether the archives of the catalog are to be verified
 * @param insecureNoAuth whether anybody may call
 * @param config the file; null for none
 * @param listen where to listen; empty for what the configuration says
 * @param catalog folders of the catalog by name, beside those of the configuration
 * @param roots roots by name, beside those of the configuration
 */
record Arguments(
    boolean help,
    boolean version,
    boolean checkConfig,
    boolean reload,
    boolean verify,
    boolean insecureNoAuth,
    @Nullable Path config,
    List<String> listen,
    Map<String, FolderSettings> catalog,
    Map<String, RootSettings> roots) {

  /** What {@code --help} prints. */
  static final String HELP =
      """
      Usage: packhoused [--config FILE] [--listen ADDRESS]... [--catalog DIR]...
                        [--root DIR]... [--writable-root DIR]... [--insecure-no-auth]
             packhoused [--config FILE] --check-config | --reload | --verify

      Keeps packing warm and serves archives. Runs until it is told to end: SIGTERM or SIGINT lets
      the work under way end, twice ends it now; SIGHUP reads the configuration again.

        --config FILE         The configuration [PACKHOUSED_CONFIG]; docs/configuration.md tells
                              its keys
        --check-config        Prints what the configuration comes to, or what is wrong with it
        --reload              Has the daemon of this configuration, at its Unix socket, read it
                              again, and says what came of it
        --verify              Verifies all archives of the catalog, one thread, with no daemon;
                              names what is damaged
        --listen ADDRESS      unix:/path or tcp://host:port, in place of the configuration's;
                              port 0 takes any that is free
        --catalog [NAME=]DIR  A folder of archives, also to be written to
        --root [NAME=]DIR     A directory whose trees may be packed
        --writable-root [NAME=]DIR
                              The same, and archives may be extracted there
        --insecure-no-auth    Lets in whoever reaches the daemon, as an administrator; on
                              loopback only
        --help, --version

      With none of them it listens on a Unix socket in the user's runtime folder.
      """;

  /**
   * Reads a command line.
   *
   * @param variable of the environment, for the file of the configuration; null if it is not set
   * @throws IllegalArgumentException if it is wrong; the message says how
   */
  static Arguments parse(List<String> arguments, @Nullable String variable) {
    boolean help = false;
    boolean version = false;
    boolean check = false;
    boolean reload = false;
    boolean verify = false;
    boolean insecure = false;
    String config = variable;
    List<String> listen = new ArrayList<>();
    Map<String, FolderSettings> catalog = new HashMap<>();
    Map<String, RootSettings> roots = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String option = equals < 0 ? argument : argument.substring(0, equals);
      String value = null;
      if (takesValue(option)) {
        if (equals < 0 && i + 1 == arguments.size()) {
          throw new IllegalArgumentException(option + " needs a value; see --help");
        }
        value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
      } else if (equals >= 0) {
        throw new IllegalArgumentException(option + " takes no value; see --help");
      }
      switch (option) {
        case "--help", "-h" -> help = true;
        case "--version", "-V" -> version = true;
        case "--check-config" -> check = true;
        case "--reload" -> reload = true;
        case "--verify" -> verify = true;
        case "--insecure-no-auth" -> insecure = true;
        case "--config" -> config = value;
        case "--listen" -> listen.add(Endpoint.parse(String.valueOf(value)).toString());
        case "--catalog" -> {
          Named named = named(String.valueOf(value));
          putNew(option, catalog, named.name(), new FolderSettings(named.path(), true));
        }
        case "--root", "--writable-root" -> {
          Named named = named(String.valueOf(value));
          RootSettings root = new RootSettings(named.path(), option.startsWith("--w"));
          putNew(option, roots, named.name(), root);
        }
        default ->
            throw new IllegalArgumentException("unknown argument \"" + argument + "\"; see --help");
      }
    }
    return new Arguments(
        help,
        version,
        check,
        reload,
        verify,
        insecure,
        config == null ? null : path(config),
        listen,
        catalog,
        roots);
  }

  private static boolean takesValue(String option) {
    return switch (option) {
      case "--config", "--listen", "--catalog", "--root", "--writable-root" -> true;
      default -> false;
    };
  }

  private record Named(String name, Path path) {}

  /** {@code NAME=DIR}, or a directory that goes by its own name. */
  private static Named named(String text) {
    int equals = text.indexOf('=');
    Path path = path(text.substring(equals + 1));
    Path last = path.getFileName();
    if (equals > 0) {
      return new Named(text.substring(0, equals), path);
    }
    return new Named(last == null ? "root" : last.toString(), path);
  }

  private static Path path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no path: " + e.getReason(), e);
    }
  }

  private static <T> void putNew(String option, Map<String, T> map, String name, T value) {
    if (map.put(name, value) != null) {
      throw new IllegalArgumentException(
          "two of " + option + " are named \"" + name + "\"; write NAME=DIR");
    }
  }

  /** The configuration with what the command line says over it. */
  Configuration over(Configuration under) {
    AccessSettings access = under.access();
    Map<String, FolderSettings> allFolders = new HashMap<>(under.catalog());
    allFolders.putAll(catalog);
    Map<String, RootSettings> allRoots = new HashMap<>(under.roots());
    allRoots.putAll(roots);
    return new Configuration(
        listen.isEmpty() ? under.listen() : listen,
        under.state(),
        under.plugins(),
        under.drainTimeout(),
        under.socket(),
        under.tls(),
        new AccessSettings(
            access.tokens(),
            access.insecureNoAuth() || insecureNoAuth,
            access.users(),
            access.groups(),
            access.certificates()),
        allFolders,
        allRoots,
        under.work(),
        under.cache(),
        under.sql(),
        under.calls(),
        under.keepalive(),
        under.metrics(),
        under.log(),
        under.audit());
  }
}
