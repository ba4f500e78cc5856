-- The type of a custom field is fixed once a device has a value of it, and so is each option that a device has. A retired one stays
-- as it was: frozen starting states and old values go on being read by it.
create or replace function guard_custom_field() returns trigger language plpgsql as $$
begin
  if (new.id, new.created_at, new.created_by_id, new.created_by_name)
      is distinct from (old.id, old.created_at, old.created_by_id, old.created_by_name) then
    raise exception 'who defined a custom field, and when, never changes' using errcode = 'integrity_constraint_violation';
  end if;
  if old.retired_at is not null and (new.name, new.type, new.unit, new.options, new.required, new.help, new.in_starting_state)
      is distinct from (old.name, old.type, old.unit, old.options, old.required, old.help, old.in_starting_state) then
    raise exception 'custom field % is retired and does not change', old.name using errcode = 'integrity_constraint_violation';
  end if;
  if new.type <> old.type and exists (select from device_field_values where field_id = old.id) then
    raise exception 'custom field % has values, so its type never changes', old.name using errcode = 'integrity_constraint_violation';
  end if;
  if new.type = 'choice' and exists (
    select from device_field_values v
    where v.field_id = old.id and v.value <> all (new.options)
      and not exists (select from device_field_values n where n.corrects_id = v.id)) then
    raise exception 'a device has an option of custom field % that would be gone', old.name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_its_type before update on custom_fields
  for each row execute function guard_custom_field();
