-- Until the end of the transaction no other one matches events to this enrollment or enters its device. One of
-- 64 locks, so that an import of thousands of devices does not fill the server's lock table.
create or replace function lock_enrollment(server uuid, enrollment_key text) returns void language sql as $$
  select pg_advisory_xact_lock(20201, (hashtextextended(server::text || '/' || enrollment_key, 0) & 63)::int)
$$;
