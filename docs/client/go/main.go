// A client of a daemon: verifies an archive and watches that, reads a file of it, and cancels.
//
// usage: go run . unix:/PATH|HOST:PORT ARCHIVE FILE
//
// PACKHOUSE_TOKEN is shown where it is set.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"example.org/packhouse-client/longrunningpb"
	"example.org/packhouse-client/packhousev1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: go run . unix:/PATH|HOST:PORT ARCHIVE FILE")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(address, archive, file string) error {
	// Beyond loopback: credentials.NewTLS.
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx := context.Background()
	if token := os.Getenv("PACKHOUSE_TOKEN"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}

	archives := packhousev1.NewArchiveServiceClient(conn)
	operation, err := archives.VerifyArchive(ctx, &packhousev1.VerifyArchiveRequest{Archive: archive})
	if err != nil {
		return err
	}
	end, err := watch(ctx, conn, operation.Name)
	if err != nil {
		return err
	}
	if end.GetError() != nil {
		return errors.New(end.GetError().Message)
	}
	var verified packhousev1.VerifyArchiveResponse
	if err := end.GetResponse().UnmarshalTo(&verified); err != nil {
		return err
	}
	fmt.Printf("intact: %t, %d files\n", verified.Intact, verified.Files)

	bytes, err := read(ctx, conn, archive, file, io.Discard)
	if err != nil {
		return err
	}
	fmt.Printf("read %s: %d bytes\n", file, bytes)

	again, err := archives.VerifyArchive(ctx, &packhousev1.VerifyArchiveRequest{Archive: archive})
	if err != nil {
		return err
	}
	_, err = longrunningpb.NewOperationsClient(conn).CancelOperation(
		ctx, &longrunningpb.CancelOperationRequest{Name: again.Name})
	if err != nil {
		return err
	}
	end, err = watch(ctx, conn, again.Name)
	if err != nil {
		return err
	}
	// It may have been faster than the cancellation.
	fmt.Printf("asked to end; cancelled: %t\n", codes.Code(end.GetError().GetCode()) == codes.Canceled)
	return nil
}

// watch waits for the end of an operation.
func watch(ctx context.Context, conn *grpc.ClientConn, name string) (*longrunningpb.Operation, error) {
	stream, err := packhousev1.NewOperationServiceClient(conn).WatchOperation(
		ctx, &packhousev1.WatchOperationRequest{Name: name})
	if err != nil {
		return nil, err
	}
	for {
		operation, err := stream.Recv()
		if err != nil {
			return nil, err // where the stream ends before the operation does, too
		}
		if operation.Done {
			return operation, nil
		}
	}
}

// read copies a file of an archive. What it copied is whole only if it returns no error.
func read(ctx context.Context, conn *grpc.ClientConn, archive, file string, out io.Writer) (int64, error) {
	stream, err := packhousev1.NewEntryServiceClient(conn).ReadEntries(ctx, &packhousev1.ReadEntriesRequest{
		Archive: archive,
		Ranges:  []*packhousev1.EntryRange{{Path: file}},
	})
	if err != nil {
		return 0, err
	}
	var bytes int64
	for {
		message, err := stream.Recv()
		if err != nil {
			return bytes, err
		}
		if message.Error != nil {
			return bytes, errors.New(message.Error.Message)
		}
		written, err := out.Write(message.Data)
		bytes += int64(written)
		if err != nil {
			return bytes, err
		}
		if message.Last {
			return bytes, nil
		}
	}
}
