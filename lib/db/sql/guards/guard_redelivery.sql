-- Only the count and the last time of a redelivery change, and only upwards; it is marked once.
create or replace function guard_redelivery() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - '{times,last_at,marked_at}'::text[] is distinct from to_jsonb(old) - '{times,last_at,marked_at}'::text[]
     or new.times < old.times or new.last_at < old.last_at
     or (old.marked_at is not null and new.marked_at is distinct from old.marked_at) then
    raise exception 'the redelivery of command % only grows', old.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger only_counts_up before update on redeliveries for each row execute function guard_redelivery();
