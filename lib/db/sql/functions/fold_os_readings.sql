-- The OS readings of the newest occasion on which any was read, and none of another occasion: a version and a
-- build of two sources are no state.
create or replace function fold_os_readings(of_device uuid) returns setof readings stable language sql
  set search_path = pg_catalog, public, pg_temp as $$
  with os as (
    select n.* from unnest(os_fields()) f(field) cross join lateral newest_reading(of_device, f.field) n
    order by n.age_unknown, n.answered_at desc, reading_source_rank(n.source) desc, n.id desc limit 1
  )
  select distinct on (r.field) r.* from os
  join readings r on r.device_id = of_device and r.field = any (os_fields())
    and r.age_unknown = os.age_unknown and r.answered_at = os.answered_at and r.source = os.source
    and r.recorded_at = os.recorded_at and r.by_id is not distinct from os.by_id
    and r.command_uuid is not distinct from os.command_uuid
  order by r.field, r.id desc
$$;
