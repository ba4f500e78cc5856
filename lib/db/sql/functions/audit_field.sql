-- A netstring (https://cr.yp.to/proto/netstrings.txt); NULL is a lone "-". Two different entries never give the same text.
-- STABLE: an IMMUTABLE function that calls a STABLE one, as convert_to is, is never taken into the expression that calls
-- it (https://wiki.postgresql.org/wiki/Inlining_of_SQL_functions), and each of the fifteen fields of an entry would be
-- planned and run by itself, while the chain is locked.
create or replace function audit_field(value text) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN value IS NULL THEN '-,' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ',' END
$$;
