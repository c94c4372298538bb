"""Asks a daemon by Flight SQL with ADBC's driver, and hands the answers to pandas, Polars and DuckDB.

    flight_sql_client.py ADDRESS SQL [CERTIFICATE]

writes the answer of SQL as CSV to standard output, and what else it checks to standard error. ADDRESS is
grpc+tls://HOST:PORT, where CERTIFICATE is trusted in place of the system's, or grpc+unix:///PATH; a token
is taken from PACKHOUSE_TOKEN.
"""

import os
import sys
import threading
from datetime import timedelta, timezone

import adbc_driver_flightsql.dbapi as flightsql
import duckdb
import pandas
import polars
from adbc_driver_flightsql import DatabaseOptions, StatementOptions
from adbc_driver_manager import AdbcStatusCode

# Many rows of little each, so that there is time to cancel it.
LONG = "SELECT count(*) AS n FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 11"


def connect(address, certificate=None, password=False):
    options = {}
    if token := os.environ.get("PACKHOUSE_TOKEN"):
        if password:
            options |= {"username": "anybody", "password": token}
        else:
            options[DatabaseOptions.AUTHORIZATION_HEADER.value] = f"Bearer {token}"
    if certificate:
        with open(certificate) as pem:
            options[DatabaseOptions.TLS_ROOT_CERTS.value] = pem.read()
    return flightsql.connect(address, db_kwargs=options, autocommit=True)


def say(text):
    print(text, file=sys.stderr)


def results(connection, sql):
    """One answer in each library, by way of Arrow alone."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        answer = cursor.fetch_arrow_table()
    frame = pandas.read_sql(sql, connection)
    of_polars = polars.read_database(sql, connection)
    of_duckdb = duckdb.sql("SELECT count(*) FROM answer").fetchall()[0][0]
    assert answer.num_rows == len(frame) == of_polars.height == of_duckdb > 0
    assert answer.column_names == list(frame.columns) == of_polars.columns
    sys.stdout.write(of_polars.write_csv())
    say(f"{answer.num_rows} rows in pyarrow, pandas, Polars and DuckDB")
    with connection.cursor() as cursor:
        # As it comes, without ever having all of it.
        cursor.execute("SELECT archive, path, size FROM entries WHERE type = 'file'")
        batches = cursor.fetch_record_batch()
        files, size = duckdb.sql("SELECT count(*), sum(size) FROM batches").fetchall()[0]
        cursor.execute("SELECT count(*), sum(size) FROM entries WHERE type = 'file'")
        assert cursor.fetchone() == (files, size)
    say(f"{files} files of {size} bytes")


def metadata(connection):
    info = connection.adbc_get_info()
    say(f"{info['vendor_name']} {info['vendor_version']}, {info['driver_name']} {info['driver_version']}")
    (catalog,) = connection.adbc_get_objects(depth="all").read_all().to_pylist()
    (schema,) = catalog["catalog_db_schemas"]
    tables = {table["table_name"]: table for table in schema["db_schema_tables"]}
    columns = {column["column_name"] for column in tables["packages"]["table_columns"]}
    assert {"archive", "path", "purl", "version"} <= columns, columns
    assert tables["entries"]["table_type"] == "TABLE" and tables["duplicates"]["table_type"] == "VIEW"
    assert {"TABLE", "VIEW"} <= set(connection.adbc_get_table_types())
    for name in tables:
        told = connection.adbc_get_table_schema(name)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name} LIMIT 0")
            read = cursor.fetch_arrow_table().schema
            assert told.names == read.names and told.types == read.types, f"{name}: {told}, but {read}"
            assert cursor.adbc_execute_schema(f"SELECT * FROM {name}").names == told.names
    say(f"{len(tables)} tables, packages with {len(columns)} columns")


def parameters(connection):
    with connection.cursor() as cursor:
        types = ("file", "directory", "nothing", None)
        for kind in types:
            cursor.execute("SELECT count(*), min(type) FROM entries WHERE type = ?", (kind,))
            count, least = cursor.fetchone()
            assert (count > 0 and least == kind) if kind in types[:2] else count == 0
        cursor.execute("SELECT path FROM entries WHERE size > ? AND path LIKE ? LIMIT 3", (1000, "%.jar"))
        assert all(path.endswith(".jar") for (path,) in cursor.fetchall())
        # A time is the same wherever it is told; columns have it in UTC.
        cursor.execute("SELECT max(mtime) FROM entries")
        (latest,) = cursor.fetchone()
        latest = latest.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=5)))
        cursor.execute("SELECT count(*) FROM entries WHERE mtime >= ?", (latest,))
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT count(*) FROM entries WHERE mtime > ?", (latest,))
        assert cursor.fetchone() == (0,)
    counted = polars.read_database(
        "SELECT count(*) AS n FROM entries WHERE type = ?", connection, execute_options={"parameters": ("file",)})
    assert counted["n"][0] > 0


def fails(cursor, sql, status):
    try:
        cursor.execute(sql)
        cursor.fetchall()
    except flightsql.Error as e:
        assert e.status_code == status, e
        say(f"as it should be: {type(e).__name__}: {str(e).splitlines()[0]}")
    else:
        raise AssertionError(f"was answered: {sql}")


def failures(connection):
    with connection.cursor() as cursor:
        for sql in ("SELECT nothing FROM entries", "DROP TABLE entries", "SELECT * FROM read_text('/etc/passwd')"):
            fails(cursor, sql, AdbcStatusCode.INVALID_ARGUMENT)
    with connection.cursor() as cursor:
        timer = threading.Timer(1, cursor.adbc_cancel)
        timer.start()
        fails(cursor, LONG, AdbcStatusCode.CANCELLED)
        timer.join()
    with connection.cursor(adbc_stmt_kwargs={StatementOptions.TIMEOUT_FETCH.value: 1.0}) as cursor:
        fails(cursor, LONG, AdbcStatusCode.TIMEOUT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def main(address, sql, certificate=None):
    with connect(address, certificate) as connection:
        results(connection, sql)
        metadata(connection)
        parameters(connection)
        failures(connection)
    with connect(address, certificate, password=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
