-- The life of a version of a protocol: reviewed by a lead who did not write it, then used, then retired. A trial begins with
-- no retired version, and is registered with none that was not reviewed. `usedBefore` was written by a migration alone.
create or replace function guard_protocol_life() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare v protocol_versions%rowtype;
begin
  -- Registrations of this version wait, so that none is between a check and its commit.
  select * into v from protocol_versions where id = new.version_id for update;
  if new.kind = 'usedBefore' then
    raise exception 'what was used before reviews is known already' using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from protocol_version_events e where e.version_id = new.version_id and e.kind = 'retired') then
    raise exception 'version % of the protocol is retired', v.version using errcode = 'integrity_constraint_violation';
  end if;
  if new.kind = 'reviewed' and (new.by_id = v.created_by_id or (v.created_by_id is null and new.by_name = v.created_by)) then
    raise exception '% wrote version % of the protocol: another lead reviews it', new.by_name, v.version
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger follows_its_life before insert on protocol_version_events
  for each row execute function guard_protocol_life();

create or replace function guard_trial_protocol() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare v protocol_versions%rowtype;
begin
  select * into v from protocol_versions where id = new.protocol_version_id for share;
  if exists (select from protocol_version_events e where e.version_id = v.id and e.kind = 'retired') then
    raise exception 'version % of the protocol is retired', v.version using errcode = 'integrity_constraint_violation';
  end if;
  if tg_op = 'UPDATE'
     and not exists (select from protocol_version_events e where e.version_id = v.id and e.kind in {{admitting_kinds}}) then
    raise exception 'version % of the protocol was not reviewed', v.version using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger begins_with_no_retired_protocol before insert on trials
  for each row execute function guard_trial_protocol();
create or replace trigger is_registered_with_a_reviewed_protocol before update on trials
  for each row when (old.state = 'draft' and new.state not in ('draft', 'withdrawn', 'lost')) execute function guard_trial_protocol();

-- Without its author by ID, a version could be reviewed by whoever wrote it under another name.
create or replace function guard_version_author() returns trigger language plpgsql as $$
begin
  if coalesce(new.created_by_id, '') = '' then
    raise exception 'a version of a protocol names its author' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger names_its_author before insert on protocol_versions for each row execute function guard_version_author();
