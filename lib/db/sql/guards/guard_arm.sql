-- The arm of a trial: one that its protocol has, assigned to a draft, and at random in the order of the list. What may be
-- assigned once is in the unique indexes of lib/db/schema/arms.ts.
create or replace function guard_arm() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  trial trials%rowtype;
  version protocol_versions%rowtype;
  list arm_lists%rowtype;
  next int;
begin
  select * into trial from trials where id = new.trial_id for update;
  if trial.state is distinct from 'draft' then
    raise exception 'the arm of trial T-% is assigned while it is a draft', trial.number using errcode = 'integrity_constraint_violation';
  end if;
  select * into version from protocol_versions where id = new.protocol_version_id;
  if trial.protocol_version_id <> new.protocol_version_id
     or not exists (select from jsonb_array_elements(version.plan #> '{design,arms}') a where a ->> 'name' = new.arm) then
    raise exception 'the protocol of trial T-% has no arm %', trial.number, new.arm using errcode = 'integrity_constraint_violation';
  end if;
  new.simulated := trial.simulated;
  if new.method = 'random' then
    select * into list from arm_lists where id = new.list_id for update;
    if (list.protocol_version_id, list.simulated) is distinct from (new.protocol_version_id, new.simulated) then
      raise exception 'the list is of another protocol or environment than trial T-%', trial.number using errcode = 'integrity_constraint_violation';
    end if;
    select coalesce(max(a.position), 0) + 1 into next from arm_assignments a where a.list_id = new.list_id and a.stratum = new.stratum;
    if new.position <> next then
      raise exception 'position % of the list comes next, not %', next, new.position using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  return new;
end $$;

create or replace trigger is_an_arm_of_its_protocol before insert on arm_assignments for each row execute function guard_arm();

create or replace function guard_trial_arm() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from protocol_versions v where v.id = new.protocol_version_id and v.plan ? 'design')
     and not exists (select from arm_assignments a where a.trial_id = new.id and a.protocol_version_id = new.protocol_version_id) then
    raise exception 'trial T-% has no arm of its protocol', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_registered_in_an_arm before update on trials
  for each row when (old.state = 'draft' and new.state not in ('draft', 'withdrawn', 'lost')) execute function guard_trial_arm();

-- Trials are counted by the name of their arm over all versions of a protocol, so a name asks for the same in each.
create or replace function guard_design() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare changed text;
begin
  if not new.plan ? 'design' then return new; end if;
  if coalesce(jsonb_array_length(new.plan #> '{design,arms}'), 0) < 2 then
    raise exception 'a design has two arms or more' using errcode = 'integrity_constraint_violation';
  end if;
  if (select count(distinct lower(a ->> 'name')) < count(*) from jsonb_array_elements(new.plan #> '{design,arms}') a) then
    raise exception 'each arm has a name of its own' using errcode = 'integrity_constraint_violation';
  end if;
  select a ->> 'name' into changed
    from jsonb_array_elements(new.plan #> '{design,arms}') a, protocol_versions v,
      jsonb_array_elements(case when v.plan ? 'design' then v.plan #> '{design,arms}' else '[]' end) b
    where v.protocol_id = new.protocol_id and a ->> 'name' = b ->> 'name' and a -> 'levels' <> b -> 'levels' limit 1;
  if changed is not null then
    raise exception 'arm % asks for something else in an earlier version', changed using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_its_arms before insert on protocol_versions for each row execute function guard_design();
