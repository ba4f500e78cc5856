-- The current readings of a device, from the record alone: the one definition of which reading outranks
-- another. A reading whose time is known before one of unknown age, then the later time, then the source,
-- then what was recorded later; compareReadings of lib/domain/reading-order says the same in TypeScript.
-- The fields of the OS come from one occasion: what was answered, typed or imported together.
create or replace function fold_readings(of_device uuid) returns setof readings stable language sql
  set search_path = pg_catalog, public, pg_temp as $$
  -- Walks from field to field over the index, so that a device with years of readings costs some forty look-ups.
  with recursive fields(field) as (
    (select r.field from readings r where r.device_id = of_device order by r.field limit 1)
    union all
    select (select r.field from readings r where r.device_id = of_device and r.field > f.field order by r.field limit 1)
    from fields f where f.field is not null
  ), newest as (
    select n.* from fields f cross join lateral (
      select r.* from readings r where r.device_id = of_device and r.field = f.field
      order by r.age_unknown, r.answered_at desc, reading_source_rank(r.source) desc, r.id desc limit 1) n
  ), os as (
    select n.* from newest n where is_os_field(n.field)
    order by n.age_unknown, n.answered_at desc, reading_source_rank(n.source) desc, n.id desc limit 1
  ), of_one_occasion as (
    select distinct on (r.field) r.* from os
    join readings r on r.device_id = of_device
      and r.field in ('osVersion', 'osBuild', 'osVersionExtra', 'osSupplementalBuild')
      and r.age_unknown = os.age_unknown and r.answered_at = os.answered_at and r.source = os.source
      and r.recorded_at = os.recorded_at and r.by_id is not distinct from os.by_id
      and r.command_uuid is not distinct from os.command_uuid
    order by r.field, r.id desc
  )
  select * from newest where not is_os_field(field)
  union all
  select * from of_one_occasion
$$;
