package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.server.grpc.AdminGrpc;
import io.packhouse.server.grpc.Administration;
import java.util.List;

/** What every daemon serves: looking after it. */
final class AdministrationPart implements Part {
  private final AdminGrpc service;

  AdministrationPart(Administration administration) {
    this.service = new AdminGrpc(administration);
  }

  @Override
  public List<BindableService> services() {
    return List.of(service);
  }

  @Override
  public void close() {}
}
