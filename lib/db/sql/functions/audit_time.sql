create or replace function audit_time(moment timestamptz) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
