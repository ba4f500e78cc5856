-- ISO 8601 in UTC with milliseconds, whatever the session's time zone and date style.
create or replace function csv_time(moment timestamptz) RETURNS text STABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
