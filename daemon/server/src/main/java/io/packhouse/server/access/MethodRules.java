package io.packhouse.server.access;

import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each method needs. A method that is not here is refused to everybody, and {@link
 * #withoutRule} finds it before a daemon starts.
 */
public final class MethodRules {

  /**
   * What a method needs.
   *
   * @param role the least role; null where anybody may call, unknown as they are
   * @param whileDraining whether it is let in when no more work is taken: what watches or ends work
   * @param changes whether it changes what others see: archives, operations, the daemon
   */
  public record Rule(@Nullable Role role, boolean whileDraining, boolean changes) {}

  private static final Rule ANYBODY = new Rule(null, true, false);
  private static final Rule READ = new Rule(Role.READ, false, false);
  private static final Rule READ_ALWAYS = new Rule(Role.READ, true, false);
  private static final Rule CHANGE_ALWAYS = new Rule(Role.READ, true, true);
  private static final Rule LOOK_AND_PACK = new Rule(Role.PACK, false, false);
  private static final Rule PACK = new Rule(Role.PACK, false, true);
  private static final Rule ADMIN = new Rule(Role.ADMIN, false, true);
  private static final Rule ADMIN_ALWAYS = new Rule(Role.ADMIN, true, true);

  private final Map<String, Rule> rules = new HashMap<>();

  /** The rules of the daemon. */
  public MethodRules() {
    add("grpc.health.v1.Health", ANYBODY, "Check", "Watch");
    add("grpc.reflection.v1.ServerReflection", READ, "ServerReflectionInfo");
    add("grpc.reflection.v1alpha.ServerReflection", READ, "ServerReflectionInfo");
    add("packhouse.v1.ArchiveService", PACK, "PackArchive", "ExtractArchive");
    add("packhouse.v1.ArchiveService", READ, "VerifyArchive", "DiffArchives");
    add("packhouse.v1.CatalogService", READ, "ListArchives", "DescribeArchive");
    add("packhouse.v1.CatalogService", PACK, "RegisterArchive");
    add("packhouse.v1.CatalogService", ADMIN, "RemoveArchive", "RescanCatalog");
    add(
        "packhouse.v1.EntryService",
        READ,
        "ListEntries",
        "StatEntries",
        "FindEntries",
        "ReadEntries");
    add("packhouse.v1.TransferService", READ, "DownloadArchive");
    add("packhouse.v1.TransferService", PACK, "PackStream", "UploadArchive");
    add("packhouse.v1.TransferService", LOOK_AND_PACK, "GetUpload");
    add("packhouse.v1.OperationService", READ_ALWAYS, "WatchOperation");
    add(
        "google.longrunning.Operations",
        READ_ALWAYS,
        "GetOperation",
        "ListOperations",
        "WaitOperation");
    add("google.longrunning.Operations", CHANGE_ALWAYS, "CancelOperation", "DeleteOperation");
    // Nothing is written: DoPut takes parameters of queries, DoExchange says that it is not there.
    add(
        "arrow.flight.protocol.FlightService",
        READ,
        "Handshake",
        "ListFlights",
        "GetFlightInfo",
        "PollFlightInfo",
        "GetSchema",
        "DoGet",
        "DoPut",
        "DoExchange",
        "DoAction",
        "ListActions");
    add("packhouse.v1.PluginService", READ, "ListExtractors");
    add("packhouse.v1.AdminService", READ_ALWAYS, "GetStats");
    add("packhouse.v1.AdminService", ADMIN_ALWAYS, "Drain");
    add("packhouse.v1.AdminService", ADMIN, "Reload", "SetLogLevel");
  }

  private void add(String service, Rule rule, String... methods) {
    for (String method : methods) {
      rules.put(service + "/" + method, rule);
    }
  }

  /**
   * The rule of a method; null where there is none.
   *
   * @param fullName such as {@code packhouse.v1.EntryService/ReadEntries}
   */
  public @Nullable Rule find(String fullName) {
    return rules.get(fullName);
  }

  /** All methods that have a rule. */
  public Map<String, Rule> all() {
    return Map.copyOf(rules);
  }

  /** Full names of the methods that have none, of services that are to be served. */
  public List<String> withoutRule(List<ServerServiceDefinition> services) {
    List<String> missing = new ArrayList<>();
    for (ServerServiceDefinition service : services) {
      for (var method : service.getMethods()) {
        String name = method.getMethodDescriptor().getFullMethodName();
        if (!rules.containsKey(name)) {
          missing.add(name);
        }
      }
    }
    return missing;
  }
}
