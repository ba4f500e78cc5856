-- Who waits for which device never changes; a place may, until the wait ends, which it does once.
create or replace function guard_queue_entry() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.end_kind is not null or exists (select from devices d where d.id = new.device_id and d.retired_at is not null) then
      raise exception 'a wait begins open, for a device in use' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  if old.end_kind is not null
     or (new.id, new.device_id, new.protocol_version_id, new.priority, new.joined_at, new.joined_by_id, new.joined_by_name)
        is distinct from (old.id, old.device_id, old.protocol_version_id, old.priority, old.joined_at, old.joined_by_id, old.joined_by_name) then
    raise exception 'of a wait only the place changes, until it ends' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_its_person before insert or update on queue_entries for each row execute function guard_queue_entry();
