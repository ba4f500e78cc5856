-- A custody does not change; it ends once. An accepted one is of the person who accepted the hand-over of this device.
create or replace function guard_custody() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.ended_at is not null then
      raise exception 'a custody begins open' using errcode = 'integrity_constraint_violation';
    end if;
    if new.hand_over_id is not null and not exists (
      select from hand_overs h where h.id = new.hand_over_id and h.device_id = new.device_id
        and h.to_id = new.holder_id and h.answer = 'accepted') then
      raise exception 'nobody has accepted this device' using errcode = 'integrity_constraint_violation';
    end if;
  elsif old.ended_at is not null or new.ended_at is null
    or to_jsonb(new) - '{ended_at,ended_by_id,ended_by_name}'::text[]
      is distinct from to_jsonb(old) - '{ended_at,ended_by_id,ended_by_name}'::text[] then
    raise exception 'custody % stands; it can only end, once', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger ends_once before insert or update on custodies
  for each row execute function guard_custody();
