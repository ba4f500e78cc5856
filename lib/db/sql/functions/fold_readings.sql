-- The current readings of a device, from the record alone. The fields of the OS come from one occasion: what
-- was answered, typed or imported together.
create or replace function fold_readings(of_device uuid) returns setof readings stable language sql
  set search_path = pg_catalog, public, pg_temp as $$
  -- Walks from field to field over the index, so that a device with years of readings costs about forty look-ups.
  with recursive fields(field) as (
    (select r.field from readings r where r.device_id = of_device order by r.field limit 1)
    union all
    select (select r.field from readings r where r.device_id = of_device and r.field > f.field order by r.field limit 1)
    from fields f where f.field is not null
  )
  select n.* from fields f cross join lateral newest_reading(of_device, f.field) n where not is_os_field(f.field)
  union all
  select * from fold_os_readings(of_device)
$$;
