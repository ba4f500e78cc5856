-- A check-in of declarative management has its environment from its device, and is about an event of that device, a command
-- to it and a trial on it. One that belongs to a command belongs to its trial.
create or replace function guard_declaration_event() returns trigger language plpgsql as $$
begin
  select simulated into new.simulated from devices where id = new.device_id;
  if not exists (select from raw_events e where e.id = new.raw_event_id and e.simulated = new.simulated) then
    raise exception 'event % is not of the environment of its device', new.raw_event_id using errcode = 'integrity_constraint_violation';
  end if;
  if new.command_uuid is not null then
    select c.trial_id into new.trial_id from commands c
    where c.command_uuid = new.command_uuid and c.device_id = new.device_id;
    if not found then
      raise exception 'command % is of another device than event %', new.command_uuid, new.raw_event_id using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  if new.trial_id is not null and not exists (select from trials t where t.id = new.trial_id and t.device_id = new.device_id) then
    raise exception 'event % is about a trial of another device', new.raw_event_id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_of_its_device before insert on declaration_events
  for each row execute function guard_declaration_event();
