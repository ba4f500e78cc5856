-- A hand-over is offered by who has the device, and answered once: accepted or refused only by the person it is for.
create or replace function guard_hand_over() returns trigger language plpgsql as $$
declare holder text;
begin
  if tg_op = 'INSERT' then
    if new.answer is not null then
      raise exception 'a hand-over begins unanswered' using errcode = 'integrity_constraint_violation';
    end if;
    select holder_id into holder from custodies where device_id = new.device_id and ended_at is null;
    if holder is distinct from new.from_id or (holder is not null and holder <> new.offered_by_id) then
      raise exception 'only who has the device hands it over' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  if old.answer is not null or new.answer is null
    or to_jsonb(new) - '{answer,answered_at,answered_by_id,answered_by_name,answer_reason}'::text[]
      is distinct from to_jsonb(old) - '{answer,answered_at,answered_by_id,answered_by_name,answer_reason}'::text[] then
    raise exception 'hand-over % stands; it can only be answered, once', old.id using errcode = 'integrity_constraint_violation';
  end if;
  if new.answer <> 'withdrawn' and new.answered_by_id <> new.to_id then
    raise exception 'only the person it is for answers hand-over %', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_answered_once before insert or update on hand_overs
  for each row execute function guard_hand_over();
