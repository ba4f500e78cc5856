create or replace function csv_bool(answer boolean) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN answer THEN 'true' ELSE 'false' END
$$;
