// Asks a daemon by Flight SQL: with ADBC's driver, and through database/sql. What SQL answers is written as CSV.
//
// usage: go run . grpc+tls://HOST:PORT|grpc+unix:///PATH SQL [CERTIFICATE]
//
// PACKHOUSE_TOKEN is shown where it is set. CERTIFICATE is trusted in place of the system's.
package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/apache/arrow-adbc/go/adbc"
	"github.com/apache/arrow-adbc/go/adbc/driver/flightsql"
	"github.com/apache/arrow-adbc/go/adbc/sqldriver"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		log.Fatal("usage: go run . grpc+tls://HOST:PORT|grpc+unix:///PATH SQL [CERTIFICATE]")
	}
	options := map[string]string{adbc.OptionKeyURI: os.Args[1]}
	if token := os.Getenv("PACKHOUSE_TOKEN"); token != "" {
		options[flightsql.OptionAuthorizationHeader] = "Bearer " + token
	}
	if len(os.Args) == 4 {
		pem, err := os.ReadFile(os.Args[3])
		if err != nil {
			log.Fatal(err)
		}
		options[flightsql.OptionSSLRootCerts] = string(pem)
	}
	log.SetFlags(0)
	if err := errors.Join(byArrow(options, os.Args[2]), byRows(options)); err != nil {
		log.Fatal(err)
	}
}

// byArrow reads Arrow batches, the tables that there are, and an error.
func byArrow(options map[string]string, question string) (err error) {
	ctx := context.Background()
	database, err := flightsql.NewDriver(memory.DefaultAllocator).NewDatabase(options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	connection, err := database.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()

	out := csv.NewWriter(os.Stdout)
	if err := query(ctx, connection, question, out); err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}

	schema, err := connection.GetTableSchema(ctx, nil, nil, "packages")
	if err != nil {
		return err
	}
	if !schema.HasField("purl") {
		return fmt.Errorf("packages has no purl: %s", schema)
	}
	log.Printf("packages has %d columns", schema.NumFields())
	objects, err := connection.GetObjects(ctx, adbc.ObjectDepthTables, nil, nil, nil, nil, nil)
	if err != nil {
		return err
	}
	defer objects.Release()
	for objects.Next() {
		if catalog := objects.RecordBatch().Column(1).String(); !strings.Contains(catalog, `"dependencies"`) {
			return fmt.Errorf("no table of dependencies: %s", catalog)
		}
	}
	if err := objects.Err(); err != nil {
		return err
	}

	err = query(ctx, connection, "SELECT nothing FROM entries", out)
	var failure adbc.Error
	if !errors.As(err, &failure) || failure.Code != adbc.StatusInvalidArgument {
		return fmt.Errorf("a wrong statement: %w", err)
	}
	log.Printf("as it should be: %s", strings.SplitN(failure.Msg, "\n", 2)[0])
	return nil
}

func query(ctx context.Context, connection adbc.Connection, question string, out *csv.Writer) (err error) {
	statement, err := connection.NewStatement()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	if err := statement.SetSqlQuery(question); err != nil {
		return err
	}
	result, _, err := statement.ExecuteQuery(ctx)
	if err != nil {
		return err
	}
	defer result.Release()
	names := []string{}
	for _, field := range result.Schema().Fields() {
		names = append(names, field.Name)
	}
	if err := out.Write(names); err != nil {
		return err
	}
	for result.Next() {
		columns := result.RecordBatch().Columns()
		for i := range int(result.RecordBatch().NumRows()) {
			row := make([]string, len(columns))
			for j, column := range columns {
				if !column.IsNull(i) {
					row[j] = column.ValueStr(i)
				}
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	return result.Err()
}

// byRows reads by the interface of Go's own library. It closes a statement with its rows, so one is prepared for each
// query, and it takes parameters for no other.
func byRows(options map[string]string) (err error) {
	ctx := context.Background()
	var words []string
	for key, value := range options {
		words = append(words, key+"="+value)
	}
	connector, err := sqldriver.Driver{Driver: flightsql.NewDriver(memory.DefaultAllocator)}.
		OpenConnector(strings.Join(words, ";"))
	if err != nil {
		return err
	}
	database := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, database.Close()) }()
	const least = 1_000_000
	statement, err := database.PrepareContext(ctx, "SELECT path, size FROM entries WHERE type = ? AND size > ?")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	rows, err := statement.QueryContext(ctx, "file", int64(least))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found := 0
	for rows.Next() {
		var path string
		var size int64
		if err := rows.Scan(&path, &size); err != nil {
			return err
		}
		if size <= least {
			return fmt.Errorf("%s: %d bytes", path, size)
		}
		found++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if found == 0 {
		return fmt.Errorf("no file is above %d bytes", least)
	}
	log.Printf("%d files are above %d bytes", found, least)
	return nil
}
