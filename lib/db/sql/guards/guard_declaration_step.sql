-- A set is attached to a device once. The announcement is committed before the request leaves, and only while the command is
-- being sent under the release it names; a second one only if every earlier attach was refused for certain. Steps in
-- front of the last and removals may be repeated: their answers are facts, and are kept whatever has become of the command.
create or replace function guard_declaration_step() returns trigger language plpgsql as $$
declare
  command commands%rowtype;
begin
  if new.outcome = 'leaving' then
    select * into command from commands where command_uuid = new.command_uuid for update;
  else
    select * into command from commands where command_uuid = new.command_uuid;
  end if;
  if command.request_type <> {{enforcement_type}} then
    raise exception 'command % is no declaration', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  if not exists (select from signatures s where s.id = new.release_id and s.act = 'release' and s.command_uuid = new.command_uuid) then
    raise exception 'a step of declaration % names its release', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  if new.step <> 'attachSet' then return new; end if;
  if new.outcome = 'leaving' then
    if command.state <> 'sending' or command.signature_id <> new.release_id then
      raise exception 'declaration % is not being sent under this release, so it is not attached', new.command_uuid using errcode = 'integrity_constraint_violation';
    end if;
    if exists (
      select from declaration_steps earlier
      where earlier.command_uuid = new.command_uuid and earlier.step = 'attachSet' and earlier.outcome = 'leaving'
        and not exists (
          select from declaration_steps answer
          where answer.command_uuid = earlier.command_uuid and answer.release_id = earlier.release_id
            and answer.step = 'attachSet' and answer.outcome = 'refused'
        )
    ) then
      raise exception 'declaration % may have been attached before, and is never attached again', new.command_uuid using errcode = 'integrity_constraint_violation';
    end if;
  elsif not exists (
    select from declaration_steps s
    where s.command_uuid = new.command_uuid and s.release_id = new.release_id and s.step = 'attachSet' and s.outcome = 'leaving'
  ) then
    raise exception 'attaching declaration % was not announced', new.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger attaches_once before insert on declaration_steps
  for each row execute function guard_declaration_step();
