package io.packhouse.server.grpc;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import io.packhouse.server.access.MethodRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes docs/grpc.md: services, messages and enums with the comments of their .proto files, and
 * the role of each method.
 */
final class GrpcReference {
  private static final String PACKAGE = "packhouse.v1";

  private final MethodRules rules;
  private final List<FileDescriptorProto> files;
  private final Set<String> described = new HashSet<>();
  private final StringBuilder page = new StringBuilder();
  private Map<List<Integer>, String> comments = Map.of();

  /**
   * A reference of files.
   *
   * @param files with source information, without imported files
   */
  GrpcReference(FileDescriptorSet files, MethodRules rules) {
    this.files =
        files.getFileList().stream()
            .sorted(
                Comparator.comparing((FileDescriptorProto file) -> file.getServiceCount() == 0)
                    .thenComparing(FileDescriptorProto::getName))
            .toList();
    this.rules = rules;
  }

  String write() {
    page.append(
        """
        # gRPC reference

        <!-- Made of proto/src/main/proto by GrpcReferenceTest, which says how to make it again. Not to be changed by hand. -->

        Package `packhouse.v1`, in [`proto/src/main/proto`](../proto/src/main/proto/packhouse/v1). How programs use it is in [client.md](client.md), which errors
        there are in [catalog.md](catalog.md#errors). *Role* is the least that a caller must have; `pack` may do what `read` may, `admin` everything. *Again* tells
        whether a call whose answer was lost can be made again: it *reads* only, or *yes*, with the same effect as once.

        """);
    for (FileDescriptorProto file : files) {
      for (ServiceDescriptorProto service : file.getServiceList()) {
        page.append("- [")
            .append(service.getName())
            .append("](")
            .append(anchor(service.getName()))
            .append("): ");
        comments = comments(file);
        page.append(firstSentence(comment(6, file.getServiceList().indexOf(service)))).append('\n');
      }
      file.getMessageTypeList().forEach(message -> name("", message));
      file.getEnumTypeList().forEach(constants -> described.add(constants.getName()));
    }
    page.append("- [Further services](#further-services), of others\n");
    for (FileDescriptorProto file : files) {
      comments = comments(file);
      for (int i = 0; i < file.getServiceCount(); i++) {
        service(file.getService(i), i);
      }
      if (file.getServiceCount() == 0) {
        page.append("\n## ").append(file.getName().replaceAll(".*/", "")).append('\n');
      }
      for (int i = 0; i < file.getMessageTypeCount(); i++) {
        message("", file.getMessageType(i), List.of(4, i));
      }
      for (int i = 0; i < file.getEnumTypeCount(); i++) {
        constants("", file.getEnumType(i), List.of(5, i));
      }
    }
    others();
    return page.toString();
  }

  private void name(String outer, DescriptorProto message) {
    if (!message.getOptions().getMapEntry()) {
      described.add(outer + message.getName());
    }
    String prefix = outer + message.getName() + ".";
    message.getNestedTypeList().forEach(nested -> name(prefix, nested));
    message.getEnumTypeList().forEach(constants -> described.add(prefix + constants.getName()));
  }

  private void service(ServiceDescriptorProto service, int ordinal) {
    heading("##", service.getName(), comment(6, ordinal));
    page.append("\n| method | role | takes | gives | again | |\n|---|---|---|---|---|---|\n");
    for (int i = 0; i < service.getMethodCount(); i++) {
      MethodDescriptorProto method = service.getMethod(i);
      row(
          "`" + method.getName() + "`",
          role(PACKAGE + "." + service.getName() + "/" + method.getName()),
          (method.getClientStreaming() ? "stream of " : "") + type(method.getInputType()),
          (method.getServerStreaming() ? "stream of " : "") + type(method.getOutputType()),
          switch (method.getOptions().getIdempotencyLevel()) {
            case NO_SIDE_EFFECTS -> "reads";
            case IDEMPOTENT -> "yes";
            case IDEMPOTENCY_UNKNOWN -> "";
          },
          comment(6, ordinal, 2, i));
    }
  }

  private String role(String method) {
    MethodRules.Rule rule = rules.find(method);
    if (rule == null) {
      throw new IllegalArgumentException("no rule for " + method);
    }
    return rule.role() == null ? "none" : "`" + rule.role().name().toLowerCase(Locale.ROOT) + "`";
  }

  private void message(String outer, DescriptorProto message, List<Integer> path) {
    if (message.getOptions().getMapEntry()) {
      return;
    }
    String name = outer + message.getName();
    heading("###", name, comments.getOrDefault(path, ""));
    page.append(
        message.getFieldCount() == 0
            ? "\nNo fields.\n"
            : "\n| | field | type | |\n|--:|---|---|---|\n");
    for (int i = 0; i < message.getFieldCount(); i++) {
      FieldDescriptorProto field = message.getField(i);
      row(
          Integer.toString(field.getNumber()),
          "`" + field.getName() + "`",
          fieldType(message, field),
          comments.getOrDefault(path(path, 2, i), ""));
    }
    for (int i = 0; i < message.getNestedTypeCount(); i++) {
      message(name + ".", message.getNestedType(i), path(path, 3, i));
    }
    for (int i = 0; i < message.getEnumTypeCount(); i++) {
      constants(name + ".", message.getEnumType(i), path(path, 4, i));
    }
  }

  private void constants(String outer, EnumDescriptorProto constants, List<Integer> path) {
    heading("###", outer + constants.getName(), comments.getOrDefault(path, ""));
    page.append("\n| | constant | |\n|--:|---|---|\n");
    for (int i = 0; i < constants.getValueCount(); i++) {
      row(
          Integer.toString(constants.getValue(i).getNumber()),
          "`" + constants.getValue(i).getName() + "`",
          comments.getOrDefault(path(path, 2, i), ""));
    }
  }

  private String fieldType(DescriptorProto message, FieldDescriptorProto field) {
    if (field.getLabel() == Label.LABEL_REPEATED) {
      for (DescriptorProto nested : message.getNestedTypeList()) {
        if (nested.getOptions().getMapEntry()
            && field.getTypeName().endsWith("." + message.getName() + "." + nested.getName())) {
          return "map of " + single(nested.getField(0)) + " to " + single(nested.getField(1));
        }
      }
      return "repeated " + single(field);
    }
    if (field.getProto3Optional()) {
      return "optional " + single(field);
    }
    return single(field)
        + (field.hasOneofIndex()
            ? ", one of `" + message.getOneofDecl(field.getOneofIndex()).getName() + "`"
            : "");
  }

  private String single(FieldDescriptorProto field) {
    return switch (field.getType()) {
      case TYPE_MESSAGE, TYPE_ENUM -> type(field.getTypeName());
      default -> field.getType().name().replace("TYPE_", "").toLowerCase(Locale.ROOT);
    };
  }

  private String type(String qualified) {
    String own =
        qualified.startsWith("." + PACKAGE + ".") ? qualified.substring(PACKAGE.length() + 2) : "";
    if (described.contains(own)) {
      return "[" + own + "](" + anchor(own) + ")";
    }
    return "`" + qualified.substring(1) + "`";
  }

  private void others() {
    page.append(
        """

        ## Further services

        Served beside those above, each as its own project describes it: [flight.md](flight.md) and [flight-sql.md](flight-sql.md) say what is in `FlightService`.

        | service | role | methods |
        |---|---|---|
        """);
    Map<String, List<String>> methods = new TreeMap<>();
    for (String method : new TreeMap<>(rules.all()).keySet()) {
      if (!method.startsWith(PACKAGE + ".")) {
        String service = method.substring(0, method.indexOf('/'));
        methods
            .computeIfAbsent("`" + service + "` | " + role(method), key -> new ArrayList<>())
            .add("`" + method.substring(service.length() + 1) + "`");
      }
    }
    methods.forEach(
        (service, names) ->
            page.append("| " + service + " | " + String.join(", ", names) + " |\n"));
  }

  private void heading(String level, String name, String comment) {
    page.append('\n').append(level).append(' ').append(name).append('\n');
    if (!comment.isEmpty()) {
      page.append('\n').append(comment).append('\n');
    }
  }

  private void row(String... cells) {
    for (String cell : cells) {
      page.append("| ")
          .append(cell.replace("\n\n", "<br>").replace("\n", " ").replace("|", "\\|"))
          .append(' ');
    }
    page.append("|\n");
  }

  private String comment(Integer... path) {
    return comments.getOrDefault(List.of(path), "");
  }

  private static List<Integer> path(List<Integer> path, int kind, int ordinal) {
    List<Integer> longer = new ArrayList<>(path);
    longer.add(kind);
    longer.add(ordinal);
    return longer;
  }

  private static Map<List<Integer>, String> comments(FileDescriptorProto file) {
    Map<List<Integer>, String> comments = new HashMap<>();
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      if (location.hasLeadingComments()) {
        // One space after the slashes belongs to them; further ones may be a list's.
        comments.put(
            List.copyOf(location.getPathList()),
            location.getLeadingComments().replaceAll("(?m)^ ", "").strip());
      }
    }
    return comments;
  }

  private static String firstSentence(String comment) {
    int end = comment.indexOf(". ");
    String first = end < 0 ? comment : comment.substring(0, end + 1);
    return first.replaceAll("\n\n.*", "").replace('\n', ' ');
  }

  private static String anchor(String name) {
    return "#" + name.toLowerCase(Locale.ROOT).replace(".", "");
  }
}
