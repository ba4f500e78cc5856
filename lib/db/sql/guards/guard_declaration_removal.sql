-- A declaration is taken back once, after its release may have left something on its server, and each of its times is
-- written once. A person's removal is signed by that person for this command.
create or replace function guard_declaration_removal() returns trigger language plpgsql as $$
declare
  command commands%rowtype;
begin
  if tg_op = 'UPDATE' then
    if (new.command_uuid, new.requested_at, new.cause, new.by_id, new.by_name, new.reason, new.signature_id)
       is distinct from (old.command_uuid, old.requested_at, old.cause, old.by_id, old.by_name, old.reason, old.signature_id)
       or (old.detached_at is not null and new.detached_at is distinct from old.detached_at)
       or (old.finished_at is not null and new.finished_at is distinct from old.finished_at)
       or (old.seen_gone_at is not null and (new.seen_gone_at, new.seen_gone_how) is distinct from (old.seen_gone_at, old.seen_gone_how)) then
      raise exception 'what is recorded of the removal of declaration % stands', old.command_uuid using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  select * into command from commands where command_uuid = new.command_uuid for update;
  -- What provably never left can be released again; only with its trial is what its server has stored of it removed.
  if command.request_type <> {{enforcement_type}} or command.state in {{on_the_way_states}}
     or (new.cause = 'person' and command.state not in {{may_have_left}}) then
    raise exception 'command % is % and cannot be taken back as a declaration', new.command_uuid, command.state using errcode = 'integrity_constraint_violation';
  end if;
  if new.cause = 'person' and not exists (
    select from signatures s where s.id = new.signature_id
      and (s.act, s.command_uuid, s.by_id) = ('withdrawCommand', new.command_uuid, new.by_id)
  ) then
    raise exception 'a person signs for taking declaration % back', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  if new.cause = 'trialEnded' and not exists (
    select from trials t where t.id = command.trial_id and t.state in {{closed_trial_states}}
  ) then
    raise exception 'the trial of declaration % has not ended', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_taken_back_once before insert or update on declaration_removals
  for each row execute function guard_declaration_removal();

-- A declaration that was taken back, also by the end of a trial that was reopened since, is not released again: what is
-- attached under a removal that is over would stay on the device, and be called removed.
create or replace function guard_taken_back() returns trigger language plpgsql as $$
begin
  if exists (select from declaration_removals r where r.command_uuid = new.command_uuid) then
    raise exception 'declaration % was taken back and is not released again', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger declaration_stays_taken_back before update of state on commands for each row
  when (new.state = 'reserved' and old.state <> 'reserved' and new.request_type = {{enforcement_type}})
  execute function guard_taken_back();
