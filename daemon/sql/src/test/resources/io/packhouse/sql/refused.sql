# Statements that are refused before anything runs, or by DuckDB at once. One a line; FOLDER is one of the test's.

# Files
SELECT * FROM read_csv('FOLDER/secret.csv')
SELECT * FROM read_csv_auto('FOLDER/secret.csv')
SELECT * FROM read_text('FOLDER/secret.csv')
SELECT * FROM read_blob('/etc/passwd')
SELECT * FROM read_json('FOLDER/secret.csv')
SELECT * FROM read_parquet('https://example.org/x.parquet')
SELECT * FROM parquet_metadata('x.parquet')
SELECT * FROM sniff_csv('FOLDER/secret.csv')
SELECT * FROM glob('/etc/*')
SELECT * FROM 'FOLDER/secret.csv'
FROM 'FOLDER/secret.csv'
SELECT (SELECT content FROM read_text('/proc/self/environ'))
WITH x AS (FROM read_text('/etc/passwd')) SELECT * FROM x
SELECT * FROM archives, LATERAL (FROM read_text(path))
SELECT * FROM 'file:///etc/passwd'
COPY (SELECT 1) TO 'FOLDER/out'
COPY packages TO 'FOLDER/out' (FORMAT parquet)
COPY packages FROM 'FOLDER/secret.csv'
EXPORT DATABASE 'FOLDER/out'
IMPORT DATABASE 'FOLDER/out'

# Other databases and code
ATTACH ':memory:' AS other
ATTACH 'FOLDER/out' AS other
DETACH tables
USE temp
INSTALL httpfs
INSTALL httpfs FROM 'http://example.org'
LOAD httpfs
LOAD '/tmp/x.duckdb_extension'
FORCE INSTALL httpfs FROM community

# Settings and what the process is
SET memory_limit = '100GB'
SET lock_configuration = false
SET enable_external_access = true
SET VARIABLE x = 1
RESET memory_limit
PRAGMA database_list
PRAGMA memory_limit = '100GB'
PRAGMA enable_profiling
SELECT getenv('HOME')
SELECT current_setting('temp_directory')
SELECT getvariable('x')
SELECT main.current_setting('temp_directory')
SELECT "current_setting"('temp_directory')
SHOW temp_directory
SHOW ALL
SHOW DATABASES
SUMMARIZE duckdb_settings
SELECT * FROM duckdb_settings()
SELECT * FROM "duckdb_settings"()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_databases
SELECT * FROM pragma_database_list
SELECT * FROM pragma_version()
SELECT * FROM pg_catalog.pg_settings
SELECT * FROM system.main.duckdb_settings
SELECT * FROM duckdb_logs
SELECT * FROM duckdb_temporary_files()
SELECT * FROM query('SELECT 1')
SELECT * FROM query_table('packages')
SELECT * FROM json_execute_serialized_sql('{}')
SELECT write_log('x')
CREATE SECRET s (TYPE s3)

# Changes
CREATE TABLE x AS SELECT 1
CREATE TEMP TABLE x AS SELECT 1
CREATE MACRO purl_type(p) AS 'x'
CREATE VIEW x AS SELECT 1
CREATE TYPE x AS ENUM ('a')
CREATE SEQUENCE x
DROP TABLE packages
ALTER TABLE packages ADD COLUMN x INT
INSERT INTO packages (path) VALUES ('x')
UPDATE packages SET path = 'x'
DELETE FROM packages
TRUNCATE packages
WITH x AS (INSERT INTO packages (path) VALUES ('x') RETURNING *) SELECT * FROM x
WITH x AS (DELETE FROM packages RETURNING *) SELECT * FROM x
MERGE INTO packages USING packages p ON true WHEN MATCHED THEN DELETE
CALL range(3)
EXPLAIN ANALYZE SELECT 1
PREPARE x AS SELECT 1
EXECUTE x
BEGIN TRANSACTION
COMMIT
CHECKPOINT
FORCE CHECKPOINT
VACUUM
ANALYZE
SELECT * FROM checkpoint()
SELECT * FROM force_checkpoint()
COMMENT ON TABLE packages IS 'x'

# Several statements, and comments
SELECT 1; SELECT 2
SELECT 1; DROP TABLE packages
SELECT 1;; DROP TABLE packages --
SELECT 1 /* ; */ ; ATTACH ':memory:' AS y
/* SELECT */ ATTACH ':memory:' AS y
SELECT 1) AS q(c1); DROP TABLE packages; SELECT (1
SELECT 1::UBIGINT) AS q(c1); DROP TABLE packages; --
SELECT 1 /* */ ; DROP TABLE packages /* */
