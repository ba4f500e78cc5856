-- An update outside a trial names a reading of the OS of its own device, and begins unacknowledged.
create or replace function begin_outside_update() returns trigger language plpgsql as $$
declare reading readings%rowtype;
begin
  select * into reading from readings where id = new.reading_id;
  if reading.device_id is distinct from new.device_id or not is_os_field(reading.field) then
    raise exception 'reading % is not of the OS of device %', new.reading_id, new.device_id
      using errcode = 'integrity_constraint_violation';
  end if;
  if new.acknowledged_at is not null then
    raise exception 'an update outside a trial begins unacknowledged' using errcode = 'integrity_constraint_violation';
  end if;
  new.simulated := reading.simulated;
  new.source := reading.source;
  return new;
end $$;

create or replace trigger begins_unseen before insert on outside_updates
  for each row execute function begin_outside_update();
