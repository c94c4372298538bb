package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.server.grpc.PluginGrpc;
import io.packhouse.server.plugin.Extractors;
import java.util.List;

/** What reads package metadata; owns the extractors. */
final class PluginPart implements Part {
  private final Extractors extractors;
  private final PluginGrpc service;

  PluginPart(Extractors extractors) {
    this.extractors = extractors;
    this.service = new PluginGrpc(extractors);
  }

  @Override
  public List<BindableService> services() {
    return List.of(service);
  }

  @Override
  public void close() {
    extractors.close();
  }
}
