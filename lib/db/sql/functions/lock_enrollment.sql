-- Until the end of the transaction nobody else matches events to this enrollment, or enters its device. One of
-- 64 locks, as an import of thousands of devices must not fill the server's table of locks.
create or replace function lock_enrollment(server uuid, enrollment_key text) returns void language sql as $$
  select pg_advisory_xact_lock(20201, (hashtextextended(server::text || '/' || enrollment_key, 0) & 63)::int)
$$;
