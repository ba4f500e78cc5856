-- The reading of a field that outranks all others of a device; none where it was never read. The SQL
-- definition of the order, which compareReadings of lib/domain/reading/reading-order repeats in TypeScript: one whose
-- time is known before one of unknown age, then the later time, then the source, then what was recorded later.
create or replace function newest_reading(of_device uuid, of_field text) returns setof readings stable language sql as $$
  select r.* from public.readings r where r.device_id = of_device and r.field = of_field
  order by r.age_unknown, r.answered_at desc, public.reading_source_rank(r.source) desc, r.id desc limit 1
$$;
