# Statements that ask for more than there is. One a line.

SELECT length(repeat('x', 2000000000))
SELECT repeat(repeat('x', 30000), 30000)
SELECT length(rpad('', 2000000000, 'x'))
SELECT length(lpad('x', 1500000000, 'yz'))
SELECT len(range(1000000000))
SELECT list_sort(range(300000000))[1]
SELECT len(list_transform(range(100000000), lambda x: repeat('x', 1000)))
SELECT count(*) FROM generate_series(1::BIGINT, 1000000000000000000)
SELECT max(a.i + b.i) FROM range(1000000) a(i), range(1000000) b(i)
SELECT string_agg(repeat('x', 10000)) FROM range(1000000)
SELECT list(i || repeat('x', 100)) FROM range(50000000) t(i)
SELECT count(DISTINCT i || repeat('x', 100)) FROM range(100000000) t(i)
SELECT i FROM range(100000000) t(i) ORDER BY hash(i)
WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT max(a) FROM t
WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a FROM t, range(10)) SELECT count(*) FROM t
SELECT count(*) FROM range(100000000) t(i) WHERE regexp_matches(repeat('a', 5000) || i, '(a*)*(a|aa)+b$')
SELECT count(*) FROM range(100000000) t(i) WHERE levenshtein(repeat('ab', 2000) || i, repeat('ba', 2000)) > 9
SELECT reduce(range(100000000), lambda a, b: a + b * 3)
SELECT sum(sin(i)) FROM range(10000000000) t(i)
SELECT bit_count(bitstring('1', 2000000000))
SELECT * FROM repeat('x', 10000000000)
SELECT md5(repeat('x', 500000000) || i) FROM range(1000) t(i)
SELECT levenshtein(repeat('ab', 300000), repeat('ba', 300000))
