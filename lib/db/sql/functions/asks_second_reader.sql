-- Whether a version of a protocol asks that the outcome of its trials is read by a second person.
create or replace function asks_second_reader(of_version uuid) returns boolean stable language sql as $$
  select coalesce((select v.plan ->> 'secondReader' = 'true' from protocol_versions v where v.id = of_version), false)
$$;
