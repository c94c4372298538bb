package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.server.plugin.Extractors;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.v1.Extractor;
import io.packhouse.v1.ExtractorColumn;
import io.packhouse.v1.ListExtractorsRequest;
import io.packhouse.v1.ListExtractorsResponse;
import io.packhouse.v1.PluginServiceGrpc;
import java.util.stream.Collectors;

/** {@code packhouse.v1.PluginService}. */
public final class PluginGrpc extends PluginServiceGrpc.PluginServiceImplBase {
  private final Extractors extractors;

  public PluginGrpc(Extractors extractors) {
    this.extractors = extractors;
  }

  @Override
  public void listExtractors(
      ListExtractorsRequest request, StreamObserver<ListExtractorsResponse> responses) {
    ListExtractorsResponse.Builder response = ListExtractorsResponse.newBuilder();
    extractors.all().forEach(installed -> response.addExtractors(describe(installed)));
    response.addAllFailures(extractors.failures());
    responses.onNext(response.build());
    responses.onCompleted();
  }

  private static Extractor describe(InstalledExtractor installed) {
    Extractor.Builder extractor =
        Extractor.newBuilder()
            .setName(installed.extractor().name())
            .setPackageType(installed.extractor().packageType())
            .setOrigin(installed.origin());
    for (ColumnSpec column : installed.extractor().columns()) {
      extractor.addColumns(
          ExtractorColumn.newBuilder()
              .setName(column.name())
              .setType(typeText(column.type()))
              .setMeaning(column.meaning()));
    }
    return extractor.build();
  }

  private static String typeText(ColumnType type) {
    return switch (type) {
      case ColumnType.Scalar scalar ->
          switch (scalar) {
            case STRING -> "text";
            case INT64 -> "int64";
            case BOOL -> "bool";
            case TIMESTAMP -> "timestamp";
          };
      case ColumnType.ListOf(ColumnType element) -> "list<" + typeText(element) + ">";
      case ColumnType.StructOf(java.util.List<ColumnSpec> fields) ->
          fields.stream()
              .map(field -> field.name() + ": " + typeText(field.type()))
              .collect(Collectors.joining(", ", "struct<", ">"));
    };
  }
}
