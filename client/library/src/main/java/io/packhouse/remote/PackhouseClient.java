package io.packhouse.remote;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.ExtractArchiveResponse;
import io.packhouse.v1.OperationServiceGrpc;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PluginServiceGrpc;
import io.packhouse.v1.TransferServiceGrpc;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * A client of a daemon. Thread-safe; one is enough for a program.
 *
 * <p>The methods here do what takes more than a call: requests get an id, so that they can be made
 * again when a connection breaks, without being done twice. Single calls are made by the stubs.
 */
public final class PackhouseClient implements AutoCloseable {
  private final Channels.Open open;
  private final Retries retries;

  private PackhouseClient(Channels.Open open, Retries retries) {
    this.open = open;
    this.retries = retries;
  }

  /**
   * A client, which connects when it is first used.
   *
   * @throws IOException if certificates or keys cannot be read
   */
  public static PackhouseClient connect(ClientOptions options) throws IOException {
    return new PackhouseClient(Channels.open(options), new Retries(options));
  }

  /** A client of the daemon at this address, with no credentials but the socket's. */
  public static PackhouseClient connect(String address) throws IOException {
    return connect(ClientOptions.of(Address.parse(address)));
  }

  /** Packs directory trees of the server. */
  public RemoteOperation<PackArchiveResponse> pack(PackArchiveRequest request)
      throws IOException, InterruptedException {
    PackArchiveRequest named = request.toBuilder().setRequestId(id(request.getRequestId())).build();
    return start(() -> archives().packArchive(named), PackArchiveResponse.class);
  }

  /** Extracts an archive into a directory of the server. */
  public RemoteOperation<ExtractArchiveResponse> extract(ExtractArchiveRequest request)
      throws IOException, InterruptedException {
    ExtractArchiveRequest named =
        request.toBuilder().setRequestId(id(request.getRequestId())).build();
    return start(() -> archives().extractArchive(named), ExtractArchiveResponse.class);
  }

  /** Verifies an archive. */
  public RemoteOperation<VerifyArchiveResponse> verify(VerifyArchiveRequest request)
      throws IOException, InterruptedException {
    VerifyArchiveRequest named =
        request.toBuilder().setRequestId(id(request.getRequestId())).build();
    return start(() -> archives().verifyArchive(named), VerifyArchiveResponse.class);
  }

  /** Compares archives. */
  public RemoteOperation<DiffArchivesResponse> diff(DiffArchivesRequest request)
      throws IOException, InterruptedException {
    DiffArchivesRequest named =
        request.toBuilder().setRequestId(id(request.getRequestId())).build();
    return start(() -> archives().diffArchives(named), DiffArchivesResponse.class);
  }

  private static String id(String chosen) {
    return chosen.isEmpty() ? UUID.randomUUID().toString() : chosen;
  }

  private <R extends Message> RemoteOperation<R> start(Callable<Operation> call, Class<R> response)
      throws IOException, InterruptedException {
    return new RemoteOperation<>(this, retries.call(call), response);
  }

  /**
   * An operation that was begun before, perhaps by another program of the same caller.
   *
   * @param response the response of its kind of work
   * @throws RemoteException NOT_FOUND if there is no such operation
   */
  public <R extends Message> RemoteOperation<R> operation(String name, Class<R> response)
      throws IOException, InterruptedException {
    GetOperationRequest request = GetOperationRequest.newBuilder().setName(name).build();
    return start(() -> operations().getOperation(request), response);
  }

  /** Sends and fetches archives and trees. */
  public Transfers transfers() {
    return new Transfers(this);
  }

  /** Makes a call of a stub, again if it fails for a passing reason: for calls that may be. */
  public <T> T retrying(Callable<T> call) throws IOException, InterruptedException {
    return retries.call(call);
  }

  /** The channel, for stubs and clients of other kinds; closed with this client, by nobody else. */
  public ManagedChannel channel() {
    return open.channel();
  }

  public ArchiveServiceGrpc.ArchiveServiceBlockingStub archives() {
    return ArchiveServiceGrpc.newBlockingStub(channel());
  }

  public OperationsGrpc.OperationsBlockingStub operations() {
    return OperationsGrpc.newBlockingStub(channel());
  }

  public OperationServiceGrpc.OperationServiceBlockingStub watcher() {
    return OperationServiceGrpc.newBlockingStub(channel());
  }

  public EntryServiceGrpc.EntryServiceBlockingStub entries() {
    return EntryServiceGrpc.newBlockingStub(channel());
  }

  public CatalogServiceGrpc.CatalogServiceBlockingStub catalog() {
    return CatalogServiceGrpc.newBlockingStub(channel());
  }

  public PluginServiceGrpc.PluginServiceBlockingStub plugins() {
    return PluginServiceGrpc.newBlockingStub(channel());
  }

  public AdminServiceGrpc.AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel());
  }

  OperationServiceGrpc.OperationServiceBlockingV2Stub watchCalls() {
    return OperationServiceGrpc.newBlockingV2Stub(channel());
  }

  TransferServiceGrpc.TransferServiceBlockingStub transferStub() {
    return TransferServiceGrpc.newBlockingStub(channel());
  }

  TransferServiceGrpc.TransferServiceBlockingV2Stub transferCalls() {
    return TransferServiceGrpc.newBlockingV2Stub(channel());
  }

  Retries retries() {
    return retries;
  }

  /** Ends all calls and closes the connection. Idempotent. */
  @Override
  public void close() {
    open.close();
  }
}
