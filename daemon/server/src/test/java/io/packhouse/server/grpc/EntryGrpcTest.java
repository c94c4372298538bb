package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.v1.Entry;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.FindEntriesRequest;
import io.packhouse.v1.FindEntriesResponse;
import io.packhouse.v1.ListEntriesRequest;
import io.packhouse.v1.ListEntriesResponse;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatEntriesResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryGrpcTest {
  private static final String ARCHIVE = "rel/a.pkh";
  private static final int SMALL_FILES = 1_500;
  private static final int BIG_BYTES = 11_000_003;

  @TempDir private static Path made;
  private static final Map<String, byte[]> FILES = new TreeMap<>();

  @TempDir private Path temp;
  private DirectoryCatalog catalog;
  private TestServer server;
  private EntryServiceGrpc.EntryServiceBlockingStub stub;

  @BeforeAll
  static void pack() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < SMALL_FILES; i++) {
      byte[] bytes = new byte[random.nextInt(2_000)];
      random.nextBytes(bytes);
      FILES.put(String.format("small/d%02d/file-%04d.txt", i % 20, i), bytes);
    }
    byte[] big = new byte[BIG_BYTES];
    random.nextBytes(big);
    FILES.put("big.bin", big);
    FILES.put("empty", new byte[0]);
    Path tree = Files.createDirectories(made.resolve("tree"));
    for (Map.Entry<String, byte[]> file : FILES.entrySet()) {
      Path path = tree.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Files.createLink(tree.resolve("zz-hard"), tree.resolve("empty").resolveSibling("big.bin"));
    Files.createSymbolicLink(tree.resolve("zz-soft"), Path.of("big.bin"));
    Archives.pack(made.resolve("a.pkh"), tree);
    Archives.pack(made.resolve("b.pkh"), Map.of("only/b.txt", new byte[] {1}));
  }

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(temp.resolve("rel"));
    Files.createDirectories(temp.resolve("other"));
    Files.copy(made.resolve("a.pkh"), temp.resolve("rel/a.pkh"));
    Files.copy(made.resolve("b.pkh"), temp.resolve("other/b.pkh"));
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(
                List.of(
                    new CatalogFolder("rel", temp.resolve("rel"), true),
                    new CatalogFolder("other", temp.resolve("other"), true))));
    server = new TestServer(new EntryGrpc(catalog));
    stub = EntryServiceGrpc.newBlockingStub(server.channel());
  }

  @AfterEach
  void allLeasesAreGivenBack() {
    server.close();
    assertThat(catalog.leases()).isZero();
    catalog.close();
  }

  private static List<Entry> all(Iterator<ListEntriesResponse> responses) {
    List<Entry> entries = new ArrayList<>();
    responses.forEachRemaining(response -> entries.addAll(response.getEntriesList()));
    return entries;
  }

  /** What came of each range, by ordinal; checks that only whole ones end. */
  private static Map<Integer, ByteString> read(Iterator<ReadEntriesResponse> responses) {
    Map<Integer, ByteString> whole = new HashMap<>();
    Map<Integer, ByteString> parts = new HashMap<>();
    while (responses.hasNext()) {
      ReadEntriesResponse response = responses.next();
      assertThat(response.hasError()).as(response.getError().getMessage()).isFalse();
      boolean first = !parts.containsKey(response.getOrdinal());
      assertThat(response.hasEntry()).isEqualTo(first);
      parts.merge(response.getOrdinal(), response.getData(), ByteString::concat);
      if (response.getLast()) {
        whole.put(response.getOrdinal(), parts.get(response.getOrdinal()));
      }
    }
    return whole;
  }

  private static EntryRange range(String path) {
    return EntryRange.newBuilder().setPath(path).build();
  }

  private static EntryRange range(String path, long offset, long length) {
    return EntryRange.newBuilder().setPath(path).setOffset(offset).setLength(length).build();
  }

  @Test
  void everyFileIsReadAsItWas() {
    List<String> paths = new ArrayList<>(FILES.keySet());
    java.util.Collections.shuffle(paths, new Random(3));
    ReadEntriesRequest.Builder request = ReadEntriesRequest.newBuilder().setArchive(ARCHIVE);
    paths.forEach(path -> request.addRanges(range(path)));

    Map<Integer, ByteString> read = read(stub.readEntries(request.build()));

    assertThat(read).hasSize(paths.size());
    for (int i = 0; i < paths.size(); i++) {
      assertThat(read.get(i).toByteArray()).as(paths.get(i)).isEqualTo(FILES.get(paths.get(i)));
    }
  }

  @Test
  void rangesAreReadAndHardLinksFollowed() {
    byte[] big = FILES.get("big.bin");
    Map<Integer, ByteString> read =
        read(
            stub.readEntries(
                ReadEntriesRequest.newBuilder()
                    .setArchive(ARCHIVE)
                    .addRanges(range("zz-hard", 4_194_000, 1_000))
                    .addRanges(range("big.bin", BIG_BYTES, 0))
                    .addRanges(EntryRange.newBuilder().setPath("big.bin").setOffset(BIG_BYTES - 5))
                    .addRanges(range("zz-hard"))
                    .build()));

    assertThat(read.get(0).toByteArray())
        .isEqualTo(java.util.Arrays.copyOfRange(big, 4_194_000, 4_195_000));
    assertThat(read.get(1).isEmpty()).isTrue();
    assertThat(read.get(2).toByteArray())
        .isEqualTo(java.util.Arrays.copyOfRange(big, BIG_BYTES - 5, BIG_BYTES));
    assertThat(read.get(3).toByteArray()).isEqualTo(big);
  }

  @Test
  void aRangeThatCannotBeReadHasItsErrorAndTheOthersGoOn() {
    List<ReadEntriesResponse> responses = new ArrayList<>();
    stub.readEntries(
            ReadEntriesRequest.newBuilder()
                .setArchive(ARCHIVE)
                .addRanges(range("nothing"))
                .addRanges(range("big.bin", BIG_BYTES - 1, 2))
                .addRanges(range("big.bin", -1, 2))
                .addRanges(range("small"))
                .addRanges(range("zz-soft"))
                .addRanges(range("empty"))
                .build())
        .forEachRemaining(responses::add);

    assertThat(responses)
        .filteredOn(ReadEntriesResponse::hasError)
        .allMatch(ReadEntriesResponse::getLast)
        .extracting(ReadEntriesResponse::getOrdinal, response -> response.getError().getCode())
        .containsExactly(
            tuple(0, Code.NOT_FOUND),
            tuple(1, Code.OUT_OF_RANGE),
            tuple(2, Code.OUT_OF_RANGE),
            tuple(3, Code.FAILED_PRECONDITION),
            tuple(4, Code.FAILED_PRECONDITION));
    assertThat(responses)
        .filteredOn(response -> !response.hasError())
        .extracting(ReadEntriesResponse::getOrdinal)
        .containsExactly(5);
  }

  private static org.assertj.core.groups.Tuple tuple(int ordinal, Code code) {
    return org.assertj.core.groups.Tuple.tuple(ordinal, code.getNumber());
  }

  @Test
  void damagedContentsAreDataLossAndNeverWhole() throws Exception {
    Path archive = temp.resolve("rel/a.pkh");
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE)) {
      // In the middle of the big file, which makes up nearly all of the archive.
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7}), 6_000_000);
    }
    List<ReadEntriesResponse> responses = new ArrayList<>();
    stub.readEntries(
            ReadEntriesRequest.newBuilder().setArchive(ARCHIVE).addRanges(range("big.bin")).build())
        .forEachRemaining(responses::add);

    ReadEntriesResponse last = responses.getLast();
    assertThat(last.getError().getCode()).isEqualTo(Code.DATA_LOSS.getNumber());
    assertThat(responses.subList(0, responses.size() - 1)).noneMatch(ReadEntriesResponse::getLast);
  }

  @Test
  void listingIsWholeAndInOrderAndGoesOnAfterAPath() {
    List<Entry> entries =
        all(stub.listEntries(ListEntriesRequest.newBuilder().setArchive(ARCHIVE).build()));

    assertThat(entries).extracting(Entry::getPath).isSorted().doesNotHaveDuplicates();
    assertThat(entries)
        .filteredOn(entry -> entry.getType() == EntryType.ENTRY_TYPE_FILE)
        .extracting(Entry::getPath)
        .containsExactlyElementsOf(FILES.keySet());
    for (int from : new int[] {0, 1, 700, entries.size() - 1}) {
      List<Entry> rest =
          all(
              stub.listEntries(
                  ListEntriesRequest.newBuilder()
                      .setArchive(ARCHIVE)
                      .setAfterPath(entries.get(from).getPath())
                      .build()));
      // An empty path is that of the root, and asks for everything.
      int expected = from == 0 ? 0 : from + 1;
      assertThat(rest).isEqualTo(entries.subList(expected, entries.size()));
    }
  }

  @Test
  void statAnswersInTheOrderOfTheRequest() {
    StatEntriesResponse response =
        stub.statEntries(
            StatEntriesRequest.newBuilder()
                .setArchive(ARCHIVE)
                .addPaths("zz-hard")
                .addPaths("nothing")
                .addPaths("")
                .build());

    assertThat(response.getResults(0).getEntry().getLinkTarget()).isEqualTo("big.bin");
    assertThat(response.getResults(1).hasEntry()).isFalse();
    assertThat(response.getResults(1).getPath()).isEqualTo("nothing");
    assertThat(response.getResults(2).getEntry().getType())
        .isEqualTo(EntryType.ENTRY_TYPE_DIRECTORY);
  }

  @Test
  void entriesAreFoundByGlobAndDigestInAllArchivesTheCallerSees() {
    Entry big =
        stub.statEntries(
                StatEntriesRequest.newBuilder().setArchive(ARCHIVE).addPaths("big.bin").build())
            .getResults(0)
            .getEntry();
    FindEntriesRequest byDigest =
        FindEntriesRequest.newBuilder().setDigest(big.getBlake3()).build();
    FindEntriesRequest byGlob = FindEntriesRequest.newBuilder().setGlob("*.txt").build();
    Caller tenant = new Caller("token:t", Role.READ, Set.of("other"));

    assertThat(found(stub, byDigest)).contains("rel/a.pkh: big.bin");
    // No archive here records this one: a search of all finds nothing, one of an archive says so.
    FindEntriesRequest.Builder bySha1 =
        FindEntriesRequest.newBuilder().setDigest(ByteString.copyFrom(new byte[20]));
    assertThat(found(stub, bySha1.build())).isEmpty();
    assertThatThrownBy(() -> found(stub, bySha1.setArchive(ARCHIVE).build()))
        .hasMessage(
            "FAILED_PRECONDITION: "
                + ARCHIVE
                + ": records no SHA-1; pack --digests does, BLAKE3 is always there");
    assertThat(found(stub, byGlob)).hasSize(SMALL_FILES + 1).contains("other/b.pkh: only/b.txt");
    assertThat(found(EntryServiceGrpc.newBlockingStub(server.channel(tenant)), byGlob))
        .containsExactly("other/b.pkh: only/b.txt");
  }

  private static List<String> found(
      EntryServiceGrpc.EntryServiceBlockingStub stub, FindEntriesRequest request) {
    List<String> found = new ArrayList<>();
    stub.findEntries(request)
        .forEachRemaining(
            response ->
                response
                    .getEntriesList()
                    .forEach(entry -> found.add(response.getArchive() + ": " + entry.getPath())));
    return found;
  }

  @Test
  void limitOfASearchIsToldOnTheLastMessage() {
    List<FindEntriesResponse> responses = new ArrayList<>();
    stub.findEntries(
            FindEntriesRequest.newBuilder()
                .setArchive(ARCHIVE)
                .setPrefix("small/")
                .setLimit(1_000)
                .build())
        .forEachRemaining(responses::add);

    assertThat(responses.stream().mapToInt(FindEntriesResponse::getEntriesCount).sum())
        .isEqualTo(1_000);
    assertThat(responses.getLast().getTruncated()).isTrue();
    assertThat(responses.subList(0, responses.size() - 1))
        .noneMatch(FindEntriesResponse::getTruncated);
  }

  @Test
  void foldersThatTheCallerDoesNotSeeDoNotExist() {
    Caller tenant = new Caller("token:t", Role.READ, Set.of("other"));
    EntryServiceGrpc.EntryServiceBlockingStub theirs =
        EntryServiceGrpc.newBlockingStub(server.channel(tenant));

    StatusRuntimeException hidden =
        failure(
            () -> theirs.statEntries(StatEntriesRequest.newBuilder().setArchive(ARCHIVE).build()));
    StatusRuntimeException missing =
        failure(
            () ->
                stub.statEntries(StatEntriesRequest.newBuilder().setArchive("none/a.pkh").build()));

    assertThat(hidden.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(missing.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(hidden.getMessage().replace("rel/", "none/")).isEqualTo(missing.getMessage());
  }

  private static StatusRuntimeException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
  }

  @Test
  void requestsThatMakeNoSenseAreInvalid() {
    for (FindEntriesRequest request :
        List.of(
            FindEntriesRequest.getDefaultInstance(),
            FindEntriesRequest.newBuilder().setGlob("[a").build(),
            FindEntriesRequest.newBuilder().setDigest(ByteString.copyFromUtf8("x")).build(),
            FindEntriesRequest.newBuilder().setGlob("a").setLimit(-1).build())) {
      assertThatThrownBy(() -> stub.findEntries(request).hasNext())
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }
    assertThatThrownBy(
            () ->
                stub.statEntries(
                    StatEntriesRequest.newBuilder().setArchive("../../etc/x.pkh").build()))
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void readersThatStopReadingHoldLittleAndAreLetGoWhenCancelled() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    List<ClientCallStreamObserver<ReadEntriesRequest>> calls = new ArrayList<>();
    EntryServiceGrpc.newStub(server.channel())
        .readEntries(
            ReadEntriesRequest.newBuilder().setArchive(ARCHIVE).addRanges(range("big.bin")).build(),
            new ClientResponseObserver<ReadEntriesRequest, ReadEntriesResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<ReadEntriesRequest> call) {
                calls.add(call);
                call.disableAutoRequestWithInitial(1);
              }

              @Override
              public void onNext(ReadEntriesResponse value) {
                first.countDown();
              }

              @Override
              public void onError(Throwable t) {
                ended.countDown();
              }

              @Override
              public void onCompleted() {
                ended.countDown();
              }
            });
    assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(catalog.leases()).isEqualTo(1);
    calls.getFirst().cancel("enough", null);
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    awaitNoLeases();
  }

  @Test
  void deadlineEndsAReadThatIsNotTaken() throws Exception {
    Iterator<ReadEntriesResponse> responses =
        stub.withDeadline(Deadline.after(1, TimeUnit.SECONDS))
            .readEntries(
                ReadEntriesRequest.newBuilder()
                    .setArchive(ARCHIVE)
                    .addRanges(range("big.bin"))
                    .addRanges(range("zz-hard"))
                    .build());
    assertThat(responses.hasNext()).isTrue();
    awaitNoLeases();
    assertThatThrownBy(() -> responses.forEachRemaining(response -> {}))
        .hasMessageContaining("DEADLINE_EXCEEDED");
  }

  private void awaitNoLeases() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (catalog.leases() > 0) {
      assertThat(System.nanoTime()).as("a lease is held").isLessThan(end);
      Thread.sleep(10);
    }
  }
}
