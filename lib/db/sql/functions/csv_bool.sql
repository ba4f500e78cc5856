-- Not STRICT: PostgreSQL writes a CASE into the query only then, and calls the function for each cell otherwise.
create or replace function csv_bool(answer boolean) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE answer WHEN true THEN 'true' WHEN false THEN 'false' END
$$;
