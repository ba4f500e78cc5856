-- A value has the form of its field's type, and corrects the current value of the same field of the same device.
create or replace function guard_device_field_value() returns trigger language plpgsql as $$
declare field custom_fields;
begin
  -- Locked, so that its type and options are not changed meanwhile.
  select * into field from custom_fields where id = new.field_id for share;
  if field.retired_at is not null then
    raise exception 'custom field % is retired and takes no value', field.name using errcode = 'integrity_constraint_violation';
  end if;
  if new.corrects_id is not null and not exists (
    select from device_field_values v
    where v.id = new.corrects_id and v.device_id = new.device_id and v.field_id = new.field_id) then
    raise exception 'a value corrects one of the same device and field' using errcode = 'integrity_constraint_violation';
  end if;
  if new.value is not null and not coalesce(case field.type
      when 'text' then length(new.value) between 1 and 200 and new.value = btrim(new.value)
      when 'number' then new.value ~ '^-?\d{1,9}(\.\d{1,6})?$'
      when 'date' then new.value ~ '^\d{4}-\d\d-\d\d$' and pg_input_is_valid(new.value, 'date')
      when 'yesNo' then new.value in ('yes', 'no')
      when 'choice' then new.value = any (field.options)
    end, false) then
    raise exception 'this is no % of custom field %', field.type, field.name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger has_the_form_of_its_field before insert on device_field_values
  for each row execute function guard_device_field_value();
