-- What a radar is about comes from its contradiction or its trial, whatever the writer says, and it begins as a draft.
create or replace function begin_radar() returns trigger language plpgsql as $$
declare origin record;
begin
  if new.contradiction_id is not null then
    select c.trial_id, c.simulated, c.platform, c.os_version into origin from contradictions c where c.id = new.contradiction_id;
    if new.trial_id is distinct from origin.trial_id then
      raise exception 'the contradiction % is not of that trial', new.contradiction_id using errcode = 'integrity_constraint_violation';
    end if;
  elsif new.trial_id is not null then
    select t.id, t.simulated, d.platform, t.start_os as os_version into origin from trials t join devices d on d.id = t.device_id where t.id = new.trial_id;
  end if;
  if new.contradiction_id is not null or new.trial_id is not null then
    new.simulated := origin.simulated;
    new.platform := origin.platform;
    new.start_version := origin.os_version;
  end if;
  if new.state <> 'drafted' or coalesce(new.filed_number, new.duplicate_of, new.claimed_fix, new.fix_mechanism, new.content::text) is not null then
    raise exception 'a radar begins as a draft' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger begins_as_draft before insert on radars for each row execute function begin_radar();
