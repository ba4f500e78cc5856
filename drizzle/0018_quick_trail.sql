-- The same text as before. An IMMUTABLE function that calls a STABLE one, as convert_to is, is never
-- taken into the expression that calls it (https://wiki.postgresql.org/wiki/Inlining_of_SQL_functions):
-- each of the fifteen fields of an entry was planned and run by itself, while the chain was locked.
CREATE OR REPLACE FUNCTION audit_field(value text) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN value IS NULL THEN '-,' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ',' END
$$;
